"""Is the machine's clock right? Every answer of KSeF's says when it was made (``Date``, RFC 9110 § 6.6.1).

An hour's error moves P_1, deadlines and the time of a signature, so every page of a company says so. Where the
application follows the emulator's clock there is nothing to compare.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from typing import Final

from liczydlo.connection.models import KsefClock
from liczydlo.web import disk, times

GOOD: Final = dt.timedelta(minutes=1)
BAD: Final = dt.timedelta(minutes=5)
"""From then on a signature's time and an invoice's day may be refused."""
CHANGED: Final = dt.timedelta(seconds=30)
"""A smaller difference from what is known is not written down."""
EVERY: Final = dt.timedelta(hours=1)
"""What stays the same is written down so often."""
_LOOK_EVERY: Final = 30.0  # seconds for which a page believes what it read last

log = logging.getLogger(__name__)
_noted: dict[str, tuple[dt.timedelta, dt.datetime]] = {}
_last_looks: dict[str, tuple[float, KsefClock | None]] = {}


def note(environment: str, moment: dt.datetime) -> None:
    """Compare the machine's clock with the moment of an answer of KSeF that has just come; store what changed."""
    if times.is_training():
        return
    now = times.now()
    ahead = now - moment
    last = _noted.get(environment)
    if last is not None and abs(ahead - last[0]) < CHANGED and dt.timedelta(0) <= now - last[1] < EVERY:
        return
    if abs(ahead) > BAD:
        log.warning("the clock of this machine is %s ahead of KSeF's (%s)", ahead, environment)
    if _store(environment, ahead, now):
        _noted[environment] = ahead, now
        _last_looks.pop(environment, None)


def _store(environment: str, ahead: dt.timedelta, now: dt.datetime) -> bool:
    """False with a full disk."""
    with disk.dispensable():
        KsefClock.objects.update_or_create(environment=environment, defaults={"ahead": ahead, "read_at": now})
        return True
    return False


def wrong_clock(environment: str) -> KsefClock | None:
    """The last reading where it was too far off; asks the database now and then."""
    looked_at, row = _last_looks.get(environment, (-_LOOK_EVERY, None))
    if time.monotonic() - looked_at >= _LOOK_EVERY:
        row = KsefClock.objects.filter(environment=environment).first()
        _last_looks[environment] = time.monotonic(), row
    return row if row is not None and abs(row.ahead) > BAD else None


def forget() -> None:
    """Drop what this process remembers of the database's rows."""
    _noted.clear()
    _last_looks.clear()
