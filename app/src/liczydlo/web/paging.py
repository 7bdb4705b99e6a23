"""Long lists page by page: the next page begins after the last id seen, so the hundred-thousandth row costs nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

SIZE = 50
AFTER = "po"  # query parameter: rows older than this id


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of rows, newest first, and the queries that lead on."""

    rows: list[Any]
    older: str
    newest: str

    @property
    def is_first(self) -> bool:
        """Whether no rows come before it."""
        return not self.newest


def page(rows: QuerySet[Any], query: QueryDict, *, size: int = SIZE) -> Page:
    """The page that a request asks for; a cursor that is no number counts as none."""
    after = next(iter(ids([query.get(AFTER, "")])), None)
    ordered = rows.order_by("-id")
    if after is not None:
        ordered = ordered.filter(id__lt=after)
    found = list(ordered[: size + 1])
    older = _query(query, str(found[size - 1].pk)) if len(found) > size else ""
    return Page(rows=found[:size], older=older, newest=_query(query, None) if after is not None else "")


def ids(texts: Iterable[str]) -> list[int]:
    """The texts that may be ids of rows; a longer number overflows the database's."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]


def _query(query: QueryDict, after: str | None) -> str:
    changed = query.copy()
    changed.pop(AFTER, None)
    if after is not None:
        changed[AFTER] = after
    return f"?{changed.urlencode()}"
