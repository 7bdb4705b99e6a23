"""Long lists page by page: the next begins after the last row seen, so the hundred-thousandth row costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

SIZE = 50
AFTER = "po"  # query parameter: rows after the one of this id


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a list is sorted by: an indexed column; rows of one value by id, rows without one last.

    ``values``: all that the column can hold, in their order, where they are few.
    """

    column: str
    descending: bool = False
    nullable: bool = False
    values: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of rows, newest first or in ``order``, and the queries that lead on."""

    rows: list[Any]
    older: str
    newest: str
    order: Order | None = None

    @property
    def is_first(self) -> bool:
        """Whether no rows come before it."""
        return not self.newest


def page(
    rows: QuerySet[Any],
    query: QueryDict,
    *,
    size: int = SIZE,
    order: Order | None = None,
    base: QuerySet[Any] | None = None,
) -> Page:
    """The page that a request asks for; a cursor that is no number counts as none.

    ``base`` is the list narrowed by nothing: the row of the cursor may have left ``rows`` meanwhile.
    """
    after = next(iter(ids([query.get(AFTER, "")])), None)
    collected: list[Any] = []
    if order is None:
        parts = _newest(rows, after)
    else:
        anchors = (rows if base is None else base).filter(pk=after).values_list(order.column, flat=True)
        last = list(anchors) if after is not None else []
        parts = _in_order(rows, order, after if last else None, *last)
    for part in parts:
        collected += part[: size + 1 - len(collected)]
        if len(collected) > size:
            break
    older = _query(query, str(collected[size - 1].pk)) if len(collected) > size else ""
    newest = _query(query, None) if after is not None else ""
    return Page(rows=collected[:size], older=older, newest=newest, order=order)


def _newest(rows: QuerySet[Any], after: int | None) -> Iterator[QuerySet[Any]]:
    ordered = rows.order_by("-id")
    yield ordered if after is None else ordered.filter(id__lt=after)


def _in_order(
    rows: QuerySet[Any], order: Order, after: int | None, last: Any = None
) -> Iterator[QuerySet[Any]]:
    """Ranges of an index one after another, each in its own order: a database would sort all rows for one that has
    empty values last, and for one that begins in the middle of equal values. ``last`` is the value of row ``after``."""
    column, sign, beyond = order.column, "-" if order.descending else "", "lt" if order.descending else "gt"
    equal = rows.none() if last is None else rows.filter(**{column: last, f"id__{beyond}": after})
    equal = equal.order_by(f"{sign}id")
    if order.values:
        values = list(reversed(order.values)) if order.descending else list(order.values)
        if last in values:
            yield equal
            values = values[values.index(last) + 1 :]
        for value in values:
            yield rows.filter(**{column: value}).order_by(f"{sign}id")
        return
    yield equal
    if last is not None or after is None:
        filled = rows.filter(
            **{f"{column}__isnull": False} if last is None else {f"{column}__{beyond}": last}
        )
        yield filled.order_by(f"{sign}{column}", f"{sign}id")
    if order.nullable:
        empty = rows.filter(**{f"{column}__isnull": True})
        left = empty.filter(**{f"id__{beyond}": after}) if after is not None and last is None else empty
        yield left.order_by(f"{sign}id")


def listed(rows: Sequence[Any], query: QueryDict, *, number: Callable[[Any], int], size: int = SIZE) -> Page:
    """The page that a request asks for of rows in memory, which ``number`` grows along."""
    after = next(iter(ids([query.get(AFTER, "")])), None)
    later = [row for row in rows if after is None or number(row) > after]
    older = _query(query, str(number(later[size - 1]))) if len(later) > size else ""
    newest = _query(query, None) if after is not None else ""
    return Page(rows=later[:size], older=older, newest=newest, order=Order(column="number"))


def ids(texts: Iterable[str]) -> list[int]:
    """The texts that may be ids of rows; a longer number overflows the database's."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]


def _query(query: QueryDict, after: str | None) -> str:
    changed = query.copy()
    changed.pop(AFTER, None)
    if after is not None:
        changed[AFTER] = after
    return f"?{changed.urlencode()}"
