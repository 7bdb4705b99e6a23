"""Permanent storage: its dates, the high water mark, and invoices that were accepted but are not stored yet
(pobieranie-faktur/hwm.md).

Dates of storage grow strictly. With a lag, an invoice shows some time after its date and not in the order of dates, as
in the live system; the mark stays behind, so that nothing ever appears at or below it, but for the fault
`stored-late`. Whoever takes „now" for the mark will miss invoices.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from ...faults import Setting
from ...store import Store
from ..time.settings import Settings

SCHEMA = """
CREATE TABLE IF NOT EXISTS unstored (
    id INTEGER PRIMARY KEY,      -- of the register
    storage INTEGER NOT NULL,    -- its date
    shows_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS unstored_by_date ON unstored (storage);
CREATE INDEX IF NOT EXISTS unstored_by_moment ON unstored (shows_at);
"""
STORED = "NOT EXISTS (SELECT 1 FROM unstored WHERE unstored.id = register.id)"
"""The condition under which an invoice of `register` shows."""
BELOW = 1 << 62
"""In place of a date: the mark does not wait for this invoice."""
_MICROSECOND = timedelta(microseconds=1)
_SCATTER = 0x9E37_79B1


class Storage:
    """Dates of permanent storage and the mark.

    A writer holds `writing()` from its first stamp until its commit. A reader's mark waits for it: whatever is
    stamped at or below a mark that was handed out is committed and shows, and nothing will be stamped there any more.
    """

    def __init__(self, store: Store, settings: Settings | None = None) -> None:
        """Goes on where the store ends; the register must be there."""
        self.store = store
        self.settings = settings or Settings(store)
        store.register(SCHEMA)
        with store.transaction() as db:
            self._last: int = db.execute("SELECT MAX(storage) FROM register").fetchone()[0] or 0
            self._holding = db.execute("SELECT 1 FROM unstored LIMIT 1").fetchone() is not None
        self._mark = 0
        self._lag = self.settings.storage_lag
        self._lock = threading.Lock()
        self.late: Callable[[], Setting | None] = lambda: None
        """The fault of an invoice that appears below the mark, if it happens to this one."""

    @property
    def lag(self) -> timedelta:
        """How long after its date an invoice may take to show, and how far the mark stays behind."""
        return self._lag

    @lag.setter
    def lag(self, value: timedelta) -> None:
        if value < timedelta():
            raise ValueError("a lag is not negative")
        with self._lock:
            self.settings.storage_lag = value
            self._lag = value

    @contextmanager
    def writing(self) -> Iterator[Storage]:
        """Exclusive right to stamp; leave it only after the stamped rows are committed."""
        with self._lock:
            yield self

    def stamp(self, now: int) -> int:
        """The next date, later than `now` and than every earlier date and mark. Only inside `writing()`."""
        self._last = max(now, self._last, self._mark) + 1
        return self._last

    def hold_back(self, db: sqlite3.Connection, stamped: Iterable[tuple[int, int]]) -> None:
        """Let invoices, ids with their dates, show only later, within the lag. Only inside `writing()`."""
        lag = self._lag // _MICROSECOND
        held = []
        for key, date in stamped:
            if (setting := self.late()) is not None:
                held.append((key, BELOW, date + int((setting.seconds or 0) * 1_000_000)))
            elif lag:
                held.append((key, date, date + _part(key, lag)))
        if held:
            self._holding = True
            db.executemany("INSERT INTO unstored (id, storage, shows_at) VALUES (?, ?, ?)", held)

    def high_water_mark(self, now: int) -> int:
        """The date up to which storage is complete and closed; lets show what is due."""
        with self._lock:
            oldest = self._reveal(now)
            behind = self._lag // _MICROSECOND
            mark = now - behind if behind else max(now, self._last)
            self._mark = max(self._mark, mark if oldest is None else min(mark, oldest - 1))
            return self._mark

    def reveal(self, now: int) -> None:
        """Let show what is due."""
        with self._lock:
            self._reveal(now)

    def holds_back(self, key: int) -> bool:
        """Whether the invoice with this id does not show yet."""
        if not self._holding:
            return False
        with self.store.transaction() as db:
            return db.execute("SELECT 1 FROM unstored WHERE id = ?", (key,)).fetchone() is not None

    def reset(self) -> None:
        """After the store was emptied: dates and mark begin anew, nothing is held back."""
        with self._lock:
            self._last = self._mark = 0
            self._lag = timedelta()
            self._holding = False

    def _reveal(self, now: int) -> int | None:
        """Let show what is due, and what would wait longer than the lag (it was shortened, or the clock turned back).
        The oldest date that is held back."""
        if not self._holding:
            return None
        with self.store.transaction() as db:
            latest = now + self._lag // _MICROSECOND
            db.execute(
                "DELETE FROM unstored WHERE shows_at <= ? OR (shows_at > ? AND storage < ?)",
                (now, latest, BELOW),
            )
            oldest: int | None = db.execute("SELECT MIN(storage) FROM unstored").fetchone()[0]
        self._holding = oldest is not None
        return None if oldest == BELOW else oldest


def _part(key: int, lag: int) -> int:
    """Between a half of the lag and nearly all of it, other for each neighbour."""
    return lag // 2 + ((key * _SCATTER & 0xFFFF_FFFF) * (lag // 2) >> 32)
