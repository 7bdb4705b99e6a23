"""What was set while the emulator ran and has to outlive a restart: so far, how far its clock was turned."""

from __future__ import annotations

from datetime import timedelta

from ..store import Store

SCHEMA = "CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
_AHEAD = "clock-ahead"
_MICROSECOND = timedelta(microseconds=1)


class Settings:
    """A table of numbers by name."""

    def __init__(self, store: Store) -> None:
        """Registers its table."""
        self.store = store
        store.register(SCHEMA)

    @property
    def ahead(self) -> timedelta:
        """How far the clock is ahead of the machine's."""
        with self.store.transaction() as db:
            row = db.execute("SELECT value FROM settings WHERE name = ?", (_AHEAD,)).fetchone()
        return timedelta(microseconds=row["value"]) if row is not None else timedelta()

    @ahead.setter
    def ahead(self, value: timedelta) -> None:
        with self.store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (_AHEAD, value // _MICROSECOND))
