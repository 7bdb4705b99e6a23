"""Polish calendar days: P_1 is compared with the day in Poland, whatever zone the server is in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

_CET = timezone(timedelta(hours=1), "CET")
_CEST = timezone(timedelta(hours=2), "CEST")


@lru_cache(maxsize=64)
def _last_sunday(year: int, month: int) -> datetime:
    day = datetime(year, month, 31, 1, tzinfo=UTC)
    return day - timedelta(days=(day.weekday() + 1) % 7)


def polish_zone(moment: datetime) -> timezone:
    """CET or CEST at an aware `moment`: summer time from the last Sunday of March to that of October, 01:00
    UTC (directive 2000/84/EC). Written out because the interpreter's own zones need data that a bare machine
    lacks."""
    moment = moment.astimezone(UTC)
    summer = _last_sunday(moment.year, 3) <= moment < _last_sunday(moment.year, 10)
    return _CEST if summer else _CET


def in_poland(moment: datetime) -> datetime:
    """The same moment, told in Polish local time."""
    return moment.astimezone(polish_zone(moment))


@lru_cache(maxsize=256)  # documents of one batch share theirs
def polish_day(moment: datetime) -> date:
    """The calendar day in Poland at an aware `moment`."""
    return in_poland(moment).date()


def from_polish_local(moment: datetime) -> datetime:
    """A naive `moment` read as Polish local time, as KSeF reads dates without an offset; aware ones stay."""
    if moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=polish_zone(moment.replace(tzinfo=_CET)))
