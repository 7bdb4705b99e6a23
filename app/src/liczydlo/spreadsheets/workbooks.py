"""XLSX (ECMA-376) by openpyxl: the first sheet that says something, as text.

A formula's value is the one that the program kept which wrote the file; nothing is computed. What a file may do to its
reader is looked at before openpyxl sees it: how much it unpacks to, document types and entities, macros.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from liczydlo.spreadsheets.model import Row, Table, TableError, gather, row_of

MARK: Final = b"PK\x03\x04"
MOST_UNPACKED: Final = 100_000_000
"""Bytes of all parts together; the most cells are some 15 million."""
MOST_PARTS: Final = 1_000
MOST_ROWS: Final = 100_000
"""Rows of all sheets, empty ones that only have a format among them: a whole column that was coloured has a million."""
MOST_CELLS: Final = 300_000
"""Cells of all sheets, empty ones too: ten thousand rows of thirty columns; openpyxl reads some 40 000 in a second."""
LAST_ROW: Final = 1_048_576
"""The last row that a sheet can have; numbers beyond are made up."""
_WORKBOOK: Final = "xl/workbook.xml"
_DOCTYPES: Final = tuple("<!DOCTYPE".encode(one) for one in ("utf-8", "utf-16-le", "utf-16-be"))
_NOT_COMPUTED: Final = re.compile(
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*</(?:\w+:)?c>"  # a formula and no value after it
    # or an empty one, which only a text may be: openpyxl writes all formulas so
    rb"|<(?:\w+:)?c\b(?![^>]*\bt=\"str\")[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)"
    rb"\s*<(?:\w+:)?v(?:\s*/>|>\s*</(?:\w+:)?v>)"
)
_ROW: Final = re.compile(rb"<(?:\w+:)?row\b")
_CELL: Final = re.compile(rb"<(?:\w+:)?c\b")
_DAMAGED: Final = (
    *(zipfile.BadZipFile, zlib.error, InvalidFileException, SyntaxError, OSError, EOFError),
    *(LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RuntimeError, AssertionError),
)
"""What openpyxl and the modules below it raise of files that are no workbooks, or damaged ones; parse errors of XML are
SyntaxErrors."""


def is_workbook(content: bytes) -> bool:
    """Whether it is a ZIP archive with a workbook in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _WORKBOOK in archive.namelist()
    except _DAMAGED:
        return False


def read(content: bytes) -> Table:
    """The table of a workbook. Raises TableError."""
    try:
        _check(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        names = [sheet.title for sheet in book.worksheets]
        for sheet in sorted(book.worksheets, key=lambda one: one.sheet_state != "visible"):
            if rows := _rows(sheet):
                others = tuple(name for name in names if name != sheet.title)
                return Table(rows=tuple(rows), sheet=sheet.title, others=others)
    except _DAMAGED as error:
        raise TableError("damaged") from error
    raise TableError("empty")


def _check(content: bytes) -> None:
    """Raises TableError of what is not to be read."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise TableError("unpacks-too-large", most=MOST_UNPACKED // 1_000_000)
        if any(part.filename.lower().endswith(("vbaproject.bin", ".vbs", ".exe")) for part in parts):
            raise TableError("macros")
        rows = cells = 0
        for part in parts:
            if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
                continue
            text = archive.read(part)  # no more than its size says, and its checksum right
            if any(mark in text for mark in _DOCTYPES):
                raise TableError("doctype")
            if part.filename.startswith("xl/worksheets/"):
                if _NOT_COMPUTED.search(text):
                    raise TableError("not-computed")
                rows += sum(1 for _ in _ROW.finditer(text))
                cells += sum(1 for _ in _CELL.finditer(text))
            if rows > MOST_ROWS or cells > MOST_CELLS:
                raise TableError("too-many-cells", most=MOST_ROWS, cells=MOST_CELLS)


def _rows(sheet: Any) -> list[Row]:
    rows: list[Row] = []
    sheet.reset_dimensions()  # what a file says of its size may be wrong
    for number, cells in _numbered(sheet):
        gather(rows, row_of(number, [_text(cell) for cell in cells]))
    return rows


def _numbered(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Rows that have cells, by their numbers. Raises TableError past the last."""
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > LAST_ROW:
            raise TableError("damaged")
        if any(cell is not None for cell in cells):
            yield number, cells


def _text(value: Any) -> str:
    """A cell's value as a person would type it: of numbers the fifteen digits that spreadsheets know."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return f"{Decimal(f'{value:.15g}'):f}" if abs(value) < 1e30 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return str(value)
