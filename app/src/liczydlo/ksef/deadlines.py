"""By when an invoice issued outside KSeF must be sent, in Polish business days.

Sources: ustawa o VAT art. 106nda (offline24), 106nh (niedostępność), 106nf (awaria), 106ne and 106ng (awaria
całkowita); guide ``tryby-offline.md``. Holidays: ustawa z 18.01.1951 o dniach wolnych od pracy; 24 December
since 2025. Days are those of Warsaw. A late invoice is still accepted by KSeF: warn, never block.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from liczydlo.ksef.modes import Mode

OutageKind = Literal["maintenance", "failure", "total-failure"]
Reason = Literal["rule", "outage-not-over", "outage-unknown", "total-failure"]

WARSAW: Final = ZoneInfo("Europe/Warsaw")
DAYS_AFTER_FAILURE: Final = 7  # art. 106nf ust. 1
_CHRISTMAS_EVE_SINCE: Final = 2025
_SATURDAY: Final = 5


@dataclass(frozen=True, kw_only=True)
class Outage:
    """An announced time without KSeF; ``end`` is None while it lasts. Both moments are aware.

    ``event`` is Latarnia's name for it, shared by the announcements of its start and its end.
    """

    kind: OutageKind
    start: datetime
    end: datetime | None = None
    event: str = ""

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or (self.end is not None and self.end.tzinfo is None):
            raise ValueError("the moments of an outage must be aware")
        if self.end is not None and self.end < self.start:
            raise ValueError("an outage cannot end before it starts")

    @property
    def first_day(self) -> date:
        """The day of its start, in Warsaw."""
        return self.start.astimezone(WARSAW).date()

    @property
    def last_day(self) -> date | None:
        """The day of its end, in Warsaw, or None while it lasts."""
        return None if self.end is None else self.end.astimezone(WARSAW).date()

    def covers(self, day: date) -> bool:
        """Whether any part of the day lies in it."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """The last day for sending, or why there is none.

    ``reason``: ``rule`` with a date; ``outage-not-over``, the count has not begun; ``outage-unknown``, no
    announced outage explains the mode; ``total-failure``, nothing is to be sent. ``basis`` is the article.
    """

    due: date | None
    reason: Reason
    basis: str


@cache
def holidays(year: int) -> frozenset[date]:
    """Polish public holidays of a year (2011 or later, when Epiphany became one)."""
    easter = _easter(year)
    fixed = [(1, 1), (1, 6), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26)]
    if year >= _CHRISTMAS_EVE_SINCE:
        fixed.append((12, 24))
    moving = (0, 1, 49, 60)  # Easter Sunday and Monday, Pentecost, Corpus Christi
    return frozenset(
        [date(year, month, day) for month, day in fixed] + [easter + timedelta(days) for days in moving]
    )


def is_business_day(day: date) -> bool:
    """Monday to Friday, and no public holiday."""
    return day.weekday() < _SATURDAY and day not in holidays(day.year)


def next_business_day(day: date) -> date:
    """The first business day after this one."""
    return add_business_days(day, 1)


def add_business_days(day: date, count: int) -> date:
    """The ``count``-th business day after this one; the day itself is not counted (Ordynacja podatkowa art. 12)."""
    while count > 0:
        day += timedelta(1)
        count -= is_business_day(day)
    return day


def due(mode: Mode, issue_date: date, outages: Iterable[Outage] = ()) -> date | None:
    """The last day for sending; None when nothing is due, or not yet known: :func:`deadline` tells which."""
    return deadline(mode, issue_date, outages).due


def deadline(mode: Mode, issue_date: date, outages: Iterable[Outage] = ()) -> Deadline:
    """The last day for sending an invoice whose P_1 is ``issue_date``, in the light of the announced outages.

    A failure announced while the invoice waits moves the day to the seventh business day after that failure's
    end, and so does each further one; a total failure lifts the duty. Raises ValueError for the online mode.
    """
    known = sorted(outages, key=lambda outage: outage.start)
    if mode == Mode.ONLINE:
        raise ValueError("an invoice issued online is sent at once")
    if mode == Mode.TOTAL_FAILURE:
        return Deadline(due=None, reason="total-failure", basis="art. 106ng")
    if mode == Mode.OFFLINE24:
        first = Deadline(due=next_business_day(issue_date), reason="rule", basis="art. 106nda")
    elif mode == Mode.OFFLINE:
        first = _after(known, "maintenance", issue_date, days=1, basis="art. 106nh")
    else:
        first = _after(known, "failure", issue_date, days=DAYS_AFTER_FAILURE, basis="art. 106nf")
    return _moved(first, issue_date, known)


def _after(outages: list[Outage], kind: OutageKind, issue_date: date, *, days: int, basis: str) -> Deadline:
    """So many business days after the outage in which the invoice was issued."""
    covering = [outage for outage in outages if outage.kind == kind and outage.covers(issue_date)]
    if not covering:
        return Deadline(due=None, reason="outage-unknown", basis=basis)
    ends = [outage.last_day for outage in covering]
    if None in ends:
        return Deadline(due=None, reason="outage-not-over", basis=basis)
    last = max(end for end in ends if end is not None)
    return Deadline(due=add_business_days(last, days), reason="rule", basis=basis)


def _moved(current: Deadline, issue_date: date, outages: list[Outage]) -> Deadline:
    """What failures announced before the invoice had to be sent make of its deadline.

    One that ended on the day of issue may have ended before the invoice: the earlier day is the safe one. Where no
    outage explains the mode, one that came after the day of issue does not either.
    """
    for outage in outages:
        last = outage.last_day
        if current.reason == "outage-unknown":
            matters = outage.covers(issue_date)
        else:
            waiting = current.due is None or outage.first_day <= current.due
            matters = waiting and (last is None or last > issue_date)
        if not matters:
            continue
        if outage.kind == "total-failure":
            return Deadline(due=None, reason="total-failure", basis="art. 106ng")
        if outage.kind == "failure" and current.reason != "outage-not-over":
            current = _failed(current, last)
    return current


def _failed(current: Deadline, last_day: date | None) -> Deadline:
    if last_day is None:
        return Deadline(due=None, reason="outage-not-over", basis="art. 106nf")
    moved = add_business_days(last_day, DAYS_AFTER_FAILURE)
    if current.due is not None and current.due >= moved:
        return current
    return Deadline(due=moved, reason="rule", basis="art. 106nf")


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm, J. Meeus, Astronomical Algorithms, ch. 8)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon = (century + 8) // 25
    epact = (19 * golden + century - leap_centuries - (century - moon + 1) // 3 + 15) % 30
    quarter, quarter_rest = divmod(rest, 4)
    sunday = (32 + 2 * century_rest + 2 * quarter - epact - quarter_rest) % 7
    correction = (golden + 11 * epact + 22 * sunday) // 451
    month, day = divmod(epact + sunday - 7 * correction + 114, 31)
    return date(year, month, day + 1)
