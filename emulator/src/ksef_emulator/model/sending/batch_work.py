"""The work on closed batches: parts are decrypted into one archive, its documents unpacked, examined and registered.

One thread does it, batch after batch; threads of its own examine, since reading and validating XML leave the
interpreter to others. Each step begins again after a restart: an archive is unpacked into `batch_documents` or not
at all, and documents leave that table as they are settled.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from lxml import etree

from ..time.moments import moment
from .batch_records import SHOWN, Batch
from .batch_unpacking import SHARE, TOGETHER, Abandoned, BatchRefused, Guard, Unpacking
from .batches import Batches
from .examination import Job, Outcome
from .intake_queue import IntakeQueue
from .session_records import PROCESSING, UNKNOWN_ERROR, Session

_BROKEN = (OSError, sqlite3.Error, etree.LxmlError, MemoryError, ValueError, LookupError, TypeError)
"""What goes wrong in a machine or in this program: the batch ends in 500."""
_log = logging.getLogger(__name__)


class BatchWork:
    """Works on what was closed; starts by itself when there is something to do."""

    def __init__(
        self,
        batches: Batches,
        intake_queue: IntakeQueue,
        done: Callable[[Session], None] | None = None,
        *,
        sticks: Callable[[], bool] = lambda: False,
    ) -> None:
        """``done`` is told of every batch that ended; a document that ``sticks`` (a fault) waits for `resume`."""
        self.sticks = sticks
        self.batches = batches
        self.intake_queue = intake_queue
        self._done = done
        self._waiting: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._generation = 0
        self._ending = False

    def add(self, session: Session) -> None:
        """A batch that was closed."""
        self._waiting.put(session.id)
        with self._lock:
            if self._thread is None and not self._ending:
                self._thread = threading.Thread(target=self._run, name="ksef-emulator-batches", daemon=True)
                self._thread.start()

    def resume(self) -> None:
        """Go on with the batches of the last process."""
        with self.batches.store.transaction() as db:
            rows = db.execute("SELECT id FROM sessions WHERE kind = 'Batch' AND code = 150").fetchall()
        for row in rows:
            session = self.intake_queue.sessions.with_id(row["id"])
            if session is not None:
                self.add(session)

    def forget(self) -> None:
        """Whatever is being worked on is not wanted any more."""
        self._generation += 1

    def close(self) -> None:
        """Leave the rest to the next process."""
        self._ending = True
        self.forget()
        with self._lock:
            thread = self._thread
        self._waiting.put(None)
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        workers = os.cpu_count() or 1
        with ThreadPoolExecutor(workers, "ksef-emulator-examination") as pool:
            while (session_id := self._waiting.get()) is not None:
                if not self._ending:
                    self._attend(session_id, pool)

    def _attend(self, session_id: int, pool: ThreadPoolExecutor) -> None:
        session = self.intake_queue.sessions.with_id(session_id)
        if session is None or session.code != PROCESSING:
            return
        task = _Task(self, session, pool)
        try:
            task.do()
        except Abandoned:
            return
        except _BROKEN as error:
            _log.error("batch %s", session.reference, exc_info=error)
            task.give_up()
        self.batches.forget(session)
        self.intake_queue.sessions.finish()
        if self._done is not None:
            self._done(session)


class _Task:
    def __init__(self, work: BatchWork, session: Session, pool: ThreadPoolExecutor) -> None:
        self.work = work
        self.session = session
        self.pool = pool
        self.store = work.batches.store
        generation = work._generation
        self.guard = Guard(self.store, lambda: generation == work._generation)

    def do(self) -> None:
        with self.store.transaction() as db:
            row = db.execute(
                "SELECT unpacked, verdict FROM batches WHERE session_id = ?", (self.session.id,)
            ).fetchone()
        batch = self.work.batches.of(self.session)
        if batch is None or row["verdict"] is not None:
            return
        if not row["unpacked"]:
            try:
                unpacking = Unpacking(
                    self.work.batches, batch, self.session, guard=self.guard, pool=self.pool
                )
                unpacking.do(self.work.intake_queue.examination.limits)
            except BatchRefused as refused:
                self._refuse(refused.code, refused.details)
                return
        self._settle(batch)

    def give_up(self) -> None:
        """500: what was not settled is cancelled (405)."""
        try:
            with self.guard.transaction() as db:
                db.execute(
                    "UPDATE sent SET code = 405 WHERE id IN (SELECT id FROM batch_documents WHERE session_id = ?)",
                    (self.session.id,),
                )
                cancelled = db.execute(
                    "DELETE FROM batch_documents WHERE session_id = ?", (self.session.id,)
                ).rowcount
                db.execute(
                    "UPDATE sessions SET failed = failed + ? WHERE id = ?", (cancelled, self.session.id)
                )
                self._show(db)
                db.execute(
                    "UPDATE batches SET verdict = ? WHERE session_id = ?", (UNKNOWN_ERROR, self.session.id)
                )
        except (Abandoned, sqlite3.Error) as error:
            _log.error("batch %s is left as it is", self.session.reference, exc_info=error)

    def _refuse(self, code: int, details: Sequence[str]) -> None:
        with self.guard.transaction() as db:
            db.execute(
                "UPDATE batches SET verdict = ?, details = ? WHERE session_id = ?",
                (code, json.dumps(details, ensure_ascii=False), self.session.id),
            )

    def _settle(self, batch: Batch) -> None:
        """Examine and register; while some are written down the next are examined."""
        examining: list[Future[list[Outcome]]] = []
        after = 0
        while True:
            claimed = self._jobs(batch, after)
            jobs = [job for job in claimed if not self.work.sticks()]
            ready, examining = (
                examining,
                [self.pool.submit(self._examine, jobs[i : i + SHARE]) for i in range(0, len(jobs), SHARE)],
            )
            outcomes = [outcome for future in ready for outcome in future.result()]
            if outcomes:
                self.work.intake_queue.registration.record(
                    outcomes, queue="batch_documents", check=self.guard.check
                )
            if not claimed:
                break
            after = claimed[-1].id
        with self.guard.transaction() as db:
            self._show(db)

    def _show(self, db: sqlite3.Connection) -> None:
        """From now on the documents are told of: all at once, each with its verdict unless a fault holds it."""
        db.execute("UPDATE batches SET unpacked = ? WHERE session_id = ?", (SHOWN, self.session.id))
        db.execute(
            "UPDATE sessions SET invoices = (SELECT COUNT(*) FROM sent WHERE session_id = sessions.id)"
            " WHERE id = ?",
            (self.session.id,),
        )

    def _examine(self, jobs: Sequence[Job]) -> list[Outcome]:
        self.guard.check()
        return [self.work.intake_queue.examination.of(job) for job in jobs]

    def _jobs(self, batch: Batch, after: int) -> list[Job]:
        with self.store.transaction() as db:
            rows = db.execute(
                "SELECT batch_documents.id, deflated, sha256, size, invoicing FROM batch_documents"
                " JOIN sent ON sent.id = batch_documents.id"
                " WHERE batch_documents.session_id = ? AND batch_documents.id > ?"
                " ORDER BY batch_documents.id LIMIT ?",
                (self.session.id, after, TOGETHER),
            ).fetchall()
        return [
            Job(
                id=row["id"],
                session=self.session,
                sha256=row["sha256"],
                size=row["size"],
                invoicing=moment(row["invoicing"]),
                offline=batch.offline,
                corrected_sha256=None,
                deflated=row["deflated"],
            )
            for row in rows
        ]
