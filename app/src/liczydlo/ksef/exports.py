"""Exports: KSeF packs the invoices that fit a filter, and the package is downloaded in encrypted parts (guide
``pobieranie-faktur/przyrostowe-pobieranie-faktur.md``).

The links to the parts work for a while only; every answer about the export carries new ones.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from liczydlo.ksef import unpacking
from liczydlo.ksef.conversation import Conversation, Request, part
from liczydlo.ksef.envelope import SessionKey
from liczydlo.ksef.errors import PackageError, Refused
from liczydlo.ksef.invoices import MetadataFilter
from liczydlo.ksef.operations import OperationStatus, poll
from liczydlo.ksef.packing import Compression
from liczydlo.ksef.public_keys import PublicKeyCache
from liczydlo.ksef.runner import Runner
from liczydlo.ksef.sessions import post_with_key
from liczydlo.ksef.unpacking import Document, DocumentProblem, Expected
from liczydlo.ksef.wire import Malformed, Node

MOST_BYTES: Final = 1_200_000_000
"""Bytes of a package, encrypted. KSeF stops at 1 GB; ``_metadata.json`` is not counted there."""
_COMPRESSIONS: Final[dict[str, Compression]] = {"Zip": "Zip", "TarGz": "TarGz"}


@dataclass(frozen=True, kw_only=True)
class ExportPart(Expected):
    """A part of a package, and where it can be downloaded. The address itself is the key to it. Counted from 1."""

    ordinal: int
    method: str
    url: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Export:
    """A finished export; ``size`` is bytes of the archive. One of no invoices has no parts.

    ``truncated``: more fit the filter than one package holds, and ``last_stored`` is the permanent-storage date of its
    last invoice. ``hwm`` is the high-water mark, up to which KSeF guarantees completeness (``hwm.md``). Both are None
    for filters of other dates.
    """

    reference: str
    count: int
    size: int
    compression: Compression
    parts: tuple[ExportPart, ...]
    truncated: bool
    last_stored: datetime | None
    hwm: datetime | None

    @property
    def next_start(self) -> datetime | None:
        """Where the next export by permanent-storage date begins, so that the two touch."""
        return self.last_stored if self.truncated else self.hwm


def begin(
    criteria: MetadataFilter,
    key: SessionKey,
    *,
    api: str,
    cache: PublicKeyCache,
    clock: Callable[[], datetime],
    compression: Compression = "Zip",
) -> Conversation[str]:
    """``POST /invoices/exports``; returns the export's reference. ``key`` encrypts the package."""
    body = {"filters": criteria.to_json(), "compressionType": compression}
    answer = yield from post_with_key("/invoices/exports", body, key, api=api, cache=cache, clock=clock)
    return answer.object().text("referenceNumber")


def status(reference: str) -> Conversation[Export | None]:
    """``GET /invoices/exports/{referenceNumber}``; None while KSeF works on it.

    Raises :class:`Refused` (operation ``export``) for one that failed or has expired, :class:`PackageError`
    ``package-not-made`` for one that KSeF gave up.
    """
    answer = yield Request(method="GET", path=f"/invoices/exports/{part(reference)}")
    node = answer.object()
    state = OperationStatus.of(node.node("status"))
    if state.is_given_up:
        raise PackageError("package-not-made", f"export {reference} ended with {state.code}")
    state.raise_if_failed(reference, "export")
    return _export(reference, node.node("package")) if state.finished else None


def finished(reference: str, patience: float) -> Conversation[Export]:
    """Poll an export until its package is ready."""
    return poll(lambda: status(reference), patience, reference, first=0.1, longest=10.0)


def _export(reference: str, node: Node) -> Export:
    parts = sorted(map(_part, node.nodes("parts")), key=lambda one: one.ordinal)
    export = Export(
        reference=reference,
        count=node.integer("invoiceCount"),
        size=node.integer("size"),
        compression=_compression(node),
        parts=tuple(parts),
        truncated=node.flag("isTruncated"),
        last_stored=node.optional_moment("lastPermanentStorageDate"),
        hwm=node.optional_moment("permanentStorageHwmDate"),
    )
    if [one.ordinal for one in parts] != list(range(1, len(parts) + 1)) or bool(parts) != bool(export.count):
        raise Malformed("package.parts")
    return export


def _compression(node: Node) -> Compression:
    try:
        return _COMPRESSIONS[node.text("compressionType")]
    except KeyError as error:
        raise Malformed("package.compressionType") from error


def _part(node: Node) -> ExportPart:
    return ExportPart(
        ordinal=node.integer("ordinalNumber"),
        method=node.text("method"),
        url=node.text("url"),
        size=node.integer("partSize"),
        sha256=node.octets("partHash"),
        encrypted_size=node.integer("encryptedPartSize"),
        encrypted_sha256=node.octets("encryptedPartHash"),
    )


class ExportOperations(Runner):
    """Invoices by the package."""

    def begin_export(
        self, criteria: MetadataFilter, key: SessionKey, *, compression: Compression = "Zip"
    ) -> str:
        """Have a package made: see the module's function. KSeF takes 20 of these an hour."""
        return self._run(
            begin(
                criteria,
                key,
                api=self.environment.api,
                cache=self._keys,
                clock=self._clock,
                compression=compression,
            )
        )

    def export_status(self, reference: str) -> Export | None:
        """The finished export, its links new; None while KSeF works on it."""
        return self._run(status(reference))

    def wait_for_export(self, reference: str, *, patience: float = 300.0) -> Export:
        """Poll until the package is ready; :class:`Unavailable` ``not-finished`` after ``patience`` seconds."""
        return self._run(finished(reference, patience))

    def download_export(
        self,
        export: Export,
        key: SessionKey,
        folder: Path,
        *,
        before_part: Callable[[], None] = lambda: None,
    ) -> Generator[Document | DocumentProblem, None, None]:
        """The documents of a package, which is kept in ``folder`` (an empty one, which exists) and removed from there
        at the end. Needs room for the archive and one part.

        Raises PackageError and what every request raises, before the first document; OSError of the disk.
        """
        if sum(one.encrypted_size for one in export.parts) > MOST_BYTES:
            raise PackageError("package-too-large", f"{len(export.parts)} parts")
        if not export.parts:
            return
        archive = folder / f"package.{export.compression}"
        try:
            with archive.open("wb") as target:
                for one in export.parts:
                    before_part()
                    self._append(export, one, key, target, folder / f"{one.ordinal:03}.aes")
            if archive.stat().st_size != export.size:
                raise PackageError("package-differs", "the archive")
            yield from unpacking.read(archive, export.compression, export.count)
        finally:
            archive.unlink(missing_ok=True)

    def _append(
        self, export: Export, one: ExportPart, key: SessionKey, target: BinaryIO, encrypted: Path
    ) -> None:
        try:
            try:
                self._transport.download(one.method, one.url, encrypted, most=one.encrypted_size)
            except Refused:  # the link's time has run out
                renewed = self.export_status(export.reference)
                if renewed is None or len(renewed.parts) < one.ordinal:
                    raise
                link = renewed.parts[one.ordinal - 1]
                self._transport.download(link.method, link.url, encrypted, most=one.encrypted_size)
            unpacking.decrypt_part(encrypted, target, one, key)
        finally:
            encrypted.unlink(missing_ok=True)
