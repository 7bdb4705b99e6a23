"""Packages of a batch session: invoices are archived, cut into parts and encrypted as they pass, so that memory does
not grow with them (guide ``sesja-wsadowa.md``).

Equal documents under an equal key give equal bytes, so a lost part can be made again.
"""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO, RawIOBase
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, Literal

from liczydlo.ksef.envelope import SessionKey
from liczydlo.ksef.limits import ContextLimits

Compression = Literal["Zip", "TarGz"]
"""The OpenAPI's ``CompressionType``."""

PART_SIZE: Final = 100_000_000
"""Bytes of a part before encryption; ``BatchFilePartInfo`` allows no more."""
MOST_PARTS: Final = 50
MOST_BYTES: Final = 5_000_000_000
MOST_INVOICES: Final = ContextLimits().batch_invoices
"""Where KSeF has not said how many of the context one session takes."""
_LEVEL: Final = 6
SAMPLE: Final = 20
"""Documents by which ``smaller`` decides."""
_WORTH: Final = 0.9
"""tar.gz is chosen where it is smaller by a tenth; ZIP is KSeF's default."""
_TIME: Final = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP can say; the same bytes on any day


class TooLarge(ValueError):
    """More than one batch session takes of invoices, parts or bytes."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One encrypted part in a file; ``size`` (bytes) and ``sha256`` are of what is uploaded. Counted from 1."""

    ordinal: int
    path: Path
    size: int
    sha256: bytes


@dataclass(frozen=True, kw_only=True)
class Package:
    """A package ready to be declared; ``size`` (bytes) and ``sha256`` are of the whole archive before encryption."""

    compression: Compression
    size: int
    sha256: bytes
    parts: tuple[Part, ...]


def smaller(documents: Iterable[tuple[str, bytes]]) -> Compression:
    """Which archive of documents like the first twenty is smaller.

    ZIP compresses each file by itself, tar.gz all of them as one stream (guide ``limity/limity-api.md``): what invoices
    have in common, most of their XML, is there once in every 32 KB. Measured on 1000 invoices of twenty lines with
    names and amounts of their own: 1.39 MB as ZIP, 0.65 MB as tar.gz, in as much time. One document, or ones that are
    long in themselves, gain nothing.
    """
    sample = list(islice(documents, SAMPLE))
    sizes = []
    for write in (_zip, _tar):
        archive = BytesIO()
        write(sample, archive)
        sizes.append(len(archive.getvalue()))
    return "TarGz" if sizes[1] < _WORTH * sizes[0] else "Zip"


def pack(
    documents: Iterable[tuple[str, bytes]],
    key: SessionKey,
    folder: Path,
    *,
    compression: Compression = "Zip",
    most: int = MOST_INVOICES,
    part_size: int = PART_SIZE,
) -> Package:
    """Write documents (file name, bytes), ``most`` of them, into encrypted parts in ``folder``, which exists.

    Raises TooLarge; ValueError for no documents at all.
    """
    writer = _Parts(key, folder, part_size)
    try:
        count = (_zip if compression == "Zip" else _tar)(_at_most(documents, most), writer)
        if not count:
            raise ValueError("a package holds one invoice at least")
        writer.end()
    finally:
        writer.close()
    return Package(
        compression=compression,
        size=writer.size,
        sha256=writer.digest.digest(),
        parts=tuple(writer.parts),
    )


def _at_most(documents: Iterable[tuple[str, bytes]], most: int) -> Iterator[tuple[str, bytes]]:
    for count, document in enumerate(documents, 1):
        if count > most:
            raise TooLarge(f"more than {most} invoices")
        yield document


def _zip(documents: Iterable[tuple[str, bytes]], writer: _Parts | BytesIO) -> int:
    count = 0
    with zipfile.ZipFile(writer, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name, content in documents:
            count += 1
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=_LEVEL)
    return count


def _tar(documents: Iterable[tuple[str, bytes]], writer: _Parts | BytesIO) -> int:
    count = 0
    with (
        closing(gzip.GzipFile("", "wb", _LEVEL, writer, mtime=0)) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for name, content in documents:
            count += 1
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, BytesIO(content))
    return count


class _Parts(RawIOBase):
    """The sink of an archive: cuts what is written into parts, each encrypted into a file of its own."""

    def __init__(self, key: SessionKey, folder: Path, part_size: int) -> None:
        self.size, self.digest = 0, hashlib.sha256()
        self.parts: list[Part] = []
        self._key, self._folder, self._part_size = key, folder, part_size
        self._file: BinaryIO | None = None

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.size += len(data)
        if self.size > MOST_BYTES:
            raise TooLarge(f"more than {MOST_BYTES} bytes")
        self.digest.update(data)
        rest = memoryview(data)
        while rest:
            if self._file is None:
                self._begin()
            piece, rest = rest[: self._room], rest[self._room :]
            self._put(self._encryptor.update(self._padder.update(piece)))
            self._room -= len(piece)
            if not self._room:
                self.end()
        return len(data)

    def _begin(self) -> None:
        if len(self.parts) == MOST_PARTS:
            raise TooLarge(f"more than {MOST_PARTS} parts")
        self._path = self._folder / f"{len(self.parts) + 1:02}.aes"
        self._file = self._path.open("wb")
        self._padder, self._encryptor = self._key.encryption()
        self._room, self._written, self._part_digest = self._part_size, 0, hashlib.sha256()

    def _put(self, encrypted: bytes) -> None:
        assert self._file is not None
        self._file.write(encrypted)
        self._written += len(encrypted)
        self._part_digest.update(encrypted)

    def end(self) -> None:
        """Finish the part that is being written, if there is one."""
        if self._file is None:
            return
        self._put(self._encryptor.update(self._padder.finalize()) + self._encryptor.finalize())
        self._file.close()
        self._file = None
        self.parts.append(
            Part(
                ordinal=len(self.parts) + 1,
                path=self._path,
                size=self._written,
                sha256=self._part_digest.digest(),
            )
        )

    def close(self) -> None:
        """Close the file of a part that was not finished."""
        if self._file is not None:
            self._file.close()
        super().close()
