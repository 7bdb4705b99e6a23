"""NBP's rates of exchange: the last one before a day, from what is kept here or from the service, in one question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.utils import timezone

from liczydlo.companies.models import Company, Environment
from liczydlo.ksef.deadlines import previous_business_day
from liczydlo.lookups import services
from liczydlo.lookups.models import ExchangeRate, Service
from liczydlo.public_services import nbp as client
from liczydlo.public_services.http import ServiceError
from liczydlo.public_services.nbp import Rate
from liczydlo.web import times

PERIOD: Final = dt.timedelta(days=9)
"""A range of ten days has a working day in it whatever the holidays."""
_DAY: Final = dt.timedelta(days=1)
_OPERATION: Final = "rates"


@dataclass(frozen=True, kw_only=True)
class Quote:
    """The rate, or why there is none.

    ``code`` is then „off" (not switched on), „none" (NBP has no such rate), „paused" (it has not answered lately and is
    not asked yet, or is not to be asked), or a failure's of ``public_services.http``.
    """

    rate: Rate | None = None
    code: str = ""


def base_of(company: Company) -> str:
    """The service's address: for a firm of the emulator the emulator's stand-in."""
    if company.environment == Environment.EMULATOR:
        return f"{settings.LICZYDLO_EMULATOR_URL}/uslugi/nbp"
    address: str = settings.LICZYDLO_NBP_URL
    return address


def rate_before(company: Company, currency: str, day: dt.date, *, asks: bool = True) -> Quote:
    """The rate of the last working day before ``day``, asked now where it is not known, within seconds; never raises.

    With ``asks`` off only what is kept here is looked at. Which days have a table is what NBP says; the calendar here
    only tells what need not be asked for.
    """
    if not services.is_on(company, Service.NBP):
        return Quote(code="off")
    now, base = times.now(), base_of(company)
    today = timezone.localdate(now)
    if not client.FIRST < day <= today + _DAY:
        return Quote(code="none")
    expected = previous_business_day(day)
    if (rate := _stored(base, currency, expected)) is not None:
        return Quote(rate=rate)
    if not asks or services.paused_until(base, _OPERATION, now=now):
        return Quote(code="paused")
    try:
        rates = client.rates(base, currency, max(expected - PERIOD, client.FIRST), day - _DAY)
    except ServiceError as error:
        services.pause(base, _OPERATION, error, now=now)
        return Quote(code=error.code)
    services.unpause(base, _OPERATION)
    _keep(base, rates, now)
    if not rates or rates[-1].day < expected == today:  # today's table comes at a quarter past twelve
        return Quote(code="none")
    return Quote(rate=rates[-1])


def _stored(base: str, currency: str, day: dt.date) -> Rate | None:
    row = ExchangeRate.objects.filter(base=base, currency=currency, day=day).first()
    if row is None:
        return None
    return Rate(code=row.currency, number=row.number, day=row.day, mid=Decimal(f"{row.mid.normalize():f}"))


def _keep(base: str, rates: Sequence[Rate], now: dt.datetime) -> None:
    """Two sessions may bring the same rows at once; the first ones stay."""
    rows = [
        ExchangeRate(
            base=base, currency=one.code, day=one.day, number=one.number, mid=one.mid, answered_at=now
        )
        for one in rates
    ]
    ExchangeRate.objects.bulk_create(rows, ignore_conflicts=True)
