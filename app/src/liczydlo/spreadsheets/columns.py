"""Which column is which: the header line of a table, known by the names that programs give to columns."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from liczydlo.spreadsheets.model import Row, Table

_LOOKED_AT: Final = 40
"""Rows among which the header is looked for: titles and the firm's own address may stand before it."""
_WHOLE: Final = str.maketrans({"ł": "l", "ø": "o"})


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The header line of a table and the places of fields in it."""

    header: Row
    places: Mapping[str, int]  # column by field

    @property
    def digest(self) -> str:
        """What files with the same header have in common, SHA-256 in lower-case hex."""
        text = "\x1f".join(plain(cell) for cell in self.header.cells)
        return hashlib.sha256(text.encode()).hexdigest()

    def rows(self, table: Table) -> list[Row]:
        """The rows below the header."""
        return [row for row in table.rows if row.number > self.header.number]


def plain(name: str) -> str:
    """A column's name without case, diacritics and marks: „Kod_pocztowy:" is ``kod pocztowy``."""
    text = unicodedata.normalize("NFKD", name.casefold()).casefold().translate(_WHOLE)
    kept = "".join(sign if sign.isalnum() else " " for sign in text if not unicodedata.combining(sign))
    return " ".join(kept.split())


def recognise(table: Table, names: Mapping[str, Sequence[str]]) -> Columns:
    """The header line and its fields. ``names``: of each field what columns are called, as ``plain`` writes it, the
    surest first. Where no line has a known name, the first one counts as the header."""
    best: Columns | None = None
    for row in table.rows[:_LOOKED_AT]:
        places = _places(row, names)
        if best is None or len(places) > len(best.places):
            best = Columns(header=row, places=places)
    assert best is not None, "a table has rows"
    return best


def _places(row: Row, names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Each field's column, and each column one field's: the surer name takes it."""
    cells = [plain(cell) for cell in row.cells]
    claims = [
        (known.index(cell), at, field)
        for field, known in names.items()
        for at, cell in enumerate(cells)
        if cell in known
    ]
    places: dict[str, int] = {}
    for _, at, field in sorted(claims):
        if field not in places and at not in places.values():
            places[field] = at
    return places
