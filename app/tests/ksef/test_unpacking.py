"""Packages that KSeF might send: the good ones come out as they went in, the bad ones are refused or told of."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liczydlo.fa3.identifiers import crc8
from liczydlo.ksef import archives, packing
from liczydlo.ksef.envelope import SessionKey
from liczydlo.ksef.errors import PackageError
from liczydlo.ksef.packing import Compression, pack
from liczydlo.ksef.unpacking import Document, DocumentProblem, Expected, decrypt_part, read

from app.tests.ksef.test_invoices import entry

KEY = SessionKey(key=b"k" * 32, iv=b"v" * 16)
KINDS: list[Compression] = ["Zip", "TarGz"]
START = datetime(2026, 3, 1, tzinfo=UTC)
NAME = "_metadata.json"


def number_of(index: int) -> str:
    text = f"5265877635-20260301-{index:012X}"
    return f"{text}-{crc8(text.encode()):02X}"


def listed(index: int, xml: bytes, **more: Any) -> dict[str, Any]:
    """How KSeF's list describes an invoice."""
    digest = base64.b64encode(hashlib.sha256(xml).digest()).decode()
    described = {"ksefNumber": number_of(index), "invoiceHash": digest, **more}
    return entry(index, START + timedelta(minutes=index), **described)


def files_of(xmls: list[bytes], **more: Any) -> dict[str, bytes]:
    """What a whole package holds."""
    files = {f"{number_of(index)}.xml": xml for index, xml in enumerate(xmls)}
    listing = {"invoices": [listed(index, xml) for index, xml in enumerate(xmls)], **more}
    return {**files, NAME: json.dumps(listing).encode()}


def zipped(files: Mapping[str, bytes] | list[tuple[Any, bytes]]) -> bytes:
    target = io.BytesIO()
    pairs = list(files.items()) if isinstance(files, Mapping) else files
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in pairs:
            archive.writestr(name, content)
    return target.getvalue()


def tarred(files: Mapping[str, bytes] | list[tuple[Any, bytes]], kind: int = tarfile.USTAR_FORMAT) -> bytes:
    target = io.BytesIO()
    pairs = list(files.items()) if isinstance(files, Mapping) else files
    with tarfile.open(fileobj=target, mode="w:gz", format=kind) as archive:
        for name, content in pairs:
            one = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            one.size = len(content)
            archive.addfile(one, io.BytesIO(content))
    return target.getvalue()


MAKE: dict[Compression, Callable[..., bytes]] = {"Zip": zipped, "TarGz": tarred}


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., list[Document | DocumentProblem]]:
    def read_all(archive: bytes, kind: Compression, count: int) -> list[Document | DocumentProblem]:
        path = tmp_path / "package"
        path.write_bytes(archive)
        return list(read(path, kind, count))

    return read_all


def told(items: list[Document | DocumentProblem]) -> list[tuple[str, str]]:
    return [
        ("", one.metadata.ksef_number) if isinstance(one, Document) else (one.code, one.ksef_number)
        for one in items
    ]


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40)
@given(xmls=st.lists(st.binary(max_size=400), min_size=1, max_size=6), part_size=st.integers(64, 3000))
def test_what_was_packed_is_read_again(kind: Compression, xmls: list[bytes], part_size: int) -> None:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "MOST_PARTS", 500)
        folder = Path(name)
        files = files_of(xmls)
        package = pack(files.items(), KEY, folder, compression=kind, part_size=part_size)
        with (folder / "whole").open("wb") as target:
            for part in package.parts:
                plain = KEY.decrypt(part.path.read_bytes())
                expected = Expected(
                    size=len(plain),
                    sha256=hashlib.sha256(plain).digest(),
                    encrypted_size=part.size,
                    encrypted_sha256=part.sha256,
                )
                decrypt_part(part.path, target, expected, KEY)
        items = list(read(folder / "whole", kind, len(xmls)))
        assert [one.xml for one in items if isinstance(one, Document)] == xmls
        assert [one.metadata.invoice_number for one in items if one.metadata] == [
            f"FV/{index}" for index in range(len(xmls))
        ]


def test_a_zip_is_read_by_storage_date_whatever_its_order(opened: Any) -> None:
    files = files_of([b"<a/>", b"<b/>", b"<c/>"])
    items = opened(zipped(list(reversed(files.items()))), "Zip", 3)
    assert [one.xml for one in items] == [b"<a/>", b"<b/>", b"<c/>"]


def test_a_tar_with_extended_headers_is_read(opened: Any) -> None:
    extended = tarfile.TarInfo(f"{number_of(0)}.xml")
    extended.pax_headers = {"comment": "ż" * 200}
    files = [(extended, b"<a/>"), (NAME, files_of([b"<a/>"])[NAME])]
    assert told(opened(tarred(files, tarfile.PAX_FORMAT), "TarGz", 1)) == [("", number_of(0))]


@pytest.mark.parametrize("kind", KINDS)
def test_one_bad_document_stops_nothing(opened: Any, kind: Compression) -> None:
    xmls = [b"<a/>", b"<b/>", b"<c/>", b"<d/>", b"<e/>", b"<f/>"]
    files = files_of(xmls)
    listing = json.loads(files[NAME])
    files[f"{number_of(1)}.xml"] = b"<another/>"
    del files[f"{number_of(2)}.xml"]
    files["unknown.xml"] = b"<x/>"
    wrong = number_of(3)[:-2] + ("00" if number_of(3)[-2:] != "00" else "01")
    files[f"{wrong}.xml"] = files.pop(f"{number_of(3)}.xml")
    listing["invoices"][3]["ksefNumber"] = wrong
    listing["invoices"][4]["grossAmount"] = "dużo"
    files[NAME] = json.dumps(listing).encode()
    assert sorted(told(opened(MAKE[kind](files), kind, 6))) == sorted(
        [
            ("", number_of(0)),
            ("hash-differs", number_of(1)),
            ("file-missing", number_of(2)),
            ("file-not-listed", "unknown"),
            ("ksef-number-invalid", wrong),
            ("listing-unreadable", number_of(4)),
            ("", number_of(5)),
        ]
    )


def test_a_document_that_does_not_unpack_is_one_bad_document(opened: Any) -> None:
    archive = bytearray(zipped(files_of([b"<a/>" * 50, b"<b/>"])))
    archive[archive.index(b".xml") + 8] ^= 0xFF
    assert told(opened(bytes(archive), "Zip", 2)) == [("hash-differs", number_of(0)), ("", number_of(1))]


def link() -> tarfile.TarInfo:
    one = tarfile.TarInfo(f"{number_of(0)}.xml")
    one.type, one.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return one


def zip_link() -> zipfile.ZipInfo:
    one = zipfile.ZipInfo(f"{number_of(0)}.xml")
    one.create_system, one.external_attr = 3, 0o120777 << 16
    return one


def with_another(name: Any, content: bytes = b"<a/>") -> list[tuple[Any, bytes]]:
    return [*files_of([b"<a/>"]).items(), (name, content)]


NULLS = b"\0" * (archives.LARGEST_DOCUMENT + 1)
BIG_HEADER = {"comment": "x" * (archives.LARGEST_DOCUMENT + 1)}


def tar_with_a_large_header() -> bytes:
    extended = tarfile.TarInfo("a.xml")
    extended.pax_headers = BIG_HEADER
    return tarred(with_another(extended), tarfile.PAX_FORMAT)


def tar_in_tar_headers() -> bytes:
    """Extended headers one after another, none followed by a file."""
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 0
    return gzip.compress(header.tobuf(tarfile.USTAR_FORMAT) * 5000)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("kind", "make", "code"),
    [
        ("Zip", lambda: b"", "package-unreadable"),
        ("TarGz", lambda: b"", "package-unreadable"),
        ("Zip", lambda: b"<html/>" * 100, "package-unreadable"),
        ("TarGz", lambda: b"<html/>" * 100, "package-unreadable"),
        ("TarGz", lambda: gzip.compress(b"<html/>" * 100), "package-unreadable"),
        ("Zip", lambda: zipped(files_of([b"<a/>"]))[:-30], "package-unreadable"),
        ("TarGz", lambda: tarred(files_of([b"<a/>"]))[:-30], "package-unreadable"),
        ("TarGz", tar_in_tar_headers, "package-unreadable"),
        ("Zip", lambda: zipped({"a.xml": b"<a/>"}), "package-unreadable"),
        ("TarGz", lambda: tarred({"a.xml": b"<a/>"}), "package-unreadable"),
        ("Zip", lambda: zipped({NAME: b"[]"}), "package-unreadable"),
        ("TarGz", lambda: tarred({NAME: b"{"}), "package-unreadable"),
        ("Zip", lambda: zipped(with_another(f"{number_of(0)}.xml")), "package-unsafe"),
        ("TarGz", lambda: tarred(with_another(f"{number_of(0)}.xml")), "package-unsafe"),
        ("Zip", lambda: zipped(with_another(f"{number_of(0)}.XML")), "package-unsafe"),
        ("Zip", lambda: zipped(with_another("../a.xml")), "package-unsafe"),
        ("TarGz", lambda: tarred(with_another("../a.xml")), "package-unsafe"),
        ("TarGz", lambda: tarred(with_another("/etc/passwd")), "package-unsafe"),
        ("Zip", lambda: zipped(with_another("C:\\a.xml")), "package-unsafe"),
        ("Zip", lambda: zipped([(zip_link(), b"/etc/passwd"), *files_of([]).items()]), "package-unsafe"),
        ("TarGz", lambda: tarred([(link(), b""), *files_of([]).items()]), "package-unsafe"),
        ("Zip", lambda: zipped(with_another("a.xml", NULLS)), "package-too-large"),
        ("TarGz", lambda: tarred(with_another("a.xml", NULLS)), "package-too-large"),
        (
            "Zip",
            lambda: zipped([*with_another("a.xml", NULLS[2:]), ("b.xml", NULLS[2:])]),
            "package-too-large",
        ),
        (
            "TarGz",
            lambda: tarred([*with_another("a.xml", NULLS[2:]), ("b.xml", NULLS[2:])]),
            "package-too-large",
        ),
        ("TarGz", tar_with_a_large_header, "package-too-large"),
        ("Zip", lambda: zipped(files_of([b"<a/>"] * 2)), "package-differs"),
        ("TarGz", lambda: tarred(files_of([])), "package-differs"),
    ],
)
def test_a_bad_package_is_refused_before_any_document(
    opened: Any, kind: Compression, make: Callable[[], bytes], code: str
) -> None:
    with pytest.raises(PackageError) as caught:
        opened(make(), kind, 1)
    assert caught.value.code == code


@pytest.mark.parametrize("kind", KINDS)
def test_more_files_than_a_package_holds_are_refused(
    opened: Any, kind: Compression, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liczydlo.ksef.unpacking.MOST_DOCUMENTS", 3)
    xmls = [b"<a/>", b"<b/>", b"<c/>"]
    assert len(opened(MAKE[kind](files_of(xmls)), kind, 3)) == 3
    with pytest.raises(PackageError, match="package-too-large"):
        opened(MAKE[kind](files_of([*xmls, b"<d/>"])), kind, 4)


def test_a_zip_with_a_huge_directory_is_not_read_into_memory(opened: Any) -> None:
    archive = zipped({f"{index:065000}.xml": b"" for index in range(70)})
    with pytest.raises(PackageError, match="package-too-large"):
        opened(archive, "Zip", 1)


@pytest.mark.parametrize("spoil", ["encrypted", "length", "plain", "key"])
def test_a_part_that_is_not_the_described_one_is_refused(tmp_path: Path, spoil: str) -> None:
    data = b"PK" * 1000
    encrypted = KEY.encrypt(data)
    expected = {
        "size": len(data),
        "sha256": hashlib.sha256(data).digest(),
        "encrypted_size": len(encrypted),
        "encrypted_sha256": hashlib.sha256(encrypted).digest(),
    }
    key = SessionKey(key=b"x" * 32, iv=b"v" * 16) if spoil == "key" else KEY
    if spoil == "encrypted":
        encrypted = encrypted[:-1] + bytes([encrypted[-1] ^ 1])
    if spoil == "length":
        expected["encrypted_size"] = len(encrypted) + 16
    if spoil == "plain":
        expected["sha256"] = hashlib.sha256(b"another").digest()
    (tmp_path / "1.aes").write_bytes(encrypted)
    with (tmp_path / "whole").open("wb") as target, pytest.raises(PackageError, match="package-differs"):
        decrypt_part(tmp_path / "1.aes", target, Expected(**expected), key)


@pytest.mark.parametrize("kind", KINDS)
def test_memory_does_not_grow_with_the_package(kind: Compression, tmp_path: Path) -> None:
    peaks = []
    for many in (2, 30):
        xmls = [bytes([index]) + bytes(range(256)) * 2000 for index in range(many)]
        (tmp_path / "package").write_bytes(MAKE[kind](files_of(xmls)))
        del xmls
        tracemalloc.start()
        assert sum(isinstance(one, Document) for one in read(tmp_path / "package", kind, many)) == many
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 1_000_000, "fifteen megabytes of documents"
