"""The work on closed batches: parts are decrypted into one archive, its documents unpacked, examined and registered.

One thread does it, batch after batch; threads of its own examine, since reading and validating XML leave the
interpreter to others. Each step begins again after a restart: an archive is unpacked into `batch_documents` or not
at all, and documents leave that table as they are settled.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import os
import queue
import sqlite3
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import BinaryIO

from lxml import etree

from ...intake.archives import ArchiveError, Document, opened
from ...intake.cipher import decrypted
from ...intake.refusals import PROCESSING as EXAMINED
from ...intake.refusals import Refusal
from ..numbers import reference
from ..time.moments import micros, moment
from .batch_records import MAX_PART, SHOWN, UNPACKED, Batch, Part
from .batches import Batches
from .examination import Job, Outcome
from .intake_queue import IntakeQueue
from .session_records import (
    BROKEN_ARCHIVE,
    BROKEN_PARTS,
    KEY_NOT_DECRYPTED,
    PARTS_NOT_DECRYPTED,
    PROCESSING,
    TOO_MANY_INVOICES,
    UNKNOWN_ERROR,
    Session,
)

TOGETHER = 200
"""Documents of one transaction."""
SHARE = 25
"""Documents that a thread examines before it takes the next."""
TOGETHER_BYTES = 8_000_000
SMALL, MAX_RATIO = 1_000_000_000, 200
"""Bytes that any archive may unpack to, and how many times its own size a larger one may: XML is packed 20 to 50
times, what is packed 1 000 times is a bomb."""
COUNTED = 100_000
"""Documents above the limit that are still counted before the refusal says how many there are."""
CHUNK = 1 << 20
_BROKEN = (OSError, sqlite3.Error, etree.LxmlError, MemoryError, ValueError, LookupError, TypeError)
"""What goes wrong in a machine or in this program: the batch ends in 500."""
_log = logging.getLogger(__name__)


class _Verdict(Exception):
    """The batch as a whole is refused: code, detail."""

    def __init__(self, code: int, *details: str) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details


class _Abandoned(Exception):
    """Everything was forgotten, or the emulator ends: stop."""


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
        except _Abandoned:
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
        self.generation = work._generation

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
                self._unpack(batch)
            except _Verdict as verdict:
                self._refuse(verdict.code, verdict.details)
                return
        self._settle(batch)

    def give_up(self) -> None:
        """500: what was not settled is cancelled (405)."""
        try:
            with self._transaction() as db:
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
        except (_Abandoned, sqlite3.Error) as error:
            _log.error("batch %s is left as it is", self.session.reference, exc_info=error)

    def _transaction(self) -> _Guarded:
        return _Guarded(self)

    def check(self) -> None:
        """Raises `_Abandoned` if nobody wants this any more."""
        if self.generation != self.work._generation:
            raise _Abandoned

    # Unpacking

    def _unpack(self, batch: Batch) -> None:
        if self.session.key is None or self.session.iv is None:
            raise _Verdict(KEY_NOT_DECRYPTED, "Rozszyfrowania klucza symetrycznego zakończone błędem.")
        for part in batch.parts:
            if part.received_sha256 != part.sha256:
                raise _Verdict(
                    BROKEN_PARTS,
                    f"Skrót SHA-256 części: '{part.ordinal}' nie zgadza się z zadeklarowanym skrótem:"
                    f" '{_b64(part.sha256)}'.",
                )
        with tempfile.TemporaryFile(dir=self.work.batches.folder) as file:
            self._decrypt(batch, file)
            try:
                archive = opened(file, batch.compression)
                limits = self.work.intake_queue.examination.limits.session(self.session)
                _check_sizes(
                    archive.sizes(),
                    most=limits.max_invoices,
                    together=min(
                        limits.max_invoices * limits.max_bytes_with_attachment,
                        max(SMALL, batch.size * MAX_RATIO),
                    ),
                )
                self._keep(archive.documents(limits.max_bytes_with_attachment), batch)
            except ArchiveError as error:
                self._clear()
                raise _Verdict(BROKEN_ARCHIVE, str(error)) from error

    def _decrypt(self, batch: Batch, file: BinaryIO) -> None:
        digest, size = hashlib.sha256(), 0
        for part in batch.parts:
            began = size
            try:
                for chunk in self._plain(part):
                    digest.update(chunk)
                    size += file.write(chunk)
            except Refusal as refusal:
                raise _Verdict(
                    PARTS_NOT_DECRYPTED, f"Błąd odszyfrowania części: '{part.ordinal}'."
                ) from refusal
            if size - began > MAX_PART:
                raise _Verdict(
                    BROKEN_PARTS,
                    f"Rozmiar części: '{part.ordinal}' przed zaszyfrowaniem przekracza {MAX_PART} bajtów.",
                )
            self.check()
        if size != batch.size:
            raise _Verdict(
                BROKEN_ARCHIVE,
                "Rozmiar przesłanej paczki faktur nie jest zgodny z zadeklarowanym rozmiarem:"
                f" '{batch.size}'.",
            )
        if digest.digest() != batch.sha256:
            raise _Verdict(
                BROKEN_ARCHIVE,
                "Skrót SHA-256 przesłanej paczki faktur nie jest zgodny z zadeklarowanym skrótem:"
                f" '{_b64(batch.sha256)}'.",
            )

    def _plain(self, part: Part) -> Iterator[bytes]:
        key, iv = self.session.key, self.session.iv
        assert key is not None and iv is not None
        with self.work.batches.place(self.session.reference, part.ordinal).open("rb") as file:
            yield from decrypted(iter(lambda: file.read(CHUNK), b""), key=key, iv=iv)

    def _keep(self, documents: Iterable[Document], batch: Batch) -> None:
        """Write every document down to wait; they are seen only when the last of them is there."""
        self._clear()
        ordinal = 0
        for group in _groups(documents):
            shares = [group[i : i + SHARE] for i in range(0, len(group), SHARE)]
            rows = [row for share in self.pool.map(_deflated, shares) for row in share]
            with self._transaction() as db:
                now = self.work.batches.clock.now()
                first = 1 + (db.execute("SELECT MAX(id) FROM sent").fetchone()[0] or 0)
                db.executemany(
                    "INSERT INTO sent (id, session_id, ordinal, reference, sha256, size, code, invoicing, offline,"
                    " file_name) VALUES (?,?,?,?,?,?,?,?,?,?)",
                    [
                        (
                            first + place,
                            self.session.id,
                            ordinal + place + 1,
                            reference("EE", now),
                            document.sha256,
                            document.size,
                            EXAMINED,
                            micros(self.session.created),
                            batch.offline,
                            document.name,
                        )
                        for place, (document, _) in enumerate(rows)
                    ],
                )
                db.executemany(
                    "INSERT INTO batch_documents (id, session_id, deflated) VALUES (?, ?, ?)",
                    [(first + place, self.session.id, deflated) for place, (_, deflated) in enumerate(rows)],
                )
            ordinal += len(rows)
        with self._transaction() as db:
            db.execute("UPDATE batches SET unpacked = ? WHERE session_id = ?", (UNPACKED, self.session.id))

    def _clear(self) -> None:
        with self._transaction() as db:
            db.execute("DELETE FROM batch_documents WHERE session_id = ?", (self.session.id,))
            db.execute("DELETE FROM sent WHERE session_id = ?", (self.session.id,))

    def _refuse(self, code: int, details: Sequence[str]) -> None:
        with self._transaction() as db:
            db.execute(
                "UPDATE batches SET verdict = ?, details = ? WHERE session_id = ?",
                (code, json.dumps(details, ensure_ascii=False), self.session.id),
            )

    # Settling

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
                    outcomes, queue="batch_documents", check=self.check
                )
            if not claimed:
                break
            after = claimed[-1].id
        with self._transaction() as db:
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
        self.check()
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


class _Guarded:
    """A transaction of a task that is still wanted."""

    def __init__(self, task: _Task) -> None:
        self._task = task
        self._transaction = task.store.transaction()

    def __enter__(self) -> sqlite3.Connection:
        db = self._transaction.__enter__()
        try:
            self._task.check()
        except _Abandoned as error:
            self._transaction.__exit__(_Abandoned, error, None)
            raise
        return db

    def __exit__(self, *error: object) -> None:
        self._transaction.__exit__(*error)  # type: ignore[arg-type]


def _check_sizes(sizes: Iterable[int], *, most: int, together: int) -> None:
    """That there are not too many documents (420), nor more bytes than so many could have (430)."""
    count = total = 0
    for size in sizes:
        count += 1
        total += size
        if total > together and count <= most:
            raise ArchiveError("Archiwum po rozpakowaniu jest za duże.")
        if total > together or count > most + COUNTED:
            break
    if count > most:
        raise _Verdict(
            TOO_MANY_INVOICES,
            f"Przekroczono dopuszczalną liczbę faktur w paczce: '{most}'. Liczba faktur w paczce: '{count}'.",
        )


def _groups(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """At most `TOGETHER` documents and, but for one, `TOGETHER_BYTES` at a time."""
    group: list[Document] = []
    size = 0
    for document in documents:
        group.append(document)
        size += document.size if document.content is not None else 0
        if len(group) == TOGETHER or size > TOGETHER_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _deflated(documents: Sequence[Document]) -> list[tuple[Document, bytes | None]]:
    return [
        (document, zlib.compress(document.content, 1) if document.content is not None else None)
        for document in documents
    ]


def _b64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
