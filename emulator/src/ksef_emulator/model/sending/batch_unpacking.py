"""Unpacking a closed batch: its parts are decrypted into one archive, whose documents wait in `batch_documents` to be
examined. It begins again after a restart: an archive is unpacked whole or not at all.
"""

from __future__ import annotations

import base64
import hashlib
import sqlite3
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import BinaryIO

from ...intake.archives import ArchiveError, Document, opened
from ...intake.cipher import decrypted
from ...intake.refusals import PROCESSING as EXAMINED
from ...intake.refusals import Refusal
from ...store import Store
from ..limits.counts import Limits
from ..numbers import reference
from ..time.moments import micros
from .batch_records import MAX_PART, UNPACKED, Batch, Part
from .batches import Batches
from .session_records import (
    BROKEN_ARCHIVE,
    BROKEN_PARTS,
    KEY_NOT_DECRYPTED,
    PARTS_NOT_DECRYPTED,
    TOO_MANY_INVOICES,
    Session,
)

TOGETHER = 200
"""Documents of one transaction."""
SHARE = 25
"""Documents that a thread takes before it takes the next."""
TOGETHER_BYTES = 8_000_000
SMALL, MAX_RATIO = 1_000_000_000, 200
"""Bytes that any archive may unpack to, and how many times its own size a larger one may: XML is packed 20 to 50
times, what is packed 1 000 times is a bomb."""
COUNTED = 100_000
"""Documents above the limit that are still counted before the refusal says how many there are."""
CHUNK = 1 << 20


class BatchRefused(Exception):
    """The batch as a whole is refused: code, details."""

    def __init__(self, code: int, *details: str) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details


class Abandoned(Exception):
    """Everything was forgotten, or the emulator ends: stop."""


class Guard:
    """Transactions of a task that may be called off meanwhile."""

    def __init__(self, store: Store, is_current: Callable[[], bool]) -> None:
        """``is_current`` says whether the task is still to be done."""
        self._store = store
        self._is_current = is_current

    def check(self) -> None:
        """Raises Abandoned once the task is called off."""
        if not self._is_current():
            raise Abandoned

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Of the store. Raises Abandoned, with nothing written."""
        with self._store.transaction() as db:
            self.check()
            yield db


class Unpacking:
    """Of one batch."""

    def __init__(
        self, batches: Batches, batch: Batch, session: Session, *, guard: Guard, pool: ThreadPoolExecutor
    ) -> None:
        """``pool`` has the threads that deflate documents."""
        self.batches = batches
        self.batch = batch
        self.session = session
        self.guard = guard
        self.pool = pool

    def do(self, limits: Limits) -> None:
        """Write every document down to wait. Raises BatchRefused, Abandoned, and what goes wrong in a machine."""
        if self.session.key is None or self.session.iv is None:
            raise BatchRefused(KEY_NOT_DECRYPTED, "Rozszyfrowania klucza symetrycznego zakończone błędem.")
        for part in self.batch.parts:
            if part.received_sha256 != part.sha256:
                raise BatchRefused(
                    BROKEN_PARTS,
                    f"Skrót SHA-256 części: '{part.ordinal}' nie zgadza się z zadeklarowanym skrótem:"
                    f" '{_b64(part.sha256)}'.",
                )
        with tempfile.TemporaryFile(dir=self.batches.folder) as file:
            self._decrypt(file)
            try:
                archive = opened(file, self.batch.compression)
                most = limits.session(self.session)
                check_sizes(
                    archive.sizes(),
                    most=most.max_invoices,
                    together=min(
                        most.max_invoices * most.max_bytes_with_attachment,
                        max(SMALL, self.batch.size * MAX_RATIO),
                    ),
                )
                self._keep(archive.documents(most.max_bytes_with_attachment))
            except ArchiveError as error:
                self._clear()
                raise BatchRefused(BROKEN_ARCHIVE, str(error)) from error

    def _decrypt(self, file: BinaryIO) -> None:
        digest, size = hashlib.sha256(), 0
        for part in self.batch.parts:
            began = size
            try:
                for chunk in self._plain(part):
                    digest.update(chunk)
                    size += file.write(chunk)
            except Refusal as refusal:
                raise BatchRefused(
                    PARTS_NOT_DECRYPTED, f"Błąd odszyfrowania części: '{part.ordinal}'."
                ) from refusal
            if size - began > MAX_PART:
                raise BatchRefused(
                    BROKEN_PARTS,
                    f"Rozmiar części: '{part.ordinal}' przed zaszyfrowaniem przekracza {MAX_PART} bajtów.",
                )
            self.guard.check()
        if size != self.batch.size:
            raise BatchRefused(
                BROKEN_ARCHIVE,
                "Rozmiar przesłanej paczki faktur nie jest zgodny z zadeklarowanym rozmiarem:"
                f" '{self.batch.size}'.",
            )
        if digest.digest() != self.batch.sha256:
            raise BatchRefused(
                BROKEN_ARCHIVE,
                "Skrót SHA-256 przesłanej paczki faktur nie jest zgodny z zadeklarowanym skrótem:"
                f" '{_b64(self.batch.sha256)}'.",
            )

    def _plain(self, part: Part) -> Iterator[bytes]:
        key, iv = self.session.key, self.session.iv
        assert key is not None and iv is not None
        with self.batches.place(self.session.reference, part.ordinal).open("rb") as file:
            yield from decrypted(iter(lambda: file.read(CHUNK), b""), key=key, iv=iv)

    def _keep(self, documents: Iterable[Document]) -> None:
        """Write every document down to wait; they are seen only when the last of them is there."""
        self._clear()
        ordinal = 0
        for group in groups(documents):
            shares = [group[i : i + SHARE] for i in range(0, len(group), SHARE)]
            rows = [row for share in self.pool.map(_deflated, shares) for row in share]
            with self.guard.transaction() as db:
                now = self.batches.clock.now()
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
                            self.batch.offline,
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
        with self.guard.transaction() as db:
            db.execute("UPDATE batches SET unpacked = ? WHERE session_id = ?", (UNPACKED, self.session.id))

    def _clear(self) -> None:
        with self.guard.transaction() as db:
            db.execute("DELETE FROM batch_documents WHERE session_id = ?", (self.session.id,))
            db.execute("DELETE FROM sent WHERE session_id = ?", (self.session.id,))


def check_sizes(sizes: Iterable[int], *, most: int, together: int) -> None:
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
        raise BatchRefused(
            TOO_MANY_INVOICES,
            f"Przekroczono dopuszczalną liczbę faktur w paczce: '{most}'. Liczba faktur w paczce: '{count}'.",
        )


def groups(documents: Iterable[Document]) -> Iterator[list[Document]]:
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
