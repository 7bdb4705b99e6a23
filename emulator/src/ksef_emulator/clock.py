"""The emulator's time: the machine's, until somebody turns it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """One clock for everything that the emulator does; thread-safe. It can be turned, and it always runs."""

    def __init__(self) -> None:
        """Begins as the machine's clock."""
        self._lock = threading.Lock()
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The moment, in UTC."""
        with self._lock:
            return datetime.now(UTC) + self._ahead

    def move(self, by: timedelta) -> datetime:
        """Turn the clock by so much, back when negative; gives the new moment."""
        with self._lock:
            self._ahead += by
        return self.now()

    def set(self, moment: datetime) -> datetime:
        """Turn the clock to an aware moment; gives it. Raises ValueError for a moment without a zone."""
        if moment.tzinfo is None:
            raise ValueError("a moment needs a zone")
        with self._lock:
            self._ahead = moment - datetime.now(UTC)
        return self.now()

    def reset(self) -> None:
        """The machine's clock again."""
        with self._lock:
            self._ahead = timedelta()
