"""On which days an invoice repeats, and which period they are of. Pure.

A *nominal* day is what the rhythm gives (the 31st is the last day of a shorter month); the *planned* day is that, or
the working day before or after it, as the firm has chosen.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from liczydlo.ksef.deadlines import is_business_day

Unit = Literal["week", "month", "quarter", "year"]
Shift = Literal["none", "before", "after"]
Which = Literal["this", "previous"]

MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
"""How long a unit is; a week is no number of months."""
WEEK: Final = dt.timedelta(weeks=1)
DAY: Final = dt.timedelta(days=1)
LAST: Final = 31
"""The day that is the last one of every month."""


@dataclass(frozen=True, kw_only=True)
class Period:
    """A span of whole weeks or months, both ends in it; ``count`` units long."""

    first: dt.date
    last: dt.date
    unit: Unit
    count: int


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """Every ``every`` units from ``first`` on, on day ``day`` of the month; of weeks on the weekday of ``first``."""

    every: int
    unit: Unit
    first: dt.date
    day: int = LAST
    shift: Shift = "none"
    last: dt.date | None = None

    def after(self, done: dt.date | None) -> dt.date | None:
        """The first nominal day later than ``done``; None where the rhythm has ended."""
        since = self.first if done is None else max(self.first, done + DAY)
        if self.unit == "week":
            step = WEEK * self.every
            day = self.first + -(-(since - self.first) // step) * step
        else:
            day = self._month_day(since)
        return day if self.last is None or day <= self.last else None

    def days(self, done: dt.date | None) -> Iterator[dt.date]:
        """All nominal days later than ``done``, one after another."""
        while (done := self.after(done)) is not None:
            yield done

    def planned(self, nominal: dt.date) -> dt.date:
        """The day on which the invoice of a nominal day is made."""
        if self.shift != "none":
            step = -DAY if self.shift == "before" else DAY
            while not is_business_day(nominal):
                nominal += step
        return nominal

    def period(self, nominal: dt.date, which: Which) -> Period:
        """The units of which a nominal day is the beginning, or those just before them."""
        if self.unit == "week":
            monday = nominal - nominal.weekday() * DAY
            length = WEEK * self.every
            first = monday - (length if which == "previous" else 0 * DAY)
            return Period(first=first, last=first + length - DAY, unit=self.unit, count=self.every)
        length_in_months = MONTHS[self.unit] * self.every
        month = _index(nominal) // MONTHS[self.unit] * MONTHS[self.unit]
        month -= length_in_months if which == "previous" else 0
        first, following = _first(month), _first(month + length_in_months)
        return Period(first=first, last=following - DAY, unit=self.unit, count=self.every)

    def _month_day(self, since: dt.date) -> dt.date:
        """The first nominal day on or after ``since``, which is not before ``first``."""
        month, step = _index(self.first), MONTHS[self.unit] * self.every
        if self._in(month) < self.first:  # its day of that month is over when the rhythm begins
            month += 1
        month += max(0, (_index(since) - month) // step) * step
        return self._in(month) if self._in(month) >= since else self._in(month + step)

    def _in(self, month: int) -> dt.date:
        first = _first(month)
        return first.replace(day=min(self.day, calendar.monthrange(first.year, first.month)[1]))


def _index(day: dt.date) -> int:
    """Months since the year 0."""
    return day.year * 12 + day.month - 1


def _first(month: int) -> dt.date:
    return dt.date(month // 12, month % 12 + 1, 1)
