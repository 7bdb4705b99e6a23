"""Headed lists of labels and values, and small tables: corrections, payment, terms, registers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from liczydlo.prints.choices import choice, word
from liczydlo.prints.labels import label
from liczydlo.prints.lines import show_all
from liczydlo.prints.parties import address, identity
from liczydlo.prints.reading import Node, Pair, fitted
from liczydlo.prints.sums import is_due, is_paid
from liczydlo.prints.values import NUMBERS, day

FORMS: Final = ("FormaPlatnosci", "FormaPlatnosciRR")
"""How it is paid: 1 is cash in FA, and a transfer in FA_RR(1), which knows no other."""

Group = dict[str, Any]


def groups(document: Node, fa: Node) -> list[Group]:
    """In the order in which they are read: the advances, what is paid and how, on which terms."""
    language = document.language
    titled = [(word("advances", language), _advances(fa))]
    order = fa.first("Zamowienie")
    if (
        order is not None and order.first("ZamowienieWiersz") is None
    ):  # else it stands under the order's lines
        titled.append((label("Zamowienie", language), order.pairs("WartoscZamowienia")))
    payment = fa.first("Platnosc")
    if payment is not None:
        titled.append((label("Platnosc", language), _payment(payment)))
        for name in ("RachunekBankowy", "RachunekBankowyFaktora", "RachunekBankowy1RR", "RachunekBankowy2RR"):
            titled += [(label(name, language), account.leaves()) for account in payment.all(name)]
    terms = fa.first("WarunkiTransakcji")
    if terms is not None:
        transports = terms.all("Transport")
        titled.append((label("WarunkiTransakcji", language), _terms(terms)))
        for index, transport in enumerate(transports, 1):
            title = label("Transport", language)
            titled.append((f"{title} {index}" if len(transports) > 1 else title, _transport(transport)))
    for register in document.all("Stopka/Rejestry"):
        titled.append((label("Rejestry", language), register.leaves()))
    return [group(title, pairs) for title, pairs in titled if pairs]


def correction(fa: Node) -> list[list[Group]]:
    """Why, and of which invoice: two columns, the second empty where a table lists the invoices."""
    language = fa.language
    why = fa.pairs("PrzyczynaKorekty", "TypKorekty", "OkresFaKorygowanej", "NrFaKorygowany", "KursWalutyZK")
    of: list[Pair] = []
    if len(corrected := fa.all("DaneFaKorygowanej")) == 1:
        corrected[0].skip("NrKSeF")
        of = corrected[0].pairs("NrFaKorygowanej", "DataWystFaKorygowanej", "NrKSeFFaKorygowanej", "NrKSeFN")
    titled = ((word("correction", language), why), (label("DaneFaKorygowanej", language), of))
    return [[group(title, pairs)] for title, pairs in titled if pairs]


def corrected(fa: Node) -> dict[str, Any] | None:
    """The corrected invoices, where there are several."""
    nodes = fa.all("DaneFaKorygowanej")
    if len(nodes) < 2:
        return None
    names = ("NrFaKorygowanej", "DataWystFaKorygowanej", "NrKSeFFaKorygowanej")
    table = _table(word("corrected", fa.language), nodes, names, "NrKSeFN")
    for node in nodes:
        node.skip("NrKSeF")
    return table


def group(title: str, pairs: list[Pair]) -> Group:
    """``pairs`` as they are; ``rows`` how many lines of a half page they take, more or less."""
    placed = fitted(pairs)
    rows = sum(max(1, -(-len(name) // 22), -(-len(value) // 40)) + under for name, value, under, _ in placed)
    return {"title": title, "pairs": placed, "rows": rows + 2}


def in_columns(ordered: list[Group]) -> list[list[Group]]:
    """Two columns, in order, as even as can be."""
    whole = sum(group["rows"] for group in ordered)
    best, left = 0, 0
    for index, group in enumerate(ordered, 1):
        if abs(whole - 2 * (left + group["rows"])) > abs(whole - 2 * left):
            break
        best, left = index, left + group["rows"]
    return [ordered[:best], ordered[best:]]


def other(document: Node) -> Group | None:
    """Whatever nobody has read: an element that we do not know is still on the print."""
    language = document.language
    pairs = []
    for leaf, parent in list(document.unread()):
        pairs.append((f"{label(parent.name, language)}: {label(leaf.name, language)}", leaf.shown()))
    return {"title": word("other", language), "pairs": fitted(pairs, value=140)} if pairs else None


def tables(fa: Node) -> list[dict[str, Any]]:
    """Lists that are too long for pairs: advances, charges and deductions, part payments."""
    language = fa.language
    result = []
    advances = fa.all("ZaliczkaCzesciowa")
    if advances:
        result.append(_table(word("advances", language), advances, ("P_6Z", "P_15Z", "KursWalutyZW")))
    beside = [node for name in ("Obciazenia", "Odliczenia") for node in fa.all(f"Rozliczenie/{name}")]
    if beside:
        table = _table(label("Rozliczenie", language), beside, ("Powod", "Kwota"))
        for node, row in zip(beside, table["rows"], strict=True):
            row[0] = f"{label(node.name, language)}: {row[0]}"
        result.append(table)
    proofs = fa.all("DokumentZaplaty")
    if proofs:
        result.append(_table(label("DokumentZaplaty", language), proofs, ("NrDokumentu", "DataDokumentu")))
    parts = fa.all("Platnosc/ZaplataCzesciowa")
    if parts:
        for node in parts:
            node.skip("PlatnoscInna")
        how = ("DataZaplatyCzesciowej", "KwotaZaplatyCzesciowej", "FormaPlatnosci", "OpisPlatnosci")
        result.append(_table(word("part_payments", language), parts, how))
    return result


def _table(title: str, nodes: list[Node], names: Sequence[str], instead: str = "") -> dict[str, Any]:
    """Columns that any row has; ``instead`` is what may stand in place of the last."""
    language = nodes[0].language
    used = [
        name
        for name in names
        if any(node.first(name) is not None or (instead and name == names[-1]) for node in nodes)
    ]
    rows = []
    for node in nodes:
        row = show_all(node, tuple(used))
        if instead and not row[-1] and node.first(instead) is not None:
            row[-1] = choice(instead, node.text(instead), language)
        rows.append(row)
    return {
        "title": title,
        "columns": [label(name, language) for name in used],
        "right": [name in NUMBERS for name in used],
        "rows": rows,
    }


def _advances(fa: Node) -> list[Pair]:
    pairs: list[Pair] = []
    for node in fa.all("FakturaZaliczkowa"):
        pairs += node.pairs("NrFaZaliczkowej", "NrKSeFFaZaliczkowej", "NrKSeFZN")
    return pairs


def paid_or_due(fa: Node) -> str:
    """One line beside the amount: paid, or until when and how to pay."""
    language = fa.language
    payment = fa.first("Platnosc")
    if payment is None:
        return ""
    when = payment.first("DataZaplaty")
    if is_paid(fa):
        return f"{word('paid', language)} {day(when.value)}" if when else word("paid", language)
    terms = payment.all("TerminPlatnosci/Termin")[:1] if is_due(fa) else []
    parts = [f"{word('due_by', language)} {day(term.value)}" for term in terms]
    for name in FORMS:
        parts += [choice(name, form.value, language) for form in payment.all(name)]
    return " · ".join(parts)


def _payment(node: Node) -> list[Pair]:
    language = node.language
    pairs = node.pairs("Zaplacono", "DataZaplaty", "ZnacznikZaplatyCzesciowej")
    for term in node.all("TerminPlatnosci"):
        pairs += term.pairs("Termin")
        for words in term.all("TerminOpis"):
            parts = (words.text(name) for name in ("Ilosc", "Jednostka", "ZdarzeniePoczatkowe"))
            # FA(2) has one text where FA(3) has three parts
            written = words.text() or " ".join(part for part in parts if part)
            pairs.append((label("TerminOpis", language), written))
    node.skip("PlatnoscInna")
    pairs += node.pairs(*FORMS, "OpisPlatnosci")
    return pairs + node.pairs("Skonto/WarunkiSkonta", "Skonto/WysokoscSkonta", "LinkDoPlatnosci", "IPKSeF")


def _terms(node: Node) -> list[Pair]:
    pairs: list[Pair] = []
    for child in node.children:
        if child.name == "PodmiotPosredniczacy":
            pairs += node.pairs(child.name)
        elif child.name != "Transport":
            pairs += child.leaves() if child.children else _leaf(child)
    return pairs


def _leaf(node: Node) -> list[Pair]:
    return [(label(node.name, node.language), node.shown())] if node.value else []


def _transport(node: Node) -> list[Pair]:
    language = node.language
    pairs: list[Pair] = []
    node.skip("TransportInny", "LadunekInny")
    for child in node.children:
        if child.name == "Przewoznik":
            name, identifiers = identity(child)
            where = child.first("AdresPrzewoznika")
            parts = [name, *(f"{title} {value}" for title, value in identifiers)]
            parts += address(where) if where is not None else []
            pairs.append((label(child.name, language), ", ".join(part for part in parts if part)))
        elif child.first("AdresL1") is not None:
            pairs.append((label(child.name, language), ", ".join(address(child))))
        elif not child.read:
            pairs += _leaf(child)
    return pairs
