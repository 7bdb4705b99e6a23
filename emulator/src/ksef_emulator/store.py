"""Where the emulator keeps what it knows: SQLite, in memory or in a file."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

_PRAGMAS = (
    "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
)


class Store:
    """One database behind one lock: transactions come one after another, which SQLite would do anyway.

    Parts of the emulator register their tables when they are made, so that each table's schema stands beside the code
    that reads it.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Opens the file, making it if need be; None is a database in memory. Raises sqlite3.Error, OSError."""
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(_PRAGMAS)

    def register(self, schema: str) -> None:
        """Make tables and indexes that are not there yet: ``CREATE … IF NOT EXISTS`` statements."""
        with self._lock:
            self._db.executescript(schema)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; rows are ``sqlite3.Row``. Within another transaction of the same thread it is part of it."""
        with self._lock:
            if self._depth:
                yield self._db
                return
            self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            else:
                self._db.execute("COMMIT")
            finally:
                self._depth -= 1

    def reset(self, keep: Collection[str] = ()) -> None:
        """Forget every row of every table but those to keep; the tables stay."""
        with self.transaction() as db:
            db.execute("PRAGMA defer_foreign_keys=ON")
            names = db.execute(
                "SELECT name FROM sqlite_schema WHERE type='table' AND name NOT LIKE 'sqlite_%'"
            )
            for row in names.fetchall():
                if row["name"] in keep:
                    continue
                db.execute(f'DELETE FROM "{row["name"]}"')  # noqa: S608 - a name of our own schema

    def close(self) -> None:
        """Close the database; one in memory is gone then."""
        with self._lock:
            self._db.close()
