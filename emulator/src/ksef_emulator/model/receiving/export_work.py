"""The work on exports: one thread makes their packages, one after another, straight from the register into encrypted
files. What a process leaves undone, the next one does again from the beginning."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import queue
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import Any

from ...intake.archives import Compression
from ...packages.archives import Archive, TarGz, Zip
from ...packages.parts import MAX_PART, Parts
from ..sending.invoice_records import Invoice
from .export_records import BEYOND_MARK, CANCELLED, DONE, UNKNOWN_ERROR, Export, Package
from .exports import Exports
from .metadata import MAX_RESULTS, BeyondMark, Metadata

MAX_PACKAGE = 1_000_000_000
"""Bytes of invoices in a package, compressed; `_metadata.json` is not counted."""
METADATA = "_metadata.json"
CHUNK = 1 << 18
IN_MEMORY = 4 << 20
"""Bytes of `_metadata.json` that are collected in memory; more go to a file."""
_BROKEN = (OSError, sqlite3.Error, MemoryError, ValueError, LookupError, TypeError, ArithmeticError)
"""What goes wrong in a machine or in this program: the export ends in 500."""
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_log = logging.getLogger(__name__)


class _Abandoned(Exception):
    """Everything was forgotten, or the emulator ends: stop."""


class ExportWork:
    """Works on what was begun; starts by itself when there is something to do."""

    def __init__(
        self,
        exports: Exports,
        metadata: Metadata,
        describe: Callable[[Invoice], dict[str, Any]],
        *,
        cancels: Callable[[], bool] = lambda: False,
        corrupts: Callable[[], bool] = lambda: False,
        differs: Callable[[], bool] = lambda: False,
        largest_part: int = MAX_PART,
        largest_package: int = MAX_PACKAGE,
        most: int = MAX_RESULTS,
    ) -> None:
        """``describe`` gives an invoice as ``InvoiceMetadata``. Faults: an export that ``cancels`` ends in 550, one
        that ``corrupts`` has a wrong byte in its first part, an invoice that ``differs`` has another hash in the
        list."""
        self.exports = exports
        self.metadata = metadata
        self.describe = describe
        self.cancels = cancels
        self.corrupts = corrupts
        self.differs = differs
        self.largest_part = largest_part
        self.largest_package = largest_package
        self.most = most
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._generation = 0
        self._ending = False

    def add(self, reference: str) -> None:
        """An export that was begun."""
        self._waiting.put(reference)
        with self._lock:
            if self._thread is None and not self._ending:
                self._thread = threading.Thread(target=self._run, name="ksef-emulator-exports", daemon=True)
                self._thread.start()

    def resume(self) -> None:
        """Go on with the exports of the last process."""
        for export in self.exports.running():
            self.add(export.reference)

    def forget(self) -> None:
        """Whatever is being worked on is not wanted any more."""
        self._generation += 1

    def close(self) -> None:
        """Leave the rest to the next process."""
        self._ending = True
        self.forget()
        self._waiting.put(None)
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while (reference := self._waiting.get()) is not None:
            if not self._ending:
                self._attend(reference)

    def _attend(self, reference: str) -> None:
        generation = self._generation
        export = None
        try:
            export = self.exports.with_reference(reference)
            if export is None or export.key is None or export.iv is None:
                return
            if self.cancels():
                self.exports.finish(export, CANCELLED)
                return
            package = self._package(export, export.key, export.iv, lambda: generation != self._generation)
            if package.parts and self.corrupts():
                self._corrupt(export)
            if not self.exports.finish(export, DONE, package):
                self._remove(export)
        except BeyondMark:
            assert export is not None
            self.exports.finish(export, BEYOND_MARK)
        except _Abandoned:
            if export is not None:
                self._remove(export)
        except _BROKEN as error:
            _log.error("export %s", reference, exc_info=error)
            if export is not None:
                self._give_up(export)

    def _give_up(self, export: Export) -> None:
        try:
            self._remove(export)
            self.exports.finish(export, UNKNOWN_ERROR)
        except (OSError, sqlite3.Error) as error:
            _log.error("export %s is left as it is", export.reference, exc_info=error)

    def _corrupt(self, export: Export) -> None:
        with self.exports.place(export, 1).open("r+b") as part:
            first = part.read(1)
            part.seek(0)
            part.write(bytes([first[0] ^ 1]))

    def _described(self, invoice: Invoice) -> dict[str, Any]:
        described = self.describe(invoice)
        if self.differs():
            other = hashlib.sha256(invoice.ksef_number.encode()).digest()
            return described | {"invoiceHash": base64.b64encode(other).decode()}
        return described

    def _remove(self, export: Export) -> None:
        for file in self.exports.folder.glob(f"{export.reference}-*"):
            file.unlink(missing_ok=True)

    def _package(self, export: Export, key: bytes, iv: bytes, abandoned: Callable[[], bool]) -> Package:
        """Make it. Raises `BeyondMark`, `_Abandoned`, and what machines raise."""
        search = self.metadata.search(export.query, export.context)
        parts = Parts(
            lambda ordinal: self.exports.place(export, ordinal), key=key, iv=iv, largest=self.largest_part
        )
        make = Zip if export.compression is Compression.ZIP else TarGz
        archive: Archive = make(parts.write, export.created)
        count, truncated, last = 0, False, None
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=str(self.exports.folder)) as described:
            described.write(b'{"invoices":[')
            try:
                for invoice, deflated in self.metadata.walk(search, documents=not export.only_metadata):
                    if abandoned():
                        raise _Abandoned
                    if count == self.most or (count and parts.size + len(deflated) > self.largest_package):
                        truncated = True
                        break
                    if deflated:
                        archive.add(f"{invoice.ksef_number}.xml", deflated)
                    text = _JSON.encode(self._described(invoice))
                    described.write((f",{text}" if count else text).encode())
                    count, last = count + 1, invoice
                described.write(b"]}")
                if count:
                    size = described.tell()
                    described.seek(0)
                    archive.add_stream(METADATA, size, _chunks(described))
                    archive.close()
                done = parts.close() if count else []
            finally:
                parts.abandon()
        kind = export.query.date_type if truncated and last is not None else None
        return Package(
            count=count,
            size=parts.size if count else 0,
            truncated=truncated,
            last_issue=last.issue_date if last and kind == "Issue" else None,
            last_invoicing=last.invoicing if last and kind == "Invoicing" else None,
            last_storage=last.storage if last and kind == "PermanentStorage" else None,
            mark=search.mark,
            parts=tuple(done),
        )


def _chunks(file: tempfile.SpooledTemporaryFile[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
