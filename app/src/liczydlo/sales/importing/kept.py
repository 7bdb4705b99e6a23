"""The plan of the file that was looked at last, for the next look at it: of thousands of invoices it takes seconds, and
each page of the preview and the storing need it.

It is used again only while all that it depends on is as it was; what a look at the database here does not see (another
draft's number was edited) is refused by the database's constraints when the plan is stored, and then forgotten.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Max, Q
from django.forms.models import model_to_dict
from django.utils.translation import get_language

from liczydlo.companies.models import Company
from liczydlo.contacts.importing.plan import Plan
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.lookups import services
from liczydlo.lookups.models import Service
from liczydlo.sales import number_patterns, numbering
from liczydlo.sales.importing.tables import ImportedSale
from liczydlo.spreadsheets.columns import Columns
from liczydlo.web import times

FOR: Final = dt.timedelta(minutes=5)
LEAST: Final = 200
"""Invoices of a file whose plan is worth its memory."""


@dataclass(frozen=True, kw_only=True)
class _Kept:
    key: Hashable
    until: dt.datetime
    plan: Plan


_last: list[_Kept] = []
"""None or one: the memory of one plan in a process."""


def key_of(company: Company, content: int, columns: Columns, options: Mapping[str, str]) -> Hashable:
    """All that a plan depends on; ``content`` is the id of the file, which never changes."""
    sales = IndexEntry.objects.of(company).filter(environment=company.environment, direction=Direction.SALE)
    seen = sales.aggregate(Count("id"), Max("id"), rejected=Count("id", filter=Q(rejected=True)))
    imported = ImportedSale.objects.of(company).aggregate(Count("id"), Max("id"))
    return (
        company.pk,
        content,
        columns.header,
        tuple(sorted(columns.places.items())),
        tuple(sorted(options.items())),
        times.today(),
        get_language(),
        str(sorted(model_to_dict(company, exclude=("members",)).items())),
        number_patterns.of(company)[numbering.SALES].text,
        services.is_on(company, Service.NBP),
        tuple(seen.items()),
        tuple(imported.items()),
    )


def of(key: Hashable) -> Plan | None:
    """The plan that was kept, if it is of this key and not old."""
    held = next(iter(_last), None)
    return held.plan if held is not None and held.key == key and times.now() < held.until else None


def keep(key: Hashable, plan: Plan) -> None:
    """Keep a plan of many invoices, in place of the last one."""
    if len(plan.lines) >= LEAST:
        _last[:] = [_Kept(key=key, until=times.now() + FOR, plan=plan)]


def forget() -> None:
    """Keep none: what was kept has been stored, or cannot be."""
    _last.clear()
