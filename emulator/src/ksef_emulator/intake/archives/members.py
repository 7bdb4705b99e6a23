"""What an archive gives, whichever kind it is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

MAX_FILE_NAME = 128
"""Characters, of ``invoiceFileName`` (OpenAPI)."""
CHUNK = 1 << 18
MAX_ENTRIES = 1_000_000
"""Files and directories together; nobody reads further."""
_DRIVE = re.compile(r"^[A-Za-z]:")
_SEPARATORS = re.compile(r"[\\/]")


class ArchiveError(Exception):
    """Not such an archive, or a broken or dangerous one; the text says why, in Polish."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """One file of an archive. ``content`` is None when it is longer than was wanted."""

    name: str
    size: int
    sha256: bytes
    content: bytes | None


class Archive(Protocol):
    """Files of an archive in their order; directories are passed over."""

    def sizes(self) -> Iterator[int]:
        """The size of every file as the archive tells it, in bytes. Raises `ArchiveError`."""
        ...

    def documents(self, keep: int) -> Iterator[Document]:
        """Every file, unpacked and checked; the content of those of at most `keep` bytes. Raises `ArchiveError`."""
        ...


def file_name(name: str) -> str:
    """The name that a status shows. Raises `ArchiveError` for one that leads out of the archive."""
    if name.startswith(("/", "\\")) or _DRIVE.match(name) or not name.isprintable():
        raise ArchiveError(f"Niedozwolona nazwa pliku w archiwum: {name[:MAX_FILE_NAME]!r}.")
    if ".." in _SEPARATORS.split(name):
        raise ArchiveError(f"Niedozwolona ścieżka pliku w archiwum: {name[:MAX_FILE_NAME]!r}.")
    return name[:MAX_FILE_NAME]


def document(name: str, size: int, chunks: Iterable[bytes], keep: int) -> Document:
    """A file from its chunks; they are joined only if it is short enough."""
    digest = hashlib.sha256()
    parts: list[bytes] = []
    for chunk in chunks:
        digest.update(chunk)
        if size <= keep:
            parts.append(chunk)
    content = b"".join(parts) if size <= keep else None
    return Document(name=file_name(name), size=size, sha256=digest.digest(), content=content)
