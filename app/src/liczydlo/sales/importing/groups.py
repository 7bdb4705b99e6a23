"""Rows of a file put together into invoices: those with one number, else with one order, are lines of one invoice. Pure
but for the language of its faults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from liczydlo.contacts.importing.cells import Fault, texts_of
from liczydlo.fa3 import money
from liczydlo.sales.importing.fields import HEAD, LABELS, LINE
from liczydlo.spreadsheets.model import Row

SHOWN: Final = 5
"""Rows and texts that a fault names."""


@dataclass(frozen=True, kw_only=True)
class ReadRow:
    """A row as it was read: its texts by field, or why it cannot be."""

    number: int
    texts: Mapping[str, str]
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """The rows of one invoice, in their order. ``key`` is its number, its order or, without both, its row."""

    key: tuple[str, str]
    rows: Sequence[ReadRow]

    @property
    def numbers(self) -> tuple[int, ...]:
        """Their numbers in the file."""
        return tuple(row.number for row in self.rows)


@dataclass(kw_only=True)
class Head:
    """What rows of one invoice say of it together."""

    texts: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read(rows: Iterable[Row], places: Mapping[str, int], width: int) -> list[ReadRow]:
    """The rows with their texts. ``width`` is the header's."""
    result = []
    for row in rows:
        try:
            result.append(ReadRow(number=row.number, texts=texts_of(row, places, LABELS, width=width)))
        except Fault as fault:
            numbers = {name: row.cell(places[name]).strip() for name in ("number", "order") if name in places}
            result.append(ReadRow(number=row.number, texts=numbers, fault=str(fault)))
    return result


def grouped(rows: Sequence[ReadRow]) -> list[Group]:
    """The invoices of a file in the order of their first rows.

    A row with neither a number nor an order is an invoice by itself where no row has one; among others it is refused,
    because nobody can know whose line it is.
    """
    by_key: dict[tuple[str, str], list[ReadRow]] = {}
    are_named = any(row.texts.get("number") or row.texts.get("order") for row in rows)
    for row in rows:
        key = _key(row)
        if key[0] == "row" and are_named and not row.fault:
            nameless = _(
                "Nie ma tu numeru faktury ani zamówienia, więc nie wiadomo, do której faktury należy."
            )
            row = ReadRow(number=row.number, texts=row.texts, fault=nameless)  # noqa: PLW2901 - the refused one
        by_key.setdefault(key, []).append(row)
    return [Group(key=key, rows=of_key) for key, of_key in by_key.items()]


def _key(row: ReadRow) -> tuple[str, str]:
    if number := row.texts.get("number"):
        return "number", number
    if order := row.texts.get("order"):
        return "order", order
    return "row", str(row.number)


def head_of(group: Group) -> Head:
    """What the rows say of the invoice: an empty cell says nothing, two different ones are a fault."""
    head = Head()
    for name in HEAD:
        row_by_text: dict[str, int] = {}
        for row in group.rows:
            if name in row.texts:
                row_by_text.setdefault(row.texts[name], row.number)
        if len(row_by_text) > 1:
            texts = "; ".join(f"{text[:40]} ({at})" for text, at in list(row_by_text.items())[:SHOWN])
            head.faults.append(
                _("%(field)s: wiersze jednej faktury mówią co innego: %(texts)s.")
                % {"field": LABELS[name], "texts": texts}
            )
        if row_by_text:
            head.texts[name] = next(iter(row_by_text))
    return head


def lines_of(group: Group) -> list[ReadRow]:
    """The rows that have a line; one that only says something of the invoice has none."""
    return [row for row in group.rows if any(name in row.texts for name in LINE)]


def shared_out(discount: Decimal, values: Sequence[Decimal]) -> list[Decimal]:
    """A discount of the whole invoice by the values of its lines, in grosze: the parts add up to it exactly."""
    total = money.total(values)
    if total <= 0:
        return [money.ZERO for _ in values]
    parts, before, reached = [], money.ZERO, money.ZERO
    for value in values:
        reached = money.total((reached, value))
        until = money.portion(discount, reached, total)
        parts.append(money.difference(until, before))
        before = until
    return parts
