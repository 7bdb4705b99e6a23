"""What was set while the emulator ran and has to outlive a restart: how far its clock was turned, how far the
high water mark lags, and where KSeF numbers began."""

from __future__ import annotations

from datetime import timedelta

from ...store import Store

SCHEMA = "CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
_AHEAD = "clock-ahead"
_LAG = "storage-lag"
_NUMBERS = "numbers-start"
_MICROSECOND = timedelta(microseconds=1)


class Settings:
    """A table of numbers by name."""

    def __init__(self, store: Store) -> None:
        self.store = store
        store.register(SCHEMA)

    @property
    def ahead(self) -> timedelta:
        """How far the clock is ahead of the machine's."""
        return self._time(_AHEAD)

    @ahead.setter
    def ahead(self, value: timedelta) -> None:
        self._set_time(_AHEAD, value)

    @property
    def storage_lag(self) -> timedelta:
        return self._time(_LAG)

    @storage_lag.setter
    def storage_lag(self, value: timedelta) -> None:
        self._set_time(_LAG, value)

    @property
    def numbers_start(self) -> int | None:
        """See `Numbers`; None before it was chosen."""
        return self._number(_NUMBERS)

    @numbers_start.setter
    def numbers_start(self, value: int) -> None:
        self._set_number(_NUMBERS, value)

    def _time(self, name: str) -> timedelta:
        return timedelta(microseconds=self._number(name) or 0)

    def _set_time(self, name: str, value: timedelta) -> None:
        self._set_number(name, value // _MICROSECOND)

    def _number(self, name: str) -> int | None:
        with self.store.transaction() as db:
            row = db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return int(row["value"]) if row is not None else None

    def _set_number(self, name: str, value: int) -> None:
        with self.store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))
