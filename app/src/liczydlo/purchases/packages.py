"""Synchronisation by exports: one request for up to ten thousand documents, where single downloads would take hours
(ksef-docs limity/limity-api.md: 64 of them an hour, 20 exports)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from django.conf import settings

from liczydlo.ksef.envelope import SessionKey
from liczydlo.ksef.errors import PackageError, Unavailable
from liczydlo.ksef.exports import Export
from liczydlo.ksef.invoices import MetadataFilter
from liczydlo.ksef.unpacking import Document, DocumentProblem
from liczydlo.purchases.chunks import Chunk, Run, store
from liczydlo.purchases.models import SetAside
from liczydlo.web.reasons import Reason

CHUNK: Final = 200  # documents per transaction
CHUNK_SIZE: Final = 32 * 1024 * 1024  # bytes of documents per transaction
IN_ORDER: Final = "Zip"
"""Its documents come in the order of permanent storage; those of a tar.gz in any."""
_WAIT: Final = 45.0
"""Seconds between two looks at the lease while KSeF packs."""
_WAITS: Final = 8
_LONGEST_NUMBER: Final = SetAside._meta.get_field("ksef_number").max_length or 0


def receive(run: Run, start: dt.datetime, end: dt.datetime | None) -> None:
    """Take over a window, package after package; each begins where the one before ended. Raises KsefError."""
    while True:
        key = SessionKey.new()
        package = _ready(run, start, end, key)
        if not _take_over(run, package, key, end):
            run.result.more = True
            return
        if not package.truncated:
            return
        if package.next_start is None or package.next_start <= start:  # it would be the same package for ever
            raise Unavailable("unreadable-answer", reference=package.reference)
        start = package.next_start


def _ready(run: Run, start: dt.datetime, end: dt.datetime | None, key: SessionKey) -> Export:
    run.step("receive.export")
    criteria = MetadataFilter(subject=run.role, date_from=start, date_to=end, until_hwm=True)
    reference = run.ksef.begin_export(criteria, key)
    for _ in range(_WAITS - 1):
        run.step("receive.wait")
        try:
            return run.ksef.wait_for_export(reference, patience=_WAIT)
        except Unavailable as error:
            if error.code != "not-finished":
                raise
    return run.ksef.wait_for_export(reference, patience=_WAIT)


def _take_over(run: Run, package: Export, key: SessionKey, end: dt.datetime | None) -> bool:
    """Store a package; False where the run yields before its end.

    A document of which the package does not say enough to set it aside keeps the checkpoint where it is: the others
    are stored, and PackageError ``package-differs`` is raised at the end.
    """
    nameless = 0

    def part() -> None:
        run.step("receive.part")

    with (
        TemporaryDirectory(prefix="export-", dir=settings.LICZYDLO_DATA) as folder,
        closing(run.ksef.download_export(package, key, Path(folder), before_part=part)) as items,
    ):
        for batch in _batches(items):
            chunk = Chunk()
            known = run.known([item.metadata for item in batch if item.metadata is not None])
            nameless += sum(not _add(chunk, item, known) for item in batch)
            if nameless or package.compression != IN_ORDER:
                chunk.until = None  # what is stored so far does not cover a stretch of time
            store(run, chunk)
            if len(batch) == CHUNK and run.should_yield():
                return False
    if nameless:
        raise PackageError("package-differs", f"{nameless} documents without a description")
    chunk = Chunk()
    ends = [package.next_start] if package.truncated else [package.hwm, end]
    chunk.reach(min((one for one in ends if one is not None), default=None))
    store(run, chunk)
    return True


def _batches(items: Iterable[Document | DocumentProblem]) -> Iterator[list[Document | DocumentProblem]]:
    """So many that one statement stores them, and that memory holds them."""
    batch: list[Document | DocumentProblem] = []
    size = 0
    for item in items:
        batch.append(item)
        size += len(item.xml) if isinstance(item, Document) else 0
        if len(batch) >= CHUNK or size >= CHUNK_SIZE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _add(chunk: Chunk, item: Document | DocumentProblem, known: Collection[str]) -> bool:
    """Whether the document can be named."""
    listed = item.metadata
    if listed is None or len(listed.ksef_number) > _LONGEST_NUMBER:
        return False
    if listed.ksef_number in known:
        chunk.known += 1
    elif isinstance(item, Document):
        chunk.documents.append((listed, item.xml))
    else:
        chunk.refused.append((listed, Reason.of(item)))
    if isinstance(item, Document):
        chunk.reach(listed.stored)
    return True
