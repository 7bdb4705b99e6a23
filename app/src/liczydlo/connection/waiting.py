"""What a failure of KSeF's means for background work: when to try again."""

from __future__ import annotations

import datetime as dt

from liczydlo.ksef import KsefError, RateLimited
from liczydlo.work.claims import Later
from liczydlo.work.reasons import Reason


def later(error: KsefError) -> Later:
    """Try again after a while, or exactly after what KSeF asked for."""
    if isinstance(error, RateLimited):
        return Later(Reason.of(error), after=dt.timedelta(seconds=error.retry_after), blocked=True)
    return Later(Reason.of(error))
