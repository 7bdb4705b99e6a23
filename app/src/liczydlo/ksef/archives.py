"""ZIP and tar.gz that others made, read file by file and no further than a package may go: a few kilobytes can unpack
to gigabytes.
"""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO, Final, Protocol

from liczydlo.ksef.errors import PackageError
from liczydlo.ksef.packing import Compression

LISTING: Final = "_metadata.json"
MOST_DOCUMENTS: Final = 10_000
LARGEST_DOCUMENT: Final = 4 * 1024 * 1024
"""Bytes; KSeF takes 3 MB with attachments (guide ``limity/limity.md``), the rest is margin."""
MOST_RATIO: Final = 200
"""Unpacked bytes for one of the archive; invoices come to 5 to 40."""
_CHUNK: Final = 1 << 18
BROKEN: Final = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RecursionError,  # extended headers of a tar, one inside the other
)
"""What the standard library raises for archives that are none."""


@contextmanager
def readable() -> Iterator[None]:
    """Raise PackageError ``package-unreadable`` for what is no archive."""
    try:
        yield
    except BROKEN as error:
        raise PackageError("package-unreadable", str(error)) from error


def most_unpacked(packed: int) -> int:
    """Bytes to which an archive of so many may unpack."""
    return packed * MOST_RATIO + LARGEST_DOCUMENT


def _whole(file: IO[bytes]) -> bytes:
    """Piece by piece, as no more is read at once."""
    return b"".join(iter(partial(file.read, _CHUNK), b""))


class Archive(Protocol):
    def files(self) -> Iterable[tuple[str, int]]:
        """Names and unpacked sizes."""

    def listing(self) -> bytes: ...

    def documents(self, listed: Iterable[str], /) -> Iterator[tuple[str, bytes | None]]:
        """Names and contents; None for one that cannot be unpacked."""

    def close(self) -> None: ...


class _OnePiece(io.BufferedReader):
    """A file of which no more than ``LARGEST_DOCUMENT`` is read at once: ``zipfile`` reads a whole directory with one
    call, and a directory of as many files as there may be is smaller."""

    def read(self, size: int | None = -1, /) -> bytes:
        least = LARGEST_DOCUMENT + 1
        data = super().read(least if size is None or size < 0 else min(size, least))
        if len(data) == least:
            raise PackageError("package-too-large", "the directory")
        return data


class Zip:
    def __init__(self, path: Path) -> None:
        self._file = _OnePiece(io.FileIO(path))
        try:
            self._zip = zipfile.ZipFile(self._file)
        except BaseException:
            self._file.close()
            raise

    def files(self) -> Iterable[tuple[str, int]]:
        for entry in self._zip.infolist():
            kind = stat.S_IFMT(entry.external_attr >> 16)
            if kind not in (0, stat.S_IFREG):
                raise PackageError("package-unsafe", "something that is no file")
            if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise PackageError("package-unreadable", "a way of packing that KSeF does not use")
            yield entry.orig_filename, entry.file_size

    def listing(self) -> bytes:
        with self._zip.open(LISTING) as file:
            return _whole(file)

    def documents(self, listed: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        names = {name.casefold(): name for name in self._zip.namelist()}
        for key in list(listed):
            if name := names.pop(key, None):
                yield name, self._unpacked(name)
        for name in names.values():
            yield name, None

    def _unpacked(self, name: str) -> bytes | None:
        try:
            return self._zip.read(name)
        except BROKEN:
            return None

    def close(self) -> None:
        self._zip.close()
        self._file.close()


class _Unpacked(gzip.GzipFile):
    """What is in a gzip stream, as far as a package may go: ``tarfile`` believes any size of an extended header."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        super().__init__(fileobj=file, mode="rb")
        self._most = most

    def read(self, size: int | None = -1) -> bytes:
        if size is None or not 0 <= size <= LARGEST_DOCUMENT:
            raise PackageError("package-too-large", "a header")
        data = super().read(size)
        self._stay_within(self.tell())
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._stay_within(offset)
        return super().seek(offset, whence)

    def _stay_within(self, position: int) -> None:
        if position > self._most:
            raise PackageError("package-too-large", "the whole")


class Tar:
    """A tar.gz is read twice: the listing may stand behind the documents."""

    def __init__(self, path: Path) -> None:
        packed = path.stat().st_size
        headers = (MOST_DOCUMENTS + 1) * 4 * tarfile.BLOCKSIZE  # and padding
        self._most = most_unpacked(packed) + headers
        self._path = path
        self._listing = b""

    @contextmanager
    def _entries(self) -> Iterator[tuple[tarfile.TarFile, _Unpacked]]:
        with (
            self._path.open("rb") as file,
            _Unpacked(file, self._most) as unpacked,
            tarfile.open(fileobj=unpacked, mode="r:") as tar,
        ):
            yield tar, unpacked

    def files(self) -> Iterable[tuple[str, int]]:
        with self._entries() as (tar, unpacked):
            for entry in tar:
                if entry.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or entry.issparse():
                    raise PackageError("package-unsafe", "something that is no file")
                yield entry.name, entry.size
                if entry.name == LISTING:
                    file = tar.extractfile(entry)
                    assert file is not None
                    self._listing = _whole(file)
            while unpacked.read(_CHUNK):  # to the end, where gzip has its checksum
                pass

    def listing(self) -> bytes:
        return self._listing

    def documents(self, _listed: Iterable[str], /) -> Iterator[tuple[str, bytes | None]]:
        with self._entries() as (tar, _):
            for entry in tar:
                file = tar.extractfile(entry) if entry.name != LISTING else None
                yield entry.name, file.read() if file is not None else None

    def close(self) -> None:
        pass


def open_archive(path: Path, compression: Compression) -> Archive:
    """Raises PackageError for what is no archive."""
    with readable():
        return Zip(path) if compression == "Zip" else Tar(path)
