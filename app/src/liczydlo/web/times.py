"""What time it is for invoices, deadlines and jobs: the machine's clock, or the emulator's where people train.

``LICZYDLO_EMULATOR_CLOCK`` (the address of the emulator's control panel) lets a demo see the seventh working day in a
minute. It is for companies of the emulator alone: ``serve`` and ``worker`` refuse to start with any other.

What guards accounts and processes stays on the machine's clock: ``tests/house/test_clock.py`` names those places.
"""

from __future__ import annotations

import datetime as dt
import functools
import logging
import threading
import time
from collections.abc import Callable
from typing import Final

import httpx2
from django.conf import settings
from django.utils import timezone

ASK_EVERY: Final = 0.5
"""Seconds for which an answer of the emulator's holds."""
_PATIENCE: Final = 1.0  # seconds to wait for one answer
_PAUSE: Final = 0.1  # seconds between two looks at the start

Clock = Callable[[], dt.datetime]
log = logging.getLogger(__name__)


def now() -> dt.datetime:
    """The moment, aware, in UTC."""
    return timezone.now() + _ahead()


def today() -> dt.date:
    """The day in Warsaw (``TIME_ZONE``)."""
    return timezone.localdate(now())


def is_training() -> bool:
    """Whether the application follows the emulator's clock."""
    return bool(settings.LICZYDLO_EMULATOR_CLOCK)


def of_processes(clock: Clock) -> Clock:
    """The clock by which leases run out: the machine's, however far the emulator's is turned; a test's own stays."""
    return timezone.now if clock is now else clock


def await_emulator(patience: float) -> bool:
    """Whether the emulator's clock has been read, waiting so many seconds for it; True where none is followed."""
    if not is_training():
        return True
    follower, until = _follower(settings.LICZYDLO_EMULATOR_CLOCK), time.monotonic() + patience
    while not follower.ask():
        if time.monotonic() >= until:
            return False
        time.sleep(_PAUSE)  # the emulator is another process
    return True


def _ahead() -> dt.timedelta:
    address: str = settings.LICZYDLO_EMULATOR_CLOCK
    return _follower(address).ahead() if address else dt.timedelta(0)


@functools.cache
def _follower(address: str) -> _Follower:
    return _Follower(address)


class _Follower:
    """How far an emulator's clock is ahead of the machine's. Thread-safe; the last answer holds while it is silent."""

    def __init__(self, address: str) -> None:
        self._url = f"{address}/clock"
        self._http = httpx2.Client(timeout=_PATIENCE, trust_env=False)
        self._asking = threading.Lock()
        self._last = dt.timedelta(0)
        self._asked_at = -ASK_EVERY

    def ahead(self) -> dt.timedelta:
        if time.monotonic() - self._asked_at >= ASK_EVERY:
            self.ask()
        return self._last

    def ask(self) -> bool:
        """Whether there was an answer; one thread asks, and the others go on with what is known."""
        if not self._asking.acquire(blocking=False):
            return False
        try:
            seconds = self._http.get(self._url).raise_for_status().json()["ahead"]
            self._last = dt.timedelta(seconds=seconds)
        except (httpx2.HTTPError, ValueError, KeyError, TypeError, OverflowError) as error:
            log.debug("the emulator's clock is silent: %s", error)
            return False
        else:
            return True
        finally:
            self._asked_at = time.monotonic()
            self._asking.release()
