"""CSV as programs write it, by RFC 4180 and not: semicolons, commas, tabs or bars, in any encoding."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import Any, Final, Literal

from liczydlo.spreadsheets.encodings import decode
from liczydlo.spreadsheets.model import Row, Table, TableError, gather, row_of

SEPARATORS: Final = (";", "\t", ",", "|")
"""The first of those that fit alike: of a column with decimal commas the semicolon is meant."""
_SAMPLE: Final = 100
"""Records by which the separator is chosen."""
_NAMED: Final = re.compile(r"\A[ \"]*sep=(?P<sign>.)\"?(?:\r\n?|\n)", re.IGNORECASE)
_ENDS: Final = re.compile(r"\r\n?")


def read(content: bytes) -> Table:
    """The table of a file. Raises TableError."""
    text = decode(content)
    if "\x00" in text:
        raise TableError("not-text")
    named = _NAMED.match(text)  # Excel's own line, which says the separator
    before = 1 if named else 0
    text = _ENDS.sub("\n", text[named.end() :] if named else text)
    return _table(text, named["sign"] if named else separator_of(text), before)


def pasted(text: str) -> Table:
    """The table that somebody copied: tabs between cells, as spreadsheets do, else semicolons. Raises TableError."""
    text = _ENDS.sub("\n", text)
    if "\x00" in text:
        raise TableError("not-text")
    return _table(text, "\t" if "\t" in text else ";", 0)


def _table(text: str, separator: str, before: int) -> Table:
    """Raises TableError."""
    try:
        rows = _rows(text, separator, before)
    except csv.Error as error:
        plain = _plain(text, separator, before)
        if plain is None:
            raise TableError("quotes", line=before + _line_of(text, separator)) from error
        rows = plain
    return Table(rows=tuple(rows))


def separator_of(text: str) -> str:
    """The sign that parts the greatest share of rows into equally many cells."""

    def fits(sign: str) -> tuple[float, int]:
        widths: Counter[int] = Counter()
        try:
            for _, cells in zip(range(_SAMPLE), _reader(text, sign, strict=False), strict=False):
                if any(cell.strip() for cell in cells):
                    widths[len(cells)] += 1
        except csv.Error:
            return 0.0, 0
        width, count = max(widths.items(), key=lambda one: (one[0] > 1, one[1], one[0]), default=(1, 0))
        # a share, for one that is not meant breaks quoted lines into more records
        return (count / widths.total(), width) if width > 1 else (0.0, 1)

    return max(SEPARATORS, key=fits)


def _reader(text: str, separator: str, *, strict: bool = True, quoted: bool = True) -> Any:
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    return csv.reader(io.StringIO(text), delimiter=separator, strict=strict, quoting=quoting)


def _rows(text: str, separator: str, before: int, *, quoted: bool = True) -> list[Row]:
    """Raises TableError, and csv.Error of quotes that do not fit."""
    rows: list[Row] = []
    reader, start = _reader(text, separator, quoted=quoted), 1
    for cells in reader:
        gather(rows, row_of(before + start, cells))
        start = reader.line_num + 1
    return rows


def _plain(text: str, separator: str, before: int) -> list[Row] | None:
    """The rows where quotes are no more than letters of a name (``"Świt" sp. z o.o.;…``); None for a file that quotes
    whole cells, or whose records are then not all as long as the first."""
    try:
        records = [one for one in _reader(text, separator, quoted=False) if any(one)]
        quoted = any(len(cell) > 1 and cell[0] == cell[-1] == '"' for one in records for cell in one)
        widths = {len(one) for one in records}
        return (
            None
            if quoted or len(widths) > 1 or widths == {1}
            else _rows(text, separator, before, quoted=False)
        )
    except csv.Error:
        return None


def _line_of(text: str, separator: str) -> int:
    """The line at which the record begins whose quotes do not fit."""
    reader, start = _reader(text, separator), 1
    try:
        for _ in reader:
            start = reader.line_num + 1
    except csv.Error:
        return start
    return start
