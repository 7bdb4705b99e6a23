"""The structured attachment (Zalacznik): blocks of pairs, paragraphs and tables of up to 20 columns."""

from __future__ import annotations

from typing import Any, Final

from liczydlo.prints.reading import Fitted, Node, fitted
from liczydlo.prints.values import amount, day, number, soft

_NUMERIC: Final = ("dec", "int")


def attachment(document: Node) -> list[dict[str, Any]]:
    """``Zalacznik/BlokDanych`` for the template, in order: title, pairs, paragraphs, tables."""
    return [
        {
            "title": block.text("ZNaglowek"),
            "pairs": _pairs(block.all("MetaDane"), "ZKlucz", "ZWartosc"),
            "paragraphs": [paragraph.words() for paragraph in block.all("Tekst/Akapit")],
            "tables": [_table(table) for table in block.all("Tabela")],
        }
        for block in document.all("Zalacznik/BlokDanych")
    ]


def _pairs(nodes: list[Node], key: str, value: str) -> list[Fitted]:
    return fitted(
        [(node.words(key, longest=20), day(node.words(value))) for node in nodes], value=110, name=52
    )


def _table(node: Node) -> dict[str, Any]:
    """Rows may have fewer cells than there are columns: a row of one cell is a heading across all."""
    kinds = [column.kind for column in node.all("TNaglowek/Kol")]
    rows = [[cell.text() for cell in row.all("WKom")] for row in node.all("Wiersz")]
    total = [cell.text() for cell in node.all("Suma/SKom")]
    width = max(len(kinds), len(total), *(len(row) for row in rows), 1)
    kinds += ["txt"] * (width - len(kinds))
    head = [cell.text() for cell in node.all("TNaglowek/Kol/NKom")]
    return {
        "title": node.text("Opis"),
        "pairs": _pairs(node.all("TMetaDane"), "TKlucz", "TWartosc"),
        "columns": head + [""] * (width - len(head)),
        "right": [kind in _NUMERIC for kind in kinds],
        "widths": _shares(head, rows, width),
        "rows": [_filled(row, kinds, width) for row in rows],
        "total": _filled(total, kinds, width) if total else None,
    }


def _filled(row: list[str], kinds: list[str], width: int) -> list[str]:
    """Written as its kind asks and made as long as the table is wide; a lone cell stays alone."""
    if len(row) == 1 and width > 1:
        return row
    written = [_cell(value, kind) for value, kind in zip(row, kinds, strict=False)]
    return written + [""] * (width - len(row))


def _cell(value: str, kind: str) -> str:
    if kind == "date":
        return day(value)
    if kind in _NUMERIC and number(value) is not None:
        return amount(value, least=len(value.partition(".")[2]))
    return soft(value, 16)


def _shares(head: list[str], rows: list[list[str]], width: int) -> list[int]:
    """How much of the table a column gets: by its longest word or half of its longest text."""
    shares = []
    for at in range(width):
        cells = [row[at] for row in [head, *rows] if at < len(row) and len(row) > 1]
        words = max((len(word) for cell in cells for word in cell.split()), default=1)
        shares.append(min(40, max(words + 2, max(map(len, cells), default=1) // 2, 4)))
    return shares
