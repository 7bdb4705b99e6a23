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
            total if each is None else each + (total or Decimal(0))
            for total, each in zip(totals, values, strict=True)
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
    """The amounts that matter, the last of them the one to be shown large."""
    language = fa.language
    currency = fa.text("KodWaluty")
    kind = fa.text("RodzajFaktury")
    whole = fa.text("P_15")
    found = [(pick(AMOUNTS.get(kind, AMOUNTS["VAT"]), language), whole)]
    before = number(fa.text("P_15ZK"))
    change = number(whole)
    if before is not None and change is not None:
        found.insert(0, (label("P_15ZK", language), str(before)))
        found.append((word("after_correction", language), str(before + change)))
    for name in ("SumaObciazen", "SumaOdliczen", "DoZaplaty", "DoRozliczenia"):
        if value := fa.text(f"Rozliczenie/{name}"):
            found.append((label(name, language), value))
    found += _paid_in_part(fa)
    return [(title, f"{amount(value)}\u00a0{currency}") for title, value in found]


def _paid_in_part(fa: Node) -> list[tuple[str, str]]:
    """What was paid in parts and what is left; nothing where the invoice itself says that all of it is paid."""
    due = number(fa.text("Rozliczenie/DoZaplaty") or fa.text("P_15"))
    parts = [number(node.text()) for node in fa.all("Platnosc/ZaplataCzesciowa/KwotaZaplatyCzesciowej")]
    known = [part for part in parts if part is not None]
    if due is None or not known or fa.text("Platnosc/ZnacznikZaplatyCzesciowej") == IN_WHOLE:
        return []
    paid = sum(known, Decimal(0))
    return [
        (label("Zaplacono", fa.language), str(paid)),
        (word("left_to_pay", fa.language), str(due - paid)),
    ]


def marks(fa: Node) -> list[str]:
    """The annotations that apply, in words, with the basis of an exemption; 2 and the marks of absence say no."""
    language = fa.language
    found: list[str] = []
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
            found.append(text)
    fa.skip("Adnotacje/Zwolnienie/P_19N", "Adnotacje/NoweSrodkiTransportu/P_22N")
    fa.skip("Adnotacje/PMarzy/P_PMarzy", "Adnotacje/PMarzy/P_PMarzyN")
    for vehicle in fa.all("Adnotacje/NoweSrodkiTransportu/NowySrodekTransportu"):
        facts = ", ".join(f"{title}: {value}" for title, value in vehicle.leaves())
        for leaf, _ in list(vehicle.unread()):
            leaf.read = True
        found.append(f"{label('NowySrodekTransportu', language)}: {facts}")
    return found
