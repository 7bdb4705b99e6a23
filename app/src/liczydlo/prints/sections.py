"""The parts of an invoice's print, each a plain value for the template."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from liczydlo.prints.labels import MARKS, SUMS, Language, label, pick, show_rate, word
from liczydlo.prints.reading import Node, Pair, amount, show

NUMBERS: Final = {
    "P_8B": 0,
    "P_8BZ": 0,
    "P_9A": 2,
    "P_9B": 2,
    "P_9AZ": 2,
    "P_10": 2,
    "P_11": 2,
    "P_11A": 2,
    "P_11Vat": 2,
    "P_11NettoZ": 2,
    "P_11VatZ": 2,
    "P_12_XII": 0,
    "P_12Z_XII": 0,
    "KwotaAkcyzy": 2,
    "KwotaAkcyzyZ": 2,
    "KursWaluty": 4,
}
_BELOW: Final = {
    *(
        "UU_ID",
        "Indeks",
        "GTIN",
        "PKWiU",
        "CN",
        "PKOB",
        "GTU",
        "Procedura",
        "P_6A",
        "P_12_Zal_15",
        "KwotaAkcyzy",
    ),
    *(
        "UU_IDZ",
        "IndeksZ",
        "GTINZ",
        "PKWiUZ",
        "CNZ",
        "PKOBZ",
        "GTUZ",
        "ProceduraZ",
        "P_12Z_Zal_15",
        "KwotaAkcyzyZ",
    ),
    *("KursWaluty", "StanPrzed", "StanPrzedZ"),
}
"""Details that stand in small print under a line's name instead of a column of their own."""
_NAMES: Final = ("P_7", "P_7Z")


def party(node: Node, title: str) -> dict[str, Any]:
    """Name, identifiers, address, contact, and whatever else is said of a party."""
    language = node.reader.language
    identity = node.child("DaneIdentyfikacyjne")
    identifiers: list[Pair] = []
    name = ""
    if identity is not None:
        name = identity.text("Nazwa")
        country = identity.text("KodUE")
        identifiers += identity.pairs("NIP", "IDWew")
        if number := identity.text("NrVatUE"):
            identifiers.append((label("NrVatUE", language), f"{country}{number}"))
        home = identity.text("KodKraju")
        if number := identity.text("NrID"):
            identifiers.append((label("NrID", language), f"{home} {number}".strip()))
        identity.skip("BrakID")
    details = node.pairs("PrefiksPodatnika", "NrEORI", "IDNabywcy", "NrKlienta", "OpisRoli", "Udzial")
    for contact in node.children("DaneKontaktowe"):
        details += contact.leaves()
    for yes_only in ("JST", "GV"):
        if node.text(yes_only) == "1":
            details.append((label(yes_only, language), show(yes_only, "1", language)))
    details += node.pairs("StatusInfoPodatnika")
    post = node.child("AdresKoresp")
    if post is not None:
        details.append((label("AdresKoresp", language), ", ".join(address(post))))
    home_address = node.child("Adres")
    return {
        "title": title,
        "name": name,
        "identifiers": identifiers,
        "address": address(home_address) if home_address is not None else [],
        "details": details,
    }


def address(node: Node) -> list[str]:
    """The lines of an address; the country only when it is abroad, GLN last."""
    country = node.text("KodKraju")
    lines = [node.text("AdresL1"), node.text("AdresL2"), country if country != "PL" else ""]
    if gln := node.text("GLN"):
        lines.append(f"GLN {gln}")
    return [line for line in lines if line]


def lines(nodes: list[Node], language: Language) -> dict[str, Any] | None:
    """The table of lines: a column for what any line has, small print for the rest."""
    if not nodes:
        return None
    names = [name for name in dict.fromkeys(_order(nodes)) if name not in _BELOW]
    columns = [
        {
            "label": label(name, language),
            "kind": "name" if name in _NAMES else "number" if name in NUMBERS else "text",
        }
        for name in names
    ]
    rows = []
    for node in nodes:
        cells = [_cell(node, name) for name in names]
        below = [f"{title}: {value}" for extra in _BELOW_ORDER for title, value in node.pair(extra)]
        before = any(node.child(name) is not None for name in ("StanPrzed", "StanPrzedZ"))
        rows.append({"cells": cells, "below": " · ".join(below), "before": before})
    return {"columns": columns, "rows": rows}


_BELOW_ORDER: Final = sorted(_BELOW)


def _order(nodes: list[Node]) -> list[str]:
    """The names of all children in the schema's order, as far as the lines tell it."""
    known = list(_COLUMNS)
    present = {
        Node(child, node.reader).name
        for node in nodes
        for child in node.element
        if isinstance(child.tag, str)
    }
    return [name for name in known if name in present] + sorted(present - set(known) - _BELOW)


_COLUMNS: Final = (
    *(
        "NrWierszaFa",
        "P_7",
        "P_8B",
        "P_8A",
        "P_9A",
        "P_9B",
        "P_10",
        "P_11",
        "P_12",
        "P_12_XII",
        "P_11Vat",
        "P_11A",
    ),
    *("NrWierszaZam", "P_7Z", "P_8BZ", "P_8AZ", "P_9AZ", "P_11NettoZ", "P_12Z", "P_12Z_XII", "P_11VatZ"),
)


def _cell(node: Node, name: str) -> str:
    value = node.text(name)
    if not value:
        return ""
    if name in ("P_12", "P_12Z"):
        return show_rate(value)
    if name in NUMBERS:
        return amount(value, least=NUMBERS[name])
    return show(name, value, node.reader.language)


def sums(fa: Node) -> dict[str, Any] | None:
    """The table of sums by rate, with a total of its columns."""
    language = fa.reader.language
    rows, totals = [], [Decimal(0), Decimal(0), Decimal(0), Decimal(0)]
    for rate, net_name, tax_name, pln_name in SUMS:
        net = fa.text(net_name)
        if not net:
            continue
        tax = fa.text(tax_name) if tax_name else ""
        pln = fa.text(pln_name) if pln_name else ""
        gross = Decimal(net) + Decimal(tax or 0)
        values = [net, tax, pln, str(gross)]
        totals = [total + Decimal(value or 0) for total, value in zip(totals, values, strict=True)]
        rows.append([pick(rate, language), *(amount(value) if value else "–" for value in values)])
    if not rows:
        return None
    has_pln = any(row[3] != "–" for row in rows)
    columns = [word(name, language) for name in ("rate", "net", "tax", "tax_pln", "gross")]
    total = ["", *(amount(str(each)) for each in totals)]
    if not has_pln:
        for row in (columns, total, *rows):
            del row[3]
    return {"columns": columns, "rows": rows, "total": total if len(rows) > 1 else None}


def marks(fa: Node) -> list[str]:
    """The marks of art. 106e that apply, in words, with the basis of an exemption."""
    language = fa.reader.language
    notes = fa.child("Adnotacje")
    if notes is None:
        return []
    found = []
    for name, words in MARKS.items():
        for node in _anywhere(notes, name):
            if node.text() == "1":
                found.append(pick(words, language))
    for name in ("P_19A", "P_19B", "P_19C"):
        for node in _anywhere(notes, name):
            found.append(node.text())
    for name in ("P_19N", "P_22N", "P_PMarzyN", "P_PMarzy"):
        for node in _anywhere(notes, name):
            node.text()
    for vehicle in _anywhere(notes, "NowySrodekTransportu"):
        facts = ", ".join(f"{title}: {value}" for title, value in vehicle.leaves())
        found.append(f"{word('new_transport', language)}: {facts}")
    return found


def _anywhere(node: Node, name: str) -> list[Node]:
    return [Node(element, node.reader) for element in node.element.iter(f"{{*}}{name}")]


def attachment(root: Node) -> list[dict[str, Any]]:
    """The blocks of the structured attachment."""
    blocks = []
    for block in root.children("Zalacznik/BlokDanych"):
        tables = []
        for table in block.children("Tabela"):
            headings = [cell.text() for cell in table.children("TNaglowek/Kol/NKom")]
            rows = [[cell.text() for cell in row.children("WKom")] for row in table.children("Wiersz")]
            total = [cell.text() for cell in table.children("Suma/SKom")]
            tables.append(
                {
                    "title": table.text("Opis"),
                    "pairs": [
                        (each.text("TKlucz"), each.text("TWartosc")) for each in table.children("TMetaDane")
                    ],
                    "columns": headings,
                    "rows": rows,
                    "total": total or None,
                }
            )
        blocks.append(
            {
                "title": block.text("ZNaglowek"),
                "pairs": [
                    (each.text("ZKlucz"), each.text("ZWartosc")) for each in block.children("MetaDane")
                ],
                "paragraphs": [each.text() for each in block.children("Tekst/Akapit")],
                "tables": tables,
            }
        )
    return blocks
