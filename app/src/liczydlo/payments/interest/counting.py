"""Interest of one debt: what was owed on which days, at which rate. Pure.

Days are counted from the day after the day of payment (art. 481 § 1 KC), which a Saturday or a holiday moves to the
next day that is neither (art. 115 KC), to the day on which a part was paid, that day included. A year has 365 days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from liczydlo.ksef.deadlines import is_business_day, next_business_day
from liczydlo.payments.interest.rates import Rate, of_day

YEAR: Final = 365
GROSZ: Final = Decimal("0.01")
_DAY: Final = dt.timedelta(days=1)


class UnknownRate(Exception):
    """Nobody knows the rate of ``day``, so nothing is counted."""

    def __init__(self, day: dt.date) -> None:
        super().__init__(day.isoformat())
        self.day = day


@dataclass(frozen=True, kw_only=True)
class Payment:
    """``amount`` that came on a day; negative where something was given back."""

    on: dt.date
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Part:
    """Days, both included, on which the same amount was owed at the same rate, and their interest in grosze."""

    since: dt.date
    until: dt.date
    amount: Decimal
    rate: Rate
    interest: Decimal

    @property
    def days(self) -> int:
        """How many days these are."""
        return (self.until - self.since).days + 1


def last_day(due: dt.date) -> dt.date:
    """The last day on which a payment is in time (art. 115 KC)."""
    return due if is_business_day(due) else next_business_day(due)


def count(
    principal: Decimal,
    due: dt.date,
    payments: Iterable[Payment],
    until: dt.date,
    rates: Sequence[Rate],
    *,
    since: dt.date | None = None,
) -> list[Part]:
    """The parts from the first late day, or from ``since`` where interest of the days before was asked for already.

    Raises UnknownRate.
    """
    start = max(last_day(due) + _DAY, since or dt.date.min)
    parts = []
    for first, last, amount in _principal_parts(principal, list(payments), start, until):
        for begin, end, rate in _rated(first, last, rates):
            days = (end - begin).days + 1
            interest = (amount * rate.percent * days / (100 * YEAR)).quantize(GROSZ, ROUND_HALF_UP)
            parts.append(Part(since=begin, until=end, amount=amount, rate=rate, interest=interest))
    return parts


def _principal_parts(
    principal: Decimal, payments: Sequence[Payment], start: dt.date, until: dt.date
) -> Iterator[tuple[dt.date, dt.date, Decimal]]:
    """First and last day of each stretch with what was owed; a payment's own day counts as not paid yet."""
    ends = sorted({one.on for one in payments if start <= one.on < until} | {until})
    for end in ends:
        if end < start:
            return
        remaining = principal - sum((one.amount for one in payments if one.on < start), Decimal(0))
        if remaining > 0:
            yield start, end, remaining
        start = end + _DAY


def _rated(first: dt.date, last: dt.date, rates: Sequence[Rate]) -> Iterator[tuple[dt.date, dt.date, Rate]]:
    while first <= last:
        rate = of_day(rates, first)
        if rate is None:
            raise UnknownRate(first)
        end = min(rate.until, last)
        yield first, end, rate
        first = end + _DAY


def compensation(value: Decimal) -> int:
    """EUR for recovering a debt of so many PLN (art. 10 ust. 1 of the act of 8.03.2013)."""
    return 40 if value <= 5_000 else 70 if value < 50_000 else 100
