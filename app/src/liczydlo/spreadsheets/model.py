"""A table that somebody brought in a file, whatever its format, and why a file is not read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

MOST_BYTES: Final = 10_000_000
"""Of a file: ten thousand lines of thirty columns are some three million."""
MOST_ROWS: Final = 20_000
"""Rows that say something."""
MOST_COLUMNS: Final = 200
LONGEST: Final = 5_000
"""Characters of a cell."""


class TableError(Exception):
    """A file that is not read, whole: ``code`` says why, ``params`` where."""

    family: Final = "table"

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row that says something: ``number`` is its line in the file (of a workbook its row), the first being 1."""

    number: int
    cells: tuple[str, ...]

    def cell(self, place: int) -> str:
        """What stands in a column; nothing beyond the row's end."""
        return self.cells[place] if place < len(self.cells) else ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """The rows of a file without empty ones; ``sheet`` names a workbook's sheet, ``others`` those that were not
    read."""

    rows: tuple[Row, ...]
    sheet: str = ""
    others: tuple[str, ...] = ()


def row_of(number: int, cells: list[str]) -> Row | None:
    """A row without the empty cells at its end; None for one of empty cells alone. Raises TableError."""
    while cells and not cells[-1].strip():
        cells.pop()
    if not cells:
        return None
    if len(cells) > MOST_COLUMNS:
        raise TableError("too-many-columns", most=MOST_COLUMNS, line=number)
    if max(map(len, cells)) > LONGEST:
        raise TableError("too-long", most=LONGEST, line=number)
    return Row(number=number, cells=tuple(cells))


def gather(rows: list[Row], row: Row | None) -> None:
    """Add a row that says something. Raises TableError past the limit."""
    if row is None:
        return
    if len(rows) == MOST_ROWS:
        raise TableError("too-many-rows", most=MOST_ROWS)
    rows.append(row)
