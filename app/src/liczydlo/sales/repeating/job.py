"""The job that makes what is due of a company's recurrences, and when it is due again."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.utils import timezone

from liczydlo.companies.models import Company
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim
from liczydlo.sales.repeating import making
from liczydlo.sales.repeating.tables import Recurrence

MORNING: Final = dt.time(6)
"""When a day's invoices are made, in Warsaw; what is late is made at once."""


@registry.job(making.JOB)
def run(claim: Claim) -> dt.datetime | None:
    """Make what is due, one day of one recurrence after another; returns the morning of the next. Raises ClaimLost."""
    claim.step("recurring.claimed")
    company = claim.company
    active = Recurrence.objects.of(company).filter(is_active=True).order_by("pk")
    for pk in list(active.values_list("pk", flat=True)):
        while True:
            claim.step("recurring.make")
            if not making.make(company, pk):
                break
            claim.step("recurring.made")
            claim.progressed()
            if claim.should_yield:
                return claim.clock()
    return next_moment(company)


def next_moment(company: Company) -> dt.datetime | None:
    """The morning of the next day on which something is to be made; None where nothing is."""
    rows = Recurrence.objects.of(company).filter(is_active=True)
    days = [row.rhythm.planned(nominal) for row in rows if (nominal := row.next()) is not None]
    if not days:
        return None
    return timezone.make_aware(dt.datetime.combine(min(days), MORNING))
