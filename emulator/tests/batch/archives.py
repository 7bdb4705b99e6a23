"""Archives of documents made for tests, by Python's own writers and by hand; how they are read."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from ksef_emulator.intake.archives import ArchiveError, Compression, Document, opened
from ksef_emulator.intake.archives.members import CHUNK

FILES = {
    "a.xml": b"<a/>",
    "empty.xml": b"",
    "folder/zażółć.xml": "<ą/>".encode() * 300,
    "large.xml": bytes(range(256)) * (CHUNK // 128),
    "block.xml": b"x" * 512,
}


def zipped(files: dict[str, bytes] = FILES, *, stored: bool = False, **options: Any) -> bytes:
    target = io.BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(target, "w", method, **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def tarred(files: dict[str, bytes] = FILES, *, kind: int = tarfile.PAX_FORMAT) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz", format=kind) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return target.getvalue()


def read(data: bytes, compression: Compression, keep: int = 1 << 30) -> list[Document]:
    """What is inside; its sizes are told first, as the work on batches asks."""
    archive = opened(io.BytesIO(data), compression)
    sizes = list(archive.sizes())
    documents = list(archive.documents(keep))
    assert sizes == [item.size for item in documents]
    return documents


def contents(found: list[Document]) -> dict[str, bytes | None]:
    return {item.name: item.content for item in found}


def broken(data: bytes, compression: Compression) -> str:
    with pytest.raises(ArchiveError) as caught:
        read(data, compression)
    return str(caught.value)


ARCHIVES: dict[str, tuple[Callable[[dict[str, bytes]], bytes], Compression]] = {
    "deflated": (zipped, Compression.ZIP),
    "stored": (lambda files: zipped(files, stored=True), Compression.ZIP),
    "pax": (tarred, Compression.TAR_GZ),
    "gnu": (lambda files: tarred(files, kind=tarfile.GNU_FORMAT), Compression.TAR_GZ),
    "ustar": (lambda files: tarred(files, kind=tarfile.USTAR_FORMAT), Compression.TAR_GZ),
}


@pytest.fixture(params=ARCHIVES)
def packed(request: pytest.FixtureRequest) -> tuple[Callable[[dict[str, bytes]], bytes], Compression]:
    return ARCHIVES[request.param]
