"""How long to wait before trying again."""

from __future__ import annotations

import datetime as dt

FIRST = dt.timedelta(seconds=2)
LONGEST = dt.timedelta(minutes=10)
HOUR = dt.timedelta(hours=1)
"""Nothing that failed waits longer than this, whoever asked for the wait."""


def delay(failures: int, *, first: dt.timedelta = FIRST, longest: dt.timedelta = LONGEST) -> dt.timedelta:
    """The wait after so many failures in a row: ``first``, doubled each time, never more than ``longest``."""
    if failures <= 0:
        return dt.timedelta(0)
    doubled: int = 2 ** min(failures - 1, 30)
    return min(longest, first * doubled)
