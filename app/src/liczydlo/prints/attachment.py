"""The structured attachment (Zalacznik): blocks of pairs, paragraphs and tables of up to 20 columns.

Typst takes some 80 µs and 16 kB for a cell of a table, a fifth of it for a piece of a line, and the tag of a cell has
some 130 bytes in the file. Where there are many cells, rows are measured and wrapped here, and each is set as a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import accumulate
from typing import Any, Final

from liczydlo.prints.fonts import BREAK, metrics
from liczydlo.prints.reading import Fitted, Node, fitted
from liczydlo.prints.values import amount, day, number, soft

_NUMERIC: Final = ("dec", "int")
_SIZES: Final = ((14, 5.4), (8, 6.2), (0, 7.5))
"""More columns than this → the size of type in points."""
_UPRIGHT: Final = 9
"""So many columns have room on an upright page."""
_PAGE: Final = 174.0  # mm between the margins
_ACROSS: Final = 261.0  # the same of a page that lies across
_INSET: Final = 1.0  # mm on both sides of a cell
_EXACT: Final = 0.02  # mm by which a width may be wrong
_MANY: Final = 3000
"""So many values are set cell by cell: a screen reader walks through them, and columns need no measuring."""
_ROWS: Final = 20
"""So many rows of each table a page shows of an attachment with more values than that."""
Column = tuple[float, float, bool]
"""Where its texts begin and end, in mm from the left, and whether they stand to the right."""


def attachment(document: Node, *, brief: bool = False) -> dict[str, Any] | None:
    """``Zalacznik`` for the templates: its blocks in order, each with a title, pairs, paragraphs and tables.

    ``size`` is that of the tables' type in points, ``across`` whether pages lie across, ``lines`` whether rows are set
    as lines. A ``brief`` one shows the beginning of what has many values: ``hidden`` are blocks, and rows of a table,
    that it leaves out.
    """
    whole = document.first("Zalacznik")
    if whole is None:
        return None
    many = sum(1 for _ in whole.unread()) > _MANY
    nodes = whole.all("BlokDanych")
    blocks = _beginning(nodes) if brief and many else [_block(node) for node in nodes]
    for leaf, _ in list(whole.unread()):
        leaf.read = leaf.read or (brief and many)
    tables = [table for block in blocks for table in block["tables"]]
    widest = max((len(table["columns"]) for table in tables), default=0)
    size = next(size for columns, size in _SIZES if widest > columns or not columns)
    across = widest > _UPRIGHT
    lines = many and not brief
    for table in tables:
        table["widths"] = _widths(table, size, _ACROSS if across else _PAGE)
        if lines:
            columns = _columns(table)
            table["rows"] = [_line(row, columns, size) for row in table["rows"]]
    return {
        "blocks": blocks,
        "size": size,
        "across": across,
        "lines": lines,
        "hidden": len(nodes) - len(blocks),
    }


def _beginning(nodes: list[Node]) -> list[dict[str, Any]]:
    """Blocks with the first rows of their tables, until a page has enough."""
    blocks: list[dict[str, Any]] = []
    said = 0
    for node in nodes:
        if said > _MANY:
            break
        block = _block(node, most=_ROWS)
        blocks.append(block)
        said += len(block["pairs"])
        said += sum((len(table["rows"]) + 2) * len(table["columns"]) for table in block["tables"])
    return blocks


def _block(node: Node, most: int | None = None) -> dict[str, Any]:
    """``most`` rows of a table, tables and pairs."""
    return {
        "title": node.text("ZNaglowek"),
        "pairs": _pairs(node.all("MetaDane")[:most], "ZKlucz", "ZWartosc"),
        "paragraphs": [paragraph.words() for paragraph in node.all("Tekst/Akapit")],
        "tables": [_table(table, most) for table in node.all("Tabela")[:most]],
        "hidden": len(node.all("Tabela")[most:]) if most else 0,
    }


def _pairs(nodes: list[Node], key: str, value: str) -> list[Fitted]:
    return fitted(
        [(node.words(key, longest=20), day(node.words(value))) for node in nodes], value=110, name=52
    )


def _table(node: Node, most: int | None) -> dict[str, Any]:
    """Rows may have fewer cells than there are columns: a row of one cell is a heading across all."""
    kinds = [column.kind for column in node.all("TNaglowek/Kol")]
    rows = [[cell.text() for cell in row.all("WKom")] for row in node.all("Wiersz")[:most]]
    total = [cell.text() for cell in node.all("Suma/SKom")]
    width = max(len(kinds), len(total), *(len(row) for row in rows), 1)
    kinds += ["txt"] * (width - len(kinds))
    head = [cell.text() for cell in node.all("TNaglowek/Kol/NKom")]
    return {
        "title": node.text("Opis"),
        "pairs": _pairs(node.all("TMetaDane")[:most], "TKlucz", "TWartosc"),
        "columns": head + [""] * (width - len(head)),
        "right": [kind in _NUMERIC for kind in kinds],
        "widths": _shares(head, rows, width),
        "rows": [_filled(row, kinds, width) for row in rows],
        "hidden": len(node.all("Wiersz")) - len(rows),
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


def _widths(table: dict[str, Any], size: float, page: float) -> list[float]:
    """Of the columns in mm: the page by shares, but no column narrower than its longest word if that can be."""
    shares: list[float] = table["widths"]
    rows = [row for row in table["rows"] if len(row) == len(shares)]
    bold = [row for row in (table["columns"], table["total"]) if row and len(row) == len(shares)]
    least = []
    for at in range(len(shares)):
        word = _longest(row[at] for row in rows)
        strong = _longest(row[at] for row in bold)
        measured = max(metrics().millimetres(word, size) * 1.04, metrics().millimetres(strong, size) * 1.1)
        least.append(measured + 2 * _INSET)
    if sum(least) >= page:
        return [page * width / sum(least) for width in least]
    narrow: set[int] = set()
    while True:
        others = [at for at in range(len(shares)) if at not in narrow]
        room = page - sum(least[at] for at in narrow)
        whole = sum(shares[at] for at in others)
        lacking = {at for at in others if room * shares[at] / whole < least[at]}
        if not lacking:
            return [least[at] if at in narrow else room * shares[at] / whole for at in range(len(shares))]
        narrow |= lacking


def _longest(cells: Iterable[str]) -> str:
    """The longest word that has no places to break."""
    return max((word for cell in cells for word in cell.split(" ") if BREAK not in word), key=len, default="")


def _columns(table: dict[str, Any]) -> list[Column]:
    ends = [end - _INSET for end in accumulate(table["widths"])]
    starts = [_INSET, *(end + 2 * _INSET for end in ends[:-1])]
    return list(zip(starts, ends, table["right"], strict=True))


def _line(row: list[str], columns: list[Column], size: float) -> list[str] | dict[str, Any]:
    """Its ``pieces``: each has the space in front of it in mm, its text, and one that is wrapped also the width of its
    column and whether it stands to the right. ``lines`` is how many it has.

    A heading across all columns stays as it is, and so does a row with a character that is drawn as another.
    """
    if len(row) != len(columns) or any(map(metrics().other.search, row)):
        return row
    pieces: list[tuple[Any, ...]] = []
    pen, lines = _INSET, 1
    for cell, (start, end, right) in zip(row, columns, strict=True):
        if not cell:
            continue
        text = cell.replace(BREAK, "")
        width, room = metrics().millimetres(text, size), end - start + _EXACT
        if width <= room and "\n" not in text:
            gap = round((end - width if right else start) - pen, 2)
            pieces.append((gap, text))
            pen += gap + width
        else:
            wrapped = _wrapped(text, room, size)
            gap = round(start - pen, 2)
            pieces.append((gap, "\n".join(wrapped), round(end - start, 2), right))
            pen += gap
            lines = max(lines, len(wrapped))
    return {"pieces": pieces, "lines": lines}


def _wrapped(text: str, room: float, size: float) -> list[str]:
    """Lines that are no wider than ``room`` mm; a word that is wider is cut."""
    lines = []
    for written in text.split("\n"):
        line = ""
        for word in re.split("(?<= )", written):
            if line and metrics().millimetres((line + word).rstrip(), size) > room:
                lines.append(line.rstrip())
                line = ""
            line += word
            while metrics().millimetres(line.rstrip(), size) > room and len(line) > 1:
                widths = accumulate(metrics().millimetres(character, size) for character in line)
                fits = max(1, sum(width <= room for width in widths))
                lines.append(line[:fits])
                line = line[fits:]
        lines.append(line.rstrip())
    return lines
