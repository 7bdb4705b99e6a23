"""What Latarnia announces: planned work, failures and their ends, and what state of KSeF follows from it.

The emulator never fails by itself: somebody announces it, here or through the control panel. An announcement changes
no behaviour of the API; faults do (``faults.py``).
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ..clock import Clock
from ..model.time.moments import micros, moment
from ..store import Store

KEPT = timedelta(days=30)
"""How long ``/messages`` tells of an announcement."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS announcements (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    event INTEGER NOT NULL,
    category TEXT NOT NULL,
    type TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER,
    published INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS announcements_of_event ON announcements (event);
"""


class Category(StrEnum):
    """What the announcement is about."""

    MAINTENANCE = "MAINTENANCE"
    FAILURE = "FAILURE"
    TOTAL_FAILURE = "TOTAL_FAILURE"


class State(StrEnum):
    """``status`` of Latarnia."""

    AVAILABLE = "AVAILABLE"
    MAINTENANCE = "MAINTENANCE"
    FAILURE = "FAILURE"
    TOTAL_FAILURE = "TOTAL_FAILURE"


class Type(StrEnum):
    """What the announcement says of its event."""

    MAINTENANCE_ANNOUNCEMENT = "MAINTENANCE_ANNOUNCEMENT"
    FAILURE_START = "FAILURE_START"
    FAILURE_END = "FAILURE_END"


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """One message. Those of one ``event`` belong together: a failure's start and its end. An announcement never
    changes once it is published: ``version`` is always 1."""

    name: str
    event: int
    category: Category
    type: Type
    title: str
    text: str
    start: datetime
    end: datetime | None
    published: datetime


class NoSuchFailure(Exception):
    """There is no failure of this number that still lasts."""


_DOCUMENTS = {Category.MAINTENANCE: "PRC", Category.FAILURE: "AWR", Category.TOTAL_FAILURE: "AWC"}
_TEXTS: dict[Type, tuple[str, str]] = {
    Type.MAINTENANCE_ANNOUNCEMENT: (
        "Prace serwisowe KSeF",
        "W podanym czasie KSeF może być niedostępny z powodu zaplanowanych prac serwisowych.",
    ),
    Type.FAILURE_START: ("Awaria KSeF", "Trwa awaria Krajowego Systemu e-Faktur."),
    Type.FAILURE_END: ("Zakończenie awarii KSeF", "Awaria Krajowego Systemu e-Faktur zakończyła się."),
}
_SEVEREST = (Category.TOTAL_FAILURE, Category.FAILURE, Category.MAINTENANCE)


class Announcements:
    """All announcements, kept in the store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        store.register(SCHEMA)

    def maintenance(self, start: datetime, end: datetime, *, title: str = "", text: str = "") -> Announcement:
        """Announce planned work. Raises ValueError when it ends before it starts."""
        if end <= start:
            raise ValueError("prace kończą się przed swoim początkiem")
        kind = Type.MAINTENANCE_ANNOUNCEMENT
        return self._publish(Category.MAINTENANCE, kind, start, end, title=title, text=text)

    def failure(
        self, start: datetime | None = None, *, total: bool = False, title: str = "", text: str = ""
    ) -> Announcement:
        """Announce that a failure began, now unless said otherwise; a total one is what the media announce."""
        category = Category.TOTAL_FAILURE if total else Category.FAILURE
        moment_of = start or self.clock.now()
        return self._publish(category, Type.FAILURE_START, moment_of, None, title=title, text=text)

    def end_of_failure(
        self, event: int, end: datetime | None = None, *, title: str = "", text: str = ""
    ) -> Announcement:
        """Announce that a failure ended. Raises NoSuchFailure, and ValueError for an end before the start."""
        with self.store.transaction():
            announcements = [announcement for announcement in self._all() if announcement.event == event]
            if [announcement.type for announcement in announcements] != [Type.FAILURE_START]:
                raise NoSuchFailure(str(event))
            began = announcements[0]
            over = end or self.clock.now()
            if over < began.start:
                raise ValueError("awaria kończy się przed swoim początkiem")
            kind = Type.FAILURE_END
            return self._publish(began.category, kind, began.start, over, event=event, title=title, text=text)

    def withdraw(self, event: int) -> None:
        """Take back everything that was said of an event, as if it had never been announced."""
        with self.store.transaction() as db:
            db.execute("DELETE FROM announcements WHERE event = ?", (event,))

    def recent(self) -> list[Announcement]:
        """Announcements of the last thirty days, newest first."""
        since = self.clock.now() - KEPT
        return [
            announcement
            for announcement in self._all()
            if since <= announcement.published <= self.clock.now()
        ]

    def status(self) -> tuple[State, list[Announcement]]:
        """The state now, and the announcements of the events that make it so; the severest event decides."""
        now = self.clock.now()
        events: dict[int, list[Announcement]] = {}
        for announcement in self._all():
            events.setdefault(announcement.event, []).append(announcement)
        lasting = [event for event in events.values() if _lasts(event, now)]
        for category in _SEVEREST:
            if any(event[0].category == category for event in lasting):
                return State(category), [announcement for event in lasting for announcement in event]
        return State.AVAILABLE, []

    def _all(self) -> list[Announcement]:
        with self.store.transaction() as db:
            rows = db.execute("SELECT * FROM announcements ORDER BY published DESC, id DESC").fetchall()
        return [_announcement(row) for row in rows]

    def _publish(
        self,
        category: Category,
        kind: Type,
        start: datetime,
        end: datetime | None,
        *,
        event: int | None = None,
        title: str,
        text: str,
    ) -> Announcement:
        now = self.clock.now()
        with self.store.transaction() as db:
            if event is None:
                event = db.execute("SELECT coalesce(max(event), 0) + 1 FROM announcements").fetchone()[0]
            prefix = f"K/{now.year}/{_DOCUMENTS[category]}/"
            count = db.execute(
                "SELECT count(*) FROM announcements WHERE name LIKE ?", (f"{prefix}%",)
            ).fetchone()[0]
            usual_title, usual_text = _TEXTS[kind]
            cursor = db.execute(
                'INSERT INTO announcements (name, event, category, type, title, text, start, "end", published)'
                " VALUES (?,?,?,?,?,?,?,?,?) RETURNING *",
                (
                    f"{prefix}{count + 1:02d}",
                    event,
                    category,
                    kind,
                    title or usual_title,
                    text or usual_text,
                    micros(start),
                    micros(end) if end is not None else None,
                    micros(now),
                ),
            )
            return _announcement(cursor.fetchone())


def _lasts(event: list[Announcement], now: datetime) -> bool:
    began = min(announcement.start for announcement in event)
    ends = [announcement.end for announcement in event if announcement.end is not None]
    return began <= now and not (ends and max(ends) <= now)


def _announcement(row: sqlite3.Row) -> Announcement:
    return Announcement(
        name=row["name"],
        event=row["event"],
        category=Category(row["category"]),
        type=Type(row["type"]),
        title=row["title"],
        text=row["text"],
        start=moment(row["start"]),
        end=moment(row["end"]) if row["end"] is not None else None,
        published=moment(row["published"]),
    )
