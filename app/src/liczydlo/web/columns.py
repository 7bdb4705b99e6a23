"""Heads of tables that sort: the address of each column, and how the list is sorted now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.http import QueryDict
from django.utils.functional import Promise

from liczydlo.web.paging import AFTER, Order

SORT: Final = "sort"  # query parameter: a column's name, with „-" before it for the other way round
NUMBERS: Final = ("net", "gross", "left")
"""Columns whose values stand on the right."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: the address that sorts by it, empty where nothing does, and how it sorts now (``aria-sort``)."""

    name: str
    label: str | Promise
    address: str
    sorted: str


@dataclass(frozen=True, kw_only=True)
class Head:
    """A head of the table, with the columns whose values stand under one another there."""

    columns: list[Column]

    @property
    def is_number(self) -> bool:
        """Whether its values stand on the right."""
        return self.columns[0].name in NUMBERS

    @property
    def sorted(self) -> str:
        """How the list is sorted by one of its columns."""
        return next((column.sorted for column in self.columns if column.sorted), "")


def order(query: QueryDict, orders: Mapping[str, Order]) -> Order | None:
    """What a request sorts the list by; None for the latest first, and for what is no column."""
    chosen = query.get(SORT, "")
    column = orders.get(chosen.removeprefix("-"))
    return replace(column, descending=chosen.startswith("-")) if column else None


def heads(
    query: QueryDict,
    groups: Sequence[Sequence[str]],
    labels: Mapping[str, str | Promise],
    orders: Mapping[str, Order],
) -> list[Head]:
    """The heads of the table; a second click on one turns its order round, a third ends it."""
    return [Head(columns=[_column(query, name, labels[name], orders) for name in group]) for group in groups]


def _column(query: QueryDict, name: str, label: str | Promise, orders: Mapping[str, Order]) -> Column:
    if name not in orders:
        return Column(name=name, label=label, address="", sorted="")
    now = query.get(SORT, "")
    then = {name: f"-{name}", f"-{name}": ""}.get(now, name)
    changed = query.copy()
    for parameter in (SORT, AFTER):
        changed.pop(parameter, None)
    if then:
        changed[SORT] = then
    states = {name: "ascending", f"-{name}": "descending"}
    return Column(name=name, label=label, address=f"?{changed.urlencode()}", sorted=states.get(now, ""))
