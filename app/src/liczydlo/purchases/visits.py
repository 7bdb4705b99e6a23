"""What is new to a person since they last looked at the list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Max, Subquery
from django.db.models.functions import Coalesce

from liczydlo.companies.models import Company, User
from liczydlo.purchases.models import ReceivedInvoice, Visit
from liczydlo.purchases.states import State
from liczydlo.web import disk

LASTS: Final = dt.timedelta(minutes=30)
"""Two looks with a longer pause between them are two visits."""
EXACT_TO: Final = dt.timedelta(minutes=1)
"""A look so soon after another that showed the same is not written down."""
MOST: Final = 1000


@dataclass(frozen=True, kw_only=True)
class News:
    """How many purchases came after the one with id ``since``."""

    since: int
    count: int


def note(company: Company, person: User, *, now: dt.datetime) -> News:
    """Note that a person looks at the list; what came since their last visit. At the first one nothing is new.

    With a full disk nothing is noted and nothing is new: the list can still be read.
    """
    with disk.dispensable():
        return _note(company, person, now=now)
    return News(since=0, count=0)


def _note(company: Company, person: User, *, now: dt.datetime) -> News:
    rows = ReceivedInvoice.objects.of(company)
    last = Coalesce(Subquery(rows.order_by("-pk").values("pk")[:1]), 0)
    visits = Visit.objects.of(company).filter(person=person).annotate(last=last)
    if (visit := visits.first()) is None:
        latest = rows.aggregate(latest=Max("pk"))["latest"] or 0
        Visit.objects.get_or_create(
            company=company,
            person=person,
            defaults={"previous_seen_id": latest, "last_seen_id": latest, "at": now},
        )
        return News(since=latest, count=0)
    latest = visit.last
    since = now - visit.at
    previous_id = visit.previous_seen_id if dt.timedelta(0) <= since < LASTS else visit.last_seen_id
    if (previous_id, latest) != (visit.previous_seen_id, visit.last_seen_id) or not dt.timedelta(
        0
    ) <= since < EXACT_TO:
        Visit.objects.filter(pk=visit.pk, company=company).update(
            previous_seen_id=previous_id, last_seen_id=latest, at=now
        )
    if previous_id == latest:
        return News(since=previous_id, count=0)
    fresh = rows.filter(environment=company.environment, pk__gt=previous_id).exclude(state=State.HIDDEN)
    return News(since=previous_id, count=fresh[:MOST].count())
