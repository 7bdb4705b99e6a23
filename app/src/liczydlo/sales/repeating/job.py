"""The job that makes what is due of a company's recurrences, and when it is due again."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.utils import timezone

from liczydlo.companies.models import Company
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim
from liczydlo.sales.repeating import making, retrying
from liczydlo.sales.repeating.tables import Recurrence
from liczydlo.web import times

MORNING: Final = dt.time(6)
"""When a day's invoices are made, in Warsaw; what is late is made at once."""


@registry.job(making.JOB)
def run(claim: Claim) -> dt.datetime | None:
    """Make what is due, one day of one recurrence after another, those first that wait for a rate of exchange; returns
    when there is something to do next. Raises ClaimLost."""
    claim.step("recurring.claimed")
    company = claim.company
    for pk in list(retrying.held_occurrences(company).values_list("pk", flat=True)):
        claim.step("recurring.make")
        if retrying.retry(company, pk):
            claim.step("recurring.made")
            claim.progressed()
    retrying.notify(company, times.today())
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
    moments = [
        next_moment(company),
        claim.clock() + retrying.EVERY if retrying.held_occurrences(company).exists() else None,
    ]
    return min((one for one in moments if one is not None), default=None)


def next_moment(company: Company) -> dt.datetime | None:
    """The morning of the next day on which something is to be made; None where nothing is."""
    rows = Recurrence.objects.of(company).filter(is_active=True)
    days = [row.rhythm.planned(nominal) for row in rows if (nominal := row.next()) is not None]
    if not days:
        return None
    return timezone.make_aware(dt.datetime.combine(min(days), MORNING))
