"""Where the emulator keeps what it knows: SQLite, in memory or in a file."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_PRAGMAS = (
    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA journal_mode=WAL;"
    " PRAGMA synchronous=NORMAL;"
)
_PATIENCE = 2.0  # seconds to wait for another process that is just ending


def insert(db: sqlite3.Connection, table: str, values: Mapping[str, object]) -> sqlite3.Row:
    """Insert one row, values by column; gives the whole row as it stands then."""
    columns, marks = ", ".join(values), ", ".join(f":{column}" for column in values)
    row: sqlite3.Row = db.execute(
        f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING *",  # noqa: S608 - our own words
        values,
    ).fetchone()
    return row


class InUse(OSError):
    """Another process has the file."""


class Store:
    """One database behind one lock: transactions come one after another, which SQLite would do anyway.

    Parts of the emulator register their tables when they are made, so that each table's schema stands beside the code
    that reads it.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Opens the file for this process alone, making it if need be; None is a database in memory. Raises
        sqlite3.Error, OSError, and of these InUse when another process has it."""
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(
            path or ":memory:", timeout=_PATIENCE, check_same_thread=False, isolation_level=None
        )
        self._db.row_factory = sqlite3.Row
        try:
            self._db.executescript(_PRAGMAS)
            self._db.executescript("BEGIN IMMEDIATE; COMMIT;")
        except sqlite3.OperationalError as error:
            self._db.close()
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise InUse("używa go inny emulator / another emulator uses it") from error
            raise

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
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # some errors end it by themselves
                    self._db.execute("ROLLBACK")
                raise
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
