"""What an invoice comes to: sums by rate, the amount, and the annotations of art. 106e."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from liczydlo.prints.choices import AMOUNTS, MARKS, SUMS, word
from liczydlo.prints.fonts import metrics
from liczydlo.prints.labels import label, pick
from liczydlo.prints.reading import Node
from liczydlo.prints.values import amount, number

IN_WHOLE: Final = "2"  # ZnacznikZaplatyCzesciowej: all of it is paid, in parts


def sums(fa: Node, rates: set[str]) -> dict[str, Any] | None:
    """The table of sums by rate. ``rates`` of the lines tell 23% from 22%; margin sales have a gross value only."""
    language = fa.language
    rows: list[list[str]] = []
    totals: list[Decimal | None] = [None] * 4
    for title, of_lines, net_name, tax_name, pln_name in SUMS:
        value = number(fa.text(net_name))
        tax, pln = (number(fa.text(name)) if name else None for name in (tax_name, pln_name))
        if value is None and tax is None:
            continue
        net = None if net_name == "P_13_11" else value
        values = [net, tax, pln, (value or Decimal(0)) + (tax or Decimal(0))]
        totals = [
            total if addend is None else addend + (total or Decimal(0))
            for total, addend in zip(totals, values, strict=True)
        ]
        used = [rate for rate in of_lines if rate in rates]
        name = f"{used[0]}%" if len(used) == 1 else pick(title, language)
        rows.append([name, *_written(values)])
    if not rows:
        return None
    columns = [word(name, language) for name in ("rate", "net", "tax", "tax_pln", "gross")]
    total = [word("total", language), *_written(totals)]
    if totals[2] is None:
        for row in (columns, total, *rows):
            del row[3]
    widths = [
        max(metrics().millimetres(cell, 8.5) for cell in column) * 1.1 + 3.8
        for column in zip(columns, total, *rows, strict=True)
    ]
    return {"columns": columns, "rows": rows, "total": total if len(rows) > 1 else None, "widths": widths}


def _written(values: list[Decimal | None]) -> list[str]:
    return ["–" if value is None else amount(value) for value in values]


def amounts(fa: Node) -> list[tuple[str, str]]:
    """Titles and amounts with their currency; the last one is shown large."""
    language = fa.language
    currency = fa.text("KodWaluty")
    kind = fa.text("RodzajFaktury")
    whole = fa.text("P_15") or fa.text("P_12_1")
    rows = [(label(name, language), value) for name in ("P_11_1", "P_11_2") if (value := fa.text(name))]
    title = pick(AMOUNTS.get(kind, AMOUNTS["VAT"]), language)
    if kind == "ROZ" and is_paid(fa):
        title = word("left_after_advances", language)
    rows += [(title, whole)]
    before = number(fa.text("P_15ZK"))
    change = number(whole)
    if before is not None and change is not None:
        rows.insert(0, (label("P_15ZK", language), str(before)))
        rows.append((word("after_correction", language), str(before + change)))
    for name in ("SumaObciazen", "SumaOdliczen", "DoZaplaty", "DoRozliczenia"):
        if value := fa.text(f"Rozliczenie/{name}"):
            due = name == "DoZaplaty" and is_paid(fa)
            rows.append((word("settled", language) if due else label(name, language), value))
    rows += _paid_in_part(fa)
    return [(title, f"{amount(value)}\u00a0{currency}") for title, value in rows]


def is_paid(fa: Node) -> bool:
    """Whether the invoice says that all of it is paid."""
    whole = fa.text("Platnosc/ZnacznikZaplatyCzesciowej") == IN_WHOLE
    return whole or fa.first("Platnosc/Zaplacono") is not None


def is_due(fa: Node) -> bool:
    """Whether P_15 may be to be paid: it is not paid yet, nor a payment that was received."""
    return not is_paid(fa) and fa.text("RodzajFaktury") not in ("ZAL", "KOR_ZAL")


def left_to_pay(fa: Node) -> Decimal | None:
    """What is to be paid less what was paid in parts; None where no number says it."""
    due = number(fa.text("Rozliczenie/DoZaplaty") or fa.text("P_15"))
    return None if due is None else due - sum(_parts(fa), Decimal(0))


def _parts(fa: Node) -> list[Decimal]:
    """The part payments."""
    parts = (number(node.text()) for node in fa.all("Platnosc/ZaplataCzesciowa/KwotaZaplatyCzesciowej"))
    return [part for part in parts if part is not None]


def _paid_in_part(fa: Node) -> list[tuple[str, str]]:
    """What was paid in parts and what is left; nothing where all is paid, or where P_15 is a difference."""
    if not is_due(fa) or fa.text("RodzajFaktury").startswith("KOR"):
        return []
    parts, left = _parts(fa), left_to_pay(fa)
    if left is None or not parts:
        return []
    rows = [(label("Zaplacono", fa.language), str(sum(parts, Decimal(0))))]
    if left:
        rows.append((word("left_to_pay" if left > 0 else "overpaid", fa.language), str(abs(left))))
    return rows


def marks(fa: Node) -> list[str]:
    """The annotations that apply, in words, with the basis of an exemption; 2 and the marks of absence say no."""
    language = fa.language
    texts: list[str] = []
    below = ("Adnotacje", "Adnotacje/Zwolnienie", "Adnotacje/NoweSrodkiTransportu", "Adnotacje/PMarzy")
    places = [fa, *(node for path in below for node in fa.all(path))]
    for name, words in MARKS.items():
        for place in places:
            if not any(node.text() == "1" for node in place.all(name)):
                continue
            text = pick(words, language)
            if name == "P_19":
                bases = [basis for part in ("P_19A", "P_19B", "P_19C") if (basis := place.text(part))]
                text = " – ".join([text, *bases])
            texts.append(text)
    fa.skip("Adnotacje/Zwolnienie/P_19N", "Adnotacje/NoweSrodkiTransportu/P_22N")
    fa.skip("Adnotacje/PMarzy/P_PMarzy", "Adnotacje/PMarzy/P_PMarzyN")
    for vehicle in fa.all("Adnotacje/NoweSrodkiTransportu/NowySrodekTransportu"):
        facts = ", ".join(f"{title}: {value}" for title, value in vehicle.leaves())
        for leaf, _ in list(vehicle.unread()):
            leaf.read = True
        texts.append(f"{label('NowySrodekTransportu', language)}: {facts}")
    return texts
