"""The emulator's time: the machine's, until somebody turns it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """One clock for everything that the emulator does; thread-safe. It can be turned, and it always runs."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        """Begins so much ahead of the machine's clock."""
        self._lock = threading.Lock()
        self._ahead = ahead
        self._turned: Callable[[], None] = _nothing

    @property
    def ahead(self) -> timedelta:
        """How much it is ahead of the machine's clock."""
        with self._lock:
            return self._ahead

    def when_turned(self, then: Callable[[], None]) -> None:
        """What is to be done each time that somebody has turned it."""
        self._turned = then

    def now(self) -> datetime:
        """The moment, in UTC."""
        with self._lock:
            return datetime.now(UTC) + self._ahead

    def move(self, by: timedelta) -> datetime:
        """Turn the clock by so much, back when negative; gives the new moment."""
        with self._lock:
            self._ahead += by
        self._turned()
        return self.now()

    def set(self, moment: datetime) -> datetime:
        """Turn the clock to an aware moment; gives it. Raises ValueError for a moment without a zone."""
        if moment.tzinfo is None:
            raise ValueError("a moment needs a zone")
        with self._lock:
            self._ahead = moment - datetime.now(UTC)
        self._turned()
        return self.now()

    def reset(self) -> None:
        """The machine's clock again."""
        with self._lock:
            self._ahead = timedelta()
        self._turned()


def _nothing() -> None:
    """Nobody asked to be told."""
