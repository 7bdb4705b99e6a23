"""Months compared with KSeF's metadata: each document that KSeF lists is looked for by its number, and what is missing
comes in at once. At night the present month, the one before and the one that nobody has looked at for longest; any
month on request, without harm.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final

from django.db.models import F, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.jobs.claims import Clock
from liczydlo.purchases import packages, services
from liczydlo.purchases.chunks import Result, Run, Step
from liczydlo.purchases.coverage import Window
from liczydlo.purchases.models import MonthCheck
from liczydlo.purchases.plan import NotYet, Plan

NIGHTLY: Final = dt.timedelta(hours=20)
"""A month that was compared so lately is not compared again the same night."""


def months(since: dt.datetime, now: dt.datetime) -> Iterator[dt.date]:
    """The first days, in Warsaw, of the months from the one to the other, the latest first."""
    day, first = timezone.localdate(now).replace(day=1), timezone.localdate(since).replace(day=1)
    while day >= first:
        yield day
        day = (day - dt.timedelta(days=1)).replace(day=1)


def window(month: dt.date, now: dt.datetime) -> Window:
    """From its first moment in Warsaw to that of the next month; the present one has no end."""
    start, following = _midnight(month), _midnight((month + dt.timedelta(days=32)).replace(day=1))
    return start, following if following <= now else None


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), timezone.get_default_timezone())


def checks(company: Company) -> QuerySet[MonthCheck]:
    """The company's months in its present environment, those never compared too."""
    rows: QuerySet[MonthCheck] = MonthCheck.objects.of(company)
    return rows.filter(environment=company.environment)


def request(company: Company, subject: str, month: dt.date, *, now: dt.datetime) -> bool:
    """Have a month compared once more by a worker; False for one that is not the company's to compare."""
    _fill(company, now)
    if not checks(company).filter(subject=subject, month=month).update(requested_at=now):
        return False
    services.request(company)
    return True


def compare(
    company: Company,
    *,
    nightly: bool,
    clock: Clock,
    step: Step = lambda _name: None,
    should_yield: Callable[[], bool] = lambda: False,
) -> Result:
    """Compare what somebody requested and, at night, what is due. Raises NotConnected, KsefError."""
    total = Result()
    _fill(company, clock())
    rows = list(checks_due(company, nightly=nightly, now=clock()))
    if not rows:
        return total
    with clients.client(company, clock=clock) as ksef:
        for row in rows:
            role = next(one for one in services.ROLES if one == row.subject)
            run = Run(
                company=company,
                role=role,
                checkpoint=services.checkpoint_of(company, role),
                ksef=ksef,
                plan=Plan(company, clock),
                clock=clock,
                step=step,
                should_yield=should_yield,
                purpose="month",
            )
            is_whole = False
            try:
                _read_again(run, *window(row.month, clock()))
                is_whole = not run.result.more
            except NotYet as wait:
                total.wait_until(wait.at)
                return total
            finally:
                total.new += run.result.new
                total.late += run.result.late
                if not is_whole:
                    _note_part(row, run.result)
            if run.result.more:
                total.more = True
                return total
            _note(row, run.result, clock())
    return total


def _read_again(run: Run, start: dt.datetime, end: dt.datetime | None) -> None:
    order = packages.order_of(run)
    if order is not None and order.start == start:
        packages.go_on(run, order)
    else:
        services.receive_window(run, start, end)


def _note_part(row: MonthCheck, result: Result) -> None:
    """What came before the comparison was interrupted: those that go on with it find it here."""
    MonthCheck.objects.filter(pk=row.pk).update(
        stored_so_far=F("stored_so_far") + result.new + result.set_aside
    )


def _note(row: MonthCheck, result: Result, now: dt.datetime) -> None:
    listed = result.already_stored + result.new + result.set_aside
    row_of_check = MonthCheck.objects.filter(pk=row.pk)
    row_of_check.update(
        listed=listed,
        already_stored=Greatest(result.already_stored - F("stored_so_far"), 0),
        stored_so_far=0,
        checked_at=now,
    )
    row_of_check.filter(requested_at=row.requested_at).update(
        requested_at=None
    )  # unless somebody wants it again


def checks_due(company: Company, *, nightly: bool, now: dt.datetime) -> Iterator[MonthCheck]:
    """What is to be compared now."""
    rows = checks(company).filter(subject__in=services.ROLES)
    requested = rows.exclude(requested_at=None).order_by("requested_at")
    if not nightly:
        return iter(requested)
    lately = list(months(now - dt.timedelta(days=31), now))[:2]
    not_lately = rows.filter(requested_at=None).exclude(checked_at__gt=now - NIGHTLY)
    latest = not_lately.filter(month__in=lately).order_by("-month")
    others = not_lately.exclude(month__in=lately).order_by(F("checked_at").asc(nulls_first=True), "-month")
    tonight = rows.filter(checked_at__gt=now - NIGHTLY).exclude(month__in=lately)
    room = max(0, len(services.ROLES) - tonight.count())  # one of the older ones for each role
    return chain(requested, latest, others[:room])


def _fill(company: Company, now: dt.datetime) -> None:
    """A row for each month and role, once."""
    expected = {
        (role, month)
        for role in services.ROLES
        for month in months(services.checkpoint_of(company, role).since, now)
    }
    missing = expected - set(checks(company).values_list("subject", "month"))
    MonthCheck.objects.bulk_create(
        (
            MonthCheck(company=company, environment=company.environment, subject=role, month=month)
            for role, month in sorted(missing)
        ),
        ignore_conflicts=True,
    )
