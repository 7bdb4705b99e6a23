"""By when an invoice issued outside KSeF must be sent, in Polish business days.

Sources: ustawa o VAT art. 106nda (offline24), 106nh (niedostępność), 106nf (awaria), 106ne and 106ng (awaria
całkowita); guide ``tryby-offline.md``. Holidays: ustawa z 18.01.1951 o dniach wolnych od pracy; 24 December
since 2025. Days are those of Warsaw. A late invoice is still accepted by KSeF: warn, never block.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
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
_ONCE: Final = (date(2018, 11, 12),)
"""Days that a statute of their own made free once (2018: Dz.U. 2018 poz. 2117)."""
_SATURDAY: Final = 5


@dataclass(frozen=True, kw_only=True)
class Outage:
    """An announced time without KSeF; ``end`` is None while it lasts. Both moments are aware.

    ``event`` is Latarnia's name for it, shared by the announcements of its start and its end; ``title`` its words.
    """

    kind: OutageKind
    start: datetime
    end: datetime | None = None
    event: str = ""
    title: str = field(default="", compare=False)

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
    ``outage`` is the one that decided; without it the count runs from the day of issue.
    """

    due: date | None
    reason: Reason
    basis: str
    outage: Outage | None = None


@cache
def holidays(year: int) -> frozenset[date]:
    """Polish public holidays of a year (2011 or later, when Epiphany became one)."""
    easter = _easter(year)
    fixed = [(1, 1), (1, 6), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26)]
    if year >= _CHRISTMAS_EVE_SINCE:
        fixed.append((12, 24))
    once = [day for day in _ONCE if day.year == year]
    moving = (0, 1, 49, 60)  # Easter Sunday and Monday, Pentecost, Corpus Christi
    return frozenset(
        [date(year, month, day) for month, day in fixed]
        + [easter + timedelta(days) for days in moving]
        + once
    )


def is_business_day(day: date) -> bool:
    """Monday to Friday, and no public holiday."""
    return day.weekday() < _SATURDAY and day not in holidays(day.year)


def next_business_day(day: date) -> date:
    """The first business day after this one."""
    return add_business_days(day, 1)


def previous_business_day(day: date) -> date:
    """The last business day before this one."""
    day -= timedelta(1)
    while not is_business_day(day):
        day -= timedelta(1)
    return day


def add_business_days(day: date, count: int) -> date:
    """The ``count``-th business day after this one; the day itself is not counted (Ordynacja podatkowa art. 12)."""
    while count > 0:
        day += timedelta(1)
        count -= is_business_day(day)
    return day


def due(
    mode: Mode, issue_date: date, outages: Iterable[Outage] = (), *, issued_at: datetime | None = None
) -> date | None:
    """The last day for sending; None when nothing is due, or not yet known: :func:`deadline` tells which."""
    return deadline(mode, issue_date, outages, issued_at=issued_at).due


def deadline(
    mode: Mode, issue_date: date, outages: Iterable[Outage] = (), *, issued_at: datetime | None = None
) -> Deadline:
    """The last day for sending an invoice whose P_1 is ``issue_date``, in the light of the announced outages.

    A failure announced while the invoice waits moves the day to the seventh business day after that failure's end, and
    so does each further one; a total failure lifts the duty. What was over when the invoice was issued moves nothing:
    ``issued_at`` (aware) is that moment; without it an outage that ended on the day of issue counts as over, for the
    earlier day is the safe one. An invoice issued online that did not reach KSeF on its day is one of offline24
    (guide ``offline/automatyczne-okreslanie-trybu-offline.md``).
    """
    if issued_at is not None and issued_at.tzinfo is None:
        raise ValueError("the moment of issue must be aware")
    ordered = sorted(outages, key=lambda outage: outage.start)
    if mode == Mode.TOTAL_FAILURE:
        return Deadline(due=None, reason="total-failure", basis="art. 106ng")
    if mode in (Mode.ONLINE, Mode.OFFLINE24):
        first = Deadline(due=next_business_day(issue_date), reason="rule", basis="art. 106nda")
    elif mode == Mode.OFFLINE:
        first = _after(ordered, "maintenance", issue_date, days=1, basis="art. 106nh")
    else:
        first = _after(ordered, "failure", issue_date, days=DAYS_AFTER_FAILURE, basis="art. 106nf")
    return _moved(first, issue_date, issued_at, ordered)


def _after(outages: list[Outage], kind: OutageKind, issue_date: date, *, days: int, basis: str) -> Deadline:
    """So many business days after the outage in which the invoice was issued."""
    covering = [outage for outage in outages if outage.kind == kind and outage.covers(issue_date)]
    if not covering:
        return Deadline(due=None, reason="outage-unknown", basis=basis)
    last = max(covering, key=lambda outage: outage.last_day or date.max)
    if last.last_day is None:
        return Deadline(due=None, reason="outage-not-over", basis=basis, outage=last)
    return Deadline(due=add_business_days(last.last_day, days), reason="rule", basis=basis, outage=last)


def _moved(
    current: Deadline, issue_date: date, issued_at: datetime | None, outages: list[Outage]
) -> Deadline:
    """What failures announced before the invoice had to be sent make of its deadline.

    Where no outage explains the mode, one that came after the day of issue does not either.
    """
    for outage in outages:
        if current.reason == "outage-unknown":
            matters = outage.covers(issue_date)
        else:
            waiting = current.due is None or outage.first_day <= current.due
            matters = waiting and not _was_over(outage, issue_date, issued_at)
        if not matters:
            continue
        if outage.kind == "total-failure":
            return Deadline(due=None, reason="total-failure", basis="art. 106ng", outage=outage)
        if outage.kind == "failure" and current.reason != "outage-not-over":
            current = _failed(current, outage)
    return current


def _was_over(outage: Outage, issue_date: date, issued_at: datetime | None) -> bool:
    """Whether the outage had ended when the invoice was issued, or may have."""
    if outage.end is None or outage.last_day is None:
        return False
    return outage.last_day <= issue_date if issued_at is None else outage.end <= issued_at


def _failed(current: Deadline, failure: Outage) -> Deadline:
    if failure.last_day is None:
        return Deadline(due=None, reason="outage-not-over", basis="art. 106nf", outage=failure)
    moved = add_business_days(failure.last_day, DAYS_AFTER_FAILURE)
    if current.due is not None and current.due >= moved:
        return current
    return Deadline(due=moved, reason="rule", basis="art. 106nf", outage=failure)


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
