"""How fast asynchronous work shows: at once, after so many polls, or after so much time on the clock.

The idea is moto's managed state: the work itself is done in one step; only when it becomes visible is
configured. Every table of such work has the columns `COLUMNS`, which nothing but this module writes out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ...store import Store
from .moments import micros

COLUMNS: Final = "polls_left INTEGER NOT NULL DEFAULT 0, due_at INTEGER NOT NULL DEFAULT 0"
"""In ``CREATE TABLE``: polls that are still to come, and the earliest moment of completion in microseconds."""
DUE: Final = "(polls_left <= 0 AND due_at <= ?)"
"""Condition of SQL, with the present moment in microseconds: the work shows as done."""
POLLED: Final = "polls_left = MAX(polls_left - 1, 0)"
"""Assignment of SQL: one poll more was seen."""
RESTARTED: Final = "polls_left = :polls_left, due_at = :due_at"
"""Assignment of SQL, with `Progress.columns`: other work on the same row begins."""
MICROSECONDS = 1_000_000
STUCK: Final = 1 << 40
"""``polls_left`` of what never ends by itself: see `release`."""
STUCK_NOW: Final = f"polls_left >= {STUCK >> 1}"
"""Condition of SQL: the work is stuck, however often it was polled."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Work is done when it was polled `polls` times and `seconds` have passed since it was accepted."""

    polls: int = 0
    seconds: float = 0.0

    def columns(self, accepted: int) -> dict[str, int]:
        """The columns of work that was accepted at this moment, in microseconds since the epoch."""
        return {"polls_left": self.polls, "due_at": accepted + int(self.seconds * MICROSECONDS)}


AT_ONCE = Progress()


def is_due(row: sqlite3.Row, now: datetime) -> bool:
    """Whether the work of a row, with `COLUMNS`, shows as done."""
    return bool(row["polls_left"] <= 0 and row["due_at"] <= micros(now))


class Pace(Progress):
    """The progress in force: the same for everybody who holds on to it, and it can be changed while they do."""

    def __init__(self, usual: Progress) -> None:
        object.__setattr__(self, "_usual", usual)
        self.set(usual)

    def set(self, progress: Progress) -> None:
        """From now on; a copy is taken."""
        object.__setattr__(self, "polls", progress.polls)
        object.__setattr__(self, "seconds", progress.seconds)

    def reset(self) -> None:
        usual: Progress = object.__getattribute__(self, "_usual")
        self.set(usual)


class Sticky(Progress):
    """Another progress, beside which something may say of each piece of work that it never ends by itself."""

    def __init__(self, pace: Progress, sticks: Callable[[], bool]) -> None:
        """``sticks`` is asked once for each piece of work that is accepted."""
        object.__setattr__(self, "_pace", pace)
        object.__setattr__(self, "_sticks", sticks)

    @property
    def polls(self) -> int:
        """As the other says, or `STUCK`."""
        return STUCK if self._sticks() else self._pace.polls  # type: ignore[attr-defined]

    @property
    def seconds(self) -> float:
        return self._pace.seconds  # type: ignore[attr-defined, no-any-return]


def parse(text: str) -> Progress:
    """``at-once``, ``polls:2``, ``seconds:0.5`` or ``polls:2,seconds:0.5``. Raises ValueError."""
    if text == "at-once":
        return AT_ONCE
    parts = dict(part.split(":", 1) for part in text.split(","))
    progress = Progress(polls=int(parts.pop("polls", "0")), seconds=float(parts.pop("seconds", "0")))
    if parts or not 0 <= progress.polls <= 1000 or not 0 <= progress.seconds <= 86_400:
        raise ValueError(text)
    return progress


def written(progress: Progress) -> str:
    """As `parse` reads it."""
    if not progress.polls and not progress.seconds:
        return "at-once"
    parts = {"polls": progress.polls, "seconds": progress.seconds}
    return ",".join(f"{name}:{value:g}" for name, value in parts.items() if value)


def cap_delays(store: Store, progress: Progress, now: datetime) -> None:
    """Let nothing under way take longer than ``progress`` from ``now``: after it was changed, or the clock turned
    back. What is stuck stays so."""
    latest = progress.columns(micros(now))
    with store.transaction() as db:
        for table in _tables(store):
            db.execute(
                f"UPDATE {table} SET due_at = MIN(due_at, :due_at), polls_left = MIN(polls_left, :polls_left)"
                f" WHERE (due_at > :due_at OR polls_left > :polls_left) AND NOT {STUCK_NOW}",
                latest,
            )


def release(store: Store, table: str) -> None:
    """Let what is stuck in a table go on."""
    with store.transaction() as db:
        db.execute(f"UPDATE {table} SET polls_left = 0 WHERE {STUCK_NOW}")


def _tables(store: Store) -> list[str]:
    with store.transaction() as db:
        rows = db.execute(
            "SELECT tables.name FROM sqlite_schema AS tables JOIN pragma_table_info(tables.name) AS columns"
            " WHERE tables.type = 'table' AND columns.name IN ('due_at', 'polls_left')"
            " GROUP BY tables.name HAVING COUNT(*) = 2"
        ).fetchall()
    return [row["name"] for row in rows]
