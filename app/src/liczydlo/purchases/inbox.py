"""The receiving job: one company's synchronisation, by a worker, and the round that keeps it going by itself."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.utils import timezone

from liczydlo.companies.models import Company, User
from liczydlo.connection import clients
from liczydlo.connection.waiting import later
from liczydlo.jobs import registry
from liczydlo.jobs.claims import HOUR, Claim, Later
from liczydlo.jobs.models import Job
from liczydlo.ksef.errors import KsefError
from liczydlo.purchases import months
from liczydlo.purchases.models import BUYER, Checkpoint
from liczydlo.purchases.services import RECEIVE, synchronise
from liczydlo.web import times
from liczydlo.web.reasons import Reason

NOT_CONNECTED: Final = dt.timedelta(minutes=1)  # a new connection ends the wait
ROUND: Final = "purchases.round"
ROUND_EVERY: Final = dt.timedelta(minutes=5)
NIGHT: Final = (22, 6)
"""From which hour to which, in Warsaw, KSeF is asked once an hour at most."""


@registry.job(RECEIVE)
def receive(claim: Claim) -> dt.datetime | None:
    """Bring in what is new; returns when the company wants it again. Raises Later, ClaimLost."""
    claim.step("receive.claimed")
    company = claim.company

    def step(name: str) -> None:
        claim.step(name)
        if name == "receive.stored":
            claim.progressed()

    def should_yield() -> bool:
        return claim.should_yield

    try:
        result = synchronise(company, clock=claim.clock, step=step, should_yield=should_yield)
        if not result.more:
            nightly = bool(company.fetch_every) and is_night(claim.clock())
            checked = months.compare(
                company, nightly=nightly, clock=claim.clock, step=step, should_yield=should_yield
            )
            result.more = checked.more
            if checked.again_at is not None:
                result.wait_until(checked.again_at)
    except clients.NotConnected as error:
        raise Later(Reason.of(error), first=NOT_CONNECTED, longest=HOUR) from error
    except KsefError as error:
        raise later(error, company, clock=claim.clock) from error
    if result.more:
        return claim.clock()
    moments = [result.again_at, next_run(company, claim.clock())]
    return min((one for one in moments if one is not None), default=None)


def next_run(company: Company, now: dt.datetime) -> dt.datetime | None:
    """When the company's invoices are fetched next; None: when somebody wants it."""
    if not company.fetch_every:
        return None
    pause = dt.timedelta(minutes=company.fetch_every)
    return now + (max(pause, HOUR) if is_night(now) else pause)


def is_night(now: dt.datetime) -> bool:
    """Whether it is between the hours of ``NIGHT``."""
    hour, (evening, morning) = timezone.localtime(now).hour, NIGHT
    return hour >= evening or hour < morning


def once_logged_in(user: User, **_: object) -> None:
    """The first login of the day begins a fetch, so that what came overnight is there."""
    for company in Company.objects.filter(memberships__user=user).exclude(fetch_every=0):
        last = Checkpoint.objects.of(company).filter(environment=company.environment, subject=BUYER).first()
        looked_at = last.looked_at if last else None
        if (looked_at is None or timezone.localdate(looked_at) < times.today()) and clients.is_connected(
            company
        ):
            registry.enqueue(company.pk, RECEIVE)


@registry.job(ROUND, standing=True)
def go_round(claim: Claim) -> dt.datetime:
    """Begin with the companies that were connected, or changed their mind, since the last round. Raises ClaimLost."""
    claim.step("receive.round")
    at_work = Job.objects.filter(name=RECEIVE, due_at__isnull=False).values("company")
    for company in Company.objects.exclude(fetch_every=0).exclude(pk__in=at_work):
        if clients.is_connected(company):
            registry.enqueue(company.pk, RECEIVE)
    return claim.clock() + ROUND_EVERY
