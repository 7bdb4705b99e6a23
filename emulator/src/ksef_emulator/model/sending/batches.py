"""Parts of batches: where they lie while a batch is open, and what was received of each.

A part is written beside its place and put there at once when it is whole, so a part sent twice is the last one and a
connection that breaks leaves nothing. With a data directory they survive restarts as everything does.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from ...clock import Clock
from ...folders import Folder
from ...store import Store
from ..time.moments import micros
from .batch_records import Batch, Part, batch_of
from .session_records import OPEN, Session

FOLDER = "batch-parts"
MAX_RECEIVED = 1_000_000_000
"""Bytes after which nobody goes on listening; a part may declare a tenth of it."""


class TooLong(Exception):
    """More bytes than any part has."""


class NotExpected(Exception):
    """The batch does not take this part: there is none such, or the batch is not open."""


class Incomplete(Exception):
    """A declared part was not received: its ordinal number is the first argument."""


class WrongSize(Exception):
    """A part is not as long as was declared: its ordinal number is the first argument."""


class Batches:
    """All batches of the system."""

    def __init__(self, store: Store, clock: Clock, folder: Path | None = None) -> None:
        """``folder`` is the data directory; None keeps parts in a temporary one."""
        self.store = store
        self.clock = clock
        self._folder = Folder(folder, FOLDER)

    @property
    def folder(self) -> Path:
        """Where the parts lie; made when first asked for."""
        return self._folder.path

    def of(self, session: Session) -> Batch | None:
        """The declaration of a batch session with what was received; None for any other."""
        with self.store.transaction() as db:
            row = db.execute("SELECT * FROM batches WHERE session_id = ?", (session.id,)).fetchone()
            parts = db.execute(
                "SELECT * FROM batch_parts WHERE session_id = ? ORDER BY ordinal", (session.id,)
            ).fetchall()
        return batch_of(row, parts) if row else None

    def expected(self, reference: str, ordinal: int) -> Part:
        """The declared part of an open batch. Raises `NotExpected`."""
        with self.store.transaction() as db:
            row = db.execute(
                "SELECT batch_parts.* FROM batch_parts JOIN sessions ON sessions.id = batch_parts.session_id"
                " WHERE reference = ? AND ordinal = ? AND code = ?",
                (reference, ordinal, OPEN),
            ).fetchone()
        if row is None:
            raise NotExpected
        return Part(ordinal=ordinal, size=row["size"], sha256=row["sha256"])

    def receive(self, reference: str, ordinal: int) -> Receiving:
        """Begin to take a part in. Raises `NotExpected`."""
        part = self.expected(reference, ordinal)
        file = tempfile.NamedTemporaryFile(dir=self.folder, prefix="receiving-", delete=False)  # noqa: SIM115
        return Receiving(batches=self, reference=reference, part=part, file=file, path=Path(file.name))

    def received(self, receiving: Receiving) -> None:
        """Put a whole part in its place. Raises `NotExpected` if the batch was closed meanwhile."""
        place = self.place(receiving.reference, receiving.part.ordinal)
        with self.store.transaction() as db:
            changed = db.execute(
                "UPDATE batch_parts SET received_size = ?, received_sha256 = ? WHERE ordinal = ? AND session_id ="
                " (SELECT id FROM sessions WHERE reference = ? AND code = ?)",
                (
                    receiving.size,
                    receiving.digest.digest(),
                    receiving.part.ordinal,
                    receiving.reference,
                    OPEN,
                ),
            ).rowcount
            if not changed:
                raise NotExpected
            db.execute(
                "UPDATE sessions SET updated = ? WHERE reference = ?",
                (micros(self.clock.now()), receiving.reference),
            )
            receiving.path.replace(place)

    def check(self, session: Session) -> None:
        """That every declared part is there and as long as declared. Raises `Incomplete`, `WrongSize`."""
        batch = self.of(session)
        for part in batch.parts if batch else ():
            if part.received_size is None:
                raise Incomplete(part.ordinal)
        for part in batch.parts if batch else ():
            if part.received_size != part.size:
                raise WrongSize(part.ordinal)

    def place(self, reference: str, ordinal: int) -> Path:
        """Where a part lies."""
        return self.folder / f"{reference}-{ordinal}"

    def forget(self, session: Session) -> None:
        """Remove the parts of a batch that nobody needs any more."""
        for file in self.folder.glob(f"{session.reference}-*"):
            file.unlink(missing_ok=True)

    def sweep(self, *, beginning: bool = False) -> None:
        """Remove the parts of batches that are neither open nor being processed: cancelled, or forgotten by a reset;
        at the ``beginning`` also what a sudden end left."""
        if not self._folder.is_there:
            return
        with self.store.transaction() as db:
            rows = db.execute("SELECT reference FROM sessions WHERE kind = 'Batch' AND code IN (100, 150)")
            references = {row["reference"] for row in rows}
        for file in self.folder.glob("*" if beginning else "*-SB-*"):
            if file.name.rsplit("-", 1)[0] not in references:
                file.unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is kept any more, without a data directory."""
        self._folder.close()


@dataclass(kw_only=True)
class Receiving:
    """One part that is coming in. What exceeds its declared size is counted and not kept."""

    batches: Batches
    reference: str
    part: Part
    file: BinaryIO | tempfile._TemporaryFileWrapper[bytes]
    path: Path
    size: int = 0
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def write(self, chunk: bytes) -> None:
        """The next bytes. Raises `TooLong`, OSError."""
        self.size += len(chunk)
        if self.size > MAX_RECEIVED:
            raise TooLong
        if self.size <= self.part.size:
            self.digest.update(chunk)
            self.file.write(chunk)

    def done(self) -> None:
        """That was all. Raises `NotExpected`."""
        self.file.close()
        self.batches.received(self)

    def __enter__(self) -> Self:
        """Leaving cleans up after a part that did not become whole."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()
        self.path.unlink(missing_ok=True)
