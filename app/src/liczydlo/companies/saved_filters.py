"""Filters that people keep under a name, for any list with a form of filters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.http import QueryDict

from liczydlo.companies.access import ISSUERS, CompanyRequest
from liczydlo.companies.models import Company, SavedFilter, User
from liczydlo.web.files import printable
from liczydlo.web.rows import stored

LISTS: Final[dict[str, str]] = {}
"""Lists that have saved filters: their name in rows, and the name of their address. Features add their own."""
MOST: Final = 50  # of a person and a list
LONGEST: Final = 2000  # characters of a query


class NotSaved(Exception):
    """Nothing was kept; ``code`` says why: ``name``, ``empty``, ``long`` or ``many``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """What a list shows of saved filters. ``query`` is the present one, empty when nothing is filtered."""

    listing: str
    rows: list[SavedFilter]
    query: str
    may_share: bool

    @property
    def may_save(self) -> bool:
        """Whether the page's present filters are not saved yet."""
        return bool(self.query) and all(row.query != self.query for row in self.rows)


def normal(query: QueryDict, names: Iterable[str]) -> str:
    """The filters of an address alone, in one order, so that equal ones are equal texts."""
    filters = QueryDict(mutable=True)
    for name in sorted(names):
        if values := [value for value in query.getlist(name) if value]:
            filters.setlist(name, values)
    return filters.urlencode()


def shelf(request: CompanyRequest, listing: str, names: Iterable[str]) -> Shelf:
    """For a page: ``names`` are the fields of its filters."""
    return Shelf(
        listing=listing,
        rows=list(visible(request.company, request.user, listing)),
        query=normal(request.GET, names),
        may_share=request.membership.role in ISSUERS,
    )


def visible(company: Company, person: User, listing: str) -> Iterable[SavedFilter]:
    """The person's own and the company's."""
    rows = SavedFilter.objects.of(company).filter(listing=listing)
    return rows.filter(Q(person=person) | Q(person=None))


def keep(company: Company, person: User, listing: str, name: str, query: str, *, shared: bool) -> SavedFilter:
    """Keep filters under a name; one of the same name is replaced. Raises NotSaved."""
    name = printable(name)
    if not name or len(name) > 60:
        raise NotSaved("name")
    if not query:
        raise NotSaved("empty")
    if len(query) > LONGEST:
        raise NotSaved("long")
    owner = None if shared else person

    def write() -> SavedFilter:
        Company.objects.select_for_update(no_key=True).get(pk=company.pk)  # or two would pass the limit
        others = SavedFilter.objects.of(company).filter(listing=listing, person=owner).exclude(name=name)
        if others.count() >= MOST:
            raise NotSaved("many")
        row: SavedFilter
        row, _ = SavedFilter.objects.update_or_create(
            company=company, listing=listing, person=owner, name=name, defaults={"query": query}
        )
        return row

    return stored(write)
