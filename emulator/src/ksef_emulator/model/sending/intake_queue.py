"""The queue where sent documents wait to be examined, numbered and registered.

Examination is pure and runs outside transactions; registration is one transaction for many documents. A
document waits in `pending` until it is settled, so a restart continues where the last process stopped. The documents
of batches have a worker of their own (`batch_work.py`).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable

from ...clock import Clock
from ...intake.schemas import Schemas
from ...store import Store
from ..limits.counts import Limits
from ..time.moments import micros, moment
from ..time.progress import DUE
from .examination import Consents, Examination, Job
from .invoices import Invoices
from .issuing import NoRelations, Relations
from .registration import UNIQUE_YEARS, Registration
from .session_records import Session
from .sessions import Sessions

__all__ = ["BATCH", "UNIQUE_YEARS", "IntakeQueue"]

BATCH = 100
"""Documents of one transaction; others wait for it, some 20 ms."""


class IntakeQueue:
    """Settles pending documents, then the sessions that waited for them."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        sessions: Sessions,
        invoices: Invoices,
        schemas: Schemas,
        relations: Relations | None = None,
        limits: Limits | None = None,
        consents: Consents | None = None,
        refuses: Callable[[], bool] = lambda: False,
        seed: int | None = None,
    ) -> None:
        self.store = store
        self.clock = clock
        self.sessions = sessions
        self.invoices = invoices
        self.schemas = schemas
        self.examination = Examination(
            schemas=schemas,
            relations=relations or NoRelations(),
            limits=limits or Limits(store),
            consents=consents,
            refuses=refuses,
        )
        self.registration = Registration(store, clock, seed)
        self.storage = self.registration.storage
        self._claimed: set[int] = set()
        self._lock = threading.Lock()

    def settle(self) -> None:
        """Do whatever is due: pending documents, overdue sessions, ends of closed sessions."""
        self.sessions.expire()
        while jobs := self._claim():
            try:
                self.registration.record([self.examination.of(job) for job in jobs], queue="pending")
            finally:
                with self._lock:
                    self._claimed.difference_update(job.id for job in jobs)
        self.storage.reveal(micros(self.clock.now()))
        self.sessions.finish()

    def _claim(self) -> list[Job]:
        now = micros(self.clock.now())
        with self._lock:
            with self.store.transaction() as db:
                due = db.execute(
                    f"SELECT id FROM pending WHERE {DUE} ORDER BY id LIMIT ?",
                    (now, BATCH + len(self._claimed)),
                ).fetchall()
                free = [row["id"] for row in due if row["id"] not in self._claimed][:BATCH]
                rows = db.execute(
                    "SELECT pending.id, pending.session_id, pending.sealed, sent.sha256, sent.size,"
                    " sent.invoicing, sent.offline, sent.corrected_sha256"
                    " FROM pending JOIN sent ON sent.id = pending.id"
                    f" WHERE pending.id IN ({','.join('?' * len(free))}) ORDER BY pending.id",
                    free,
                ).fetchall()
                sessions = {key: self.sessions.with_id(key) for key in {row["session_id"] for row in rows}}
            self._claimed.update(row["id"] for row in rows)
        return [_job(row, session) for row in rows if (session := sessions[row["session_id"]])]


def _job(row: sqlite3.Row, session: Session) -> Job:
    return Job(
        id=row["id"],
        session=session,
        sealed=row["sealed"],
        sha256=row["sha256"],
        size=row["size"],
        invoicing=moment(row["invoicing"]),
        offline=bool(row["offline"]),
        corrected_sha256=row["corrected_sha256"],
    )
