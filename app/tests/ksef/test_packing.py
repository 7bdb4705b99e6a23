"""What goes into a package comes out of it, whatever it is cut into; nothing is larger than KSeF takes."""

from __future__ import annotations

import hashlib
import io
import random
import tarfile
import tracemalloc
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.ksef import packing
from liczydlo.ksef.envelope import SessionKey
from liczydlo.ksef.packing import Compression, Package, TooLarge, pack, smaller

KEY = SessionKey(key=b"k" * 32, iv=b"v" * 16)
KINDS: list[Compression] = ["Zip", "TarGz"]


def contents(package: Package, key: SessionKey = KEY) -> dict[str, bytes]:
    """What KSeF reads: parts decrypted one by one, put together, opened by other people's code."""
    archive = b"".join(key.decrypt(part.path.read_bytes()) for part in package.parts)
    assert (len(archive), hashlib.sha256(archive).digest()) == (package.size, package.sha256)
    if package.compression == "Zip":
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            assert opened.testzip() is None
            return {name: opened.read(name) for name in opened.namelist()}
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        members = {entry.name: tar.extractfile(entry) for entry in tar}
        return {name: file.read() for name, file in members.items() if file is not None}


@pytest.mark.parametrize("kind", KINDS)
@given(
    documents=st.dictionaries(
        st.from_regex(r"[a-z0-9]{1,20}\.xml", fullmatch=True), st.binary(max_size=500), min_size=1, max_size=8
    ),
    part_size=st.integers(64, 2000),
)
def test_what_is_packed_is_what_comes_out(
    kind: Compression, documents: dict[str, bytes], part_size: int
) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "MOST_PARTS", 500)
        package = pack(documents.items(), KEY, Path(folder), compression=kind, part_size=part_size)
        assert contents(package) == documents
        assert [part.ordinal for part in package.parts] == list(range(1, len(package.parts) + 1))
        for part in package.parts:
            sent = part.path.read_bytes()
            assert (len(sent), hashlib.sha256(sent).digest()) == (part.size, part.sha256)
            assert len(KEY.decrypt(sent)) <= part_size
        full = package.parts[:-1]
        assert all(len(KEY.decrypt(part.path.read_bytes())) == part_size for part in full)


@pytest.mark.parametrize("kind", KINDS)
def test_a_lost_part_can_be_made_again(kind: Compression, tmp_path: Path) -> None:
    documents = [(f"{index}.xml", b"<a/>" * index) for index in range(50)]
    packages = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        packages.append(pack(documents, KEY, tmp_path / name, compression=kind, part_size=300))
    first, second = ([(part.size, part.sha256) for part in one.parts] for one in packages)
    assert first == second
    assert packages[0].sha256 == packages[1].sha256
    other = pack(documents, SessionKey.new(), tmp_path, compression=kind)
    assert other.parts[0].sha256 != packages[0].parts[0].sha256


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("limit", "value"), [("MOST_PARTS", 1), ("MOST_BYTES", 200)])
def test_more_than_a_session_takes_is_refused(
    kind: Compression, limit: str, value: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [(f"{index}.xml", bytes([index]) * 10) for index in range(10)]
    assert contents(pack(documents, KEY, tmp_path, compression=kind)) == dict(documents)
    monkeypatch.setattr(packing, limit, value)
    with pytest.raises(TooLarge):
        pack(documents, KEY, tmp_path, compression=kind, part_size=100)


@pytest.mark.parametrize("kind", KINDS)
def test_more_invoices_than_the_context_may_send_are_refused(kind: Compression, tmp_path: Path) -> None:
    documents = [(f"{index}.xml", b"<a/>") for index in range(10)]
    assert contents(pack(documents, KEY, tmp_path, compression=kind, most=10)) == dict(documents)
    with pytest.raises(TooLarge, match="9 invoices"):
        pack(documents, KEY, tmp_path, compression=kind, most=9)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_makes_no_package(kind: Compression, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one invoice"):
        pack([], KEY, tmp_path, compression=kind)


@pytest.mark.parametrize("kind", KINDS)
def test_memory_does_not_grow_with_the_documents(kind: Compression, tmp_path: Path) -> None:
    def documents(many: int) -> Any:
        return ((f"{index}.xml", index.to_bytes(4, "big") * 25_000) for index in range(many))

    peaks = []
    for many in (5, 100):
        tracemalloc.start()
        pack(documents(many), KEY, tmp_path, compression=kind)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 500_000, "ten megabytes of documents"


def alike(many: int, length: int) -> list[tuple[str, bytes]]:
    """Documents of so many bytes that have one half in common, and that no deflate makes smaller by itself."""
    common = random.Random(0).randbytes(length // 2)
    return [(f"{n}.xml", random.Random(n + 1).randbytes(length // 2) + common) for n in range(many)]


@pytest.mark.parametrize(
    ("documents", "kind"),
    [
        (alike(1, 4000), "Zip"),  # nothing is said twice
        (alike(20, 4000), "TarGz"),
        (alike(3, 100_000), "Zip"),  # what they share is out of sight of deflate
    ],
)
def test_the_smaller_archive_is_chosen(
    documents: list[tuple[str, bytes]], kind: Compression, tmp_path: Path
) -> None:
    assert smaller(documents) == kind
    sizes = {one: pack(documents, KEY, tmp_path, compression=one).size for one in KINDS}
    assert sizes[kind] < sizes["TarGz" if kind == "Zip" else "Zip"] * 1.2
