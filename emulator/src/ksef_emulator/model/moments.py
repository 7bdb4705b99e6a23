"""Moments as the database keeps them, integers of microseconds since the epoch, and the stamps of permanent
storage."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """An aware moment as microseconds since the epoch."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """Microseconds since the epoch as an aware UTC moment."""
    return _EPOCH + timedelta(microseconds=value)


class StorageStamps:
    """`permanentStorageDate`: strictly growing, so that a high water mark can be promised
    (pobieranie-faktur/hwm.md).

    A writer holds `writing()` from its first stamp until its commit. A reader's mark waits for it: whatever
    is stamped at or below a mark that was handed out is committed, and nothing will be stamped there any
    more.
    """

    def __init__(self, last: int = 0) -> None:
        self._last = last
        self._lock = threading.Lock()

    @contextmanager
    def writing(self) -> Iterator[StorageStamps]:
        """Exclusive right to stamp; leave it only after the stamped rows are committed."""
        with self._lock:
            yield self

    def stamp(self, now: int) -> int:
        """The next stamp, later than `now` and than every earlier stamp and mark. Only inside `writing()`."""
        self._last = max(now, self._last) + 1
        return self._last

    def high_water_mark(self, now: int) -> int:
        """The moment up to which storage is complete and closed."""
        with self._lock:
            self._last = max(now, self._last)
            return self._last
