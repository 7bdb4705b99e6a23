"""ZIP and ZIP64 against Python's own writer, and archives that are cut, wrong or dangerous."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from ksef_emulator.intake.archives import ArchiveError, Compression, opened, zip

from .archives import FILES, broken, contents, read, zipped

pytestmark = pytest.mark.pure


class TestZip:
    def test_an_archive_with_something_before_it(self) -> None:
        assert contents(read(b"#!/bin/sh\n" + zipped(), Compression.ZIP)) == FILES

    @pytest.mark.parametrize("length", [1, 0xFFFF])
    def test_a_comment_at_the_end(self, length: int) -> None:
        data = zipped()
        commented = data[:-2] + struct.pack("<H", length) + b"c" * length
        assert contents(read(commented, Compression.ZIP)) == FILES

    def test_names_of_the_old_code_page(self) -> None:
        data = zipped({"a1.xml": b"<a/>"})
        assert contents(read(data.replace(b"a1.xml", b"\x86\xa2.xml"), Compression.ZIP)) == {
            "åó.xml": b"<a/>"
        }

    def test_folders_of_windows(self) -> None:
        data = zipped({"b_": b"", "b_a.xml": b"<a/>"}).replace(b"b_", b"b\\")
        assert contents(read(data, Compression.ZIP)) == {"b\\a.xml": b"<a/>"}

    def test_comments_and_further_fields_of_files(self) -> None:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name in ("a.xml", "b.xml"):
                entry = zipfile.ZipInfo(name)
                entry.comment = b"comment"
                entry.extra = struct.pack("<2H4s", 0x9999, 4, b"more")
                archive.writestr(entry, name)
        assert contents(read(target.getvalue(), Compression.ZIP)) == {"a.xml": b"a.xml", "b.xml": b"b.xml"}

    def test_zip64(self) -> None:
        """Sizes of 64 bits, as a writer gives them who does not know the length beforehand."""
        data = as_zip64(b"<a/>" * 9)
        assert zipfile.ZipFile(io.BytesIO(data)).read("a.xml") == b"<a/>" * 9
        assert contents(read(data, Compression.ZIP)) == {"a.xml": b"<a/>" * 9}
        assert contents(read(b"before" + data, Compression.ZIP)) == {"a.xml": b"<a/>" * 9}

    @pytest.mark.parametrize("names", [b"PK\x06\x06"])
    def test_zip64_whose_end_is_elsewhere(self, names: bytes) -> None:
        assert "ZIP64" in broken(as_zip64(b"<a/>").replace(names, b"PK\x06\x09"), Compression.ZIP)

    def test_zip64_with_nothing_else_in_the_file(self) -> None:
        end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 0, 0, 0, 0)
        locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
        end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
        assert read(end64 + locator + end, Compression.ZIP) == []
        assert "ZIP64" in broken(locator + end, Compression.ZIP)
        assert "ZIP64" in broken(b"x" * 55 + locator + end, Compression.ZIP)

    @pytest.mark.parametrize("place", [20, 42], ids=["packed size", "offset"])
    def test_what_would_lie_behind_the_end_of_the_file(self, place: int) -> None:
        data = bytearray(zipped({"a.xml": b"<a/>"}, stored=True))
        struct.pack_into("<L", data, data.index(b"PK\x01\x02") + place, len(data) - 10)
        assert "plik jest ucięty" in broken(bytes(data), Compression.ZIP)

    @pytest.mark.parametrize("length", [0, 16, 23])
    def test_zip64_without_all_its_sizes(self, length: int) -> None:
        field = struct.pack("<2H", 1, length) + b"\4".ljust(length, b"\0")[:length]
        assert "rozmiary ZIP64" in broken(as_zip64(b"<a/>", field=field), Compression.ZIP)

    @pytest.mark.parametrize("field", [b"", b"abc", struct.pack("<2H3s", 0x9999, 3, b"abc")])
    def test_zip64_without_its_field(self, field: bytes) -> None:
        assert "uszkodzone" in broken(as_zip64(b"<a/>", field=field), Compression.ZIP)

    def test_zip64_with_a_longer_field(self) -> None:
        """The number of the disk follows in archives of several."""
        field = struct.pack("<2H3QL", 1, 28, 4, 4, 0, 0)
        assert contents(read(as_zip64(b"<a/>", field=field), Compression.ZIP)) == {"a.xml": b"<a/>"}

    def test_zip64_after_another_field(self) -> None:
        other = struct.pack("<2H3s", 0x9999, 3, b"abc")
        assert contents(read(as_zip64(b"<a/>", before=other), Compression.ZIP)) == {"a.xml": b"<a/>"}

    def test_other_methods_and_encryption(self) -> None:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_BZIP2) as archive:
            archive.writestr("a.xml", b"<a/>")
        assert "nieobsługiwaną metodą" in broken(target.getvalue(), Compression.ZIP)
        data = bytearray(zipped({"a.xml": b"<a/>"}))
        data[data.index(b"PK\x01\x02") + 8] |= 1
        assert "zaszyfrowany" in broken(bytes(data), Compression.ZIP)

    @pytest.mark.parametrize("stored", [True, False])
    @pytest.mark.parametrize("told", [3, 5])
    def test_files_of_another_length_than_is_told(self, stored: bool, told: int) -> None:
        data = bytearray(zipped({"a.xml": b"<a/>", "b.xml": b"<b/>"}, stored=stored))
        data[data.index(b"PK\x01\x02") + 24] = told
        assert "a.xml" in broken(bytes(data), Compression.ZIP)

    @pytest.mark.parametrize("stored", [True, False])
    def test_a_wrong_checksum(self, stored: bool) -> None:
        data = bytearray(zipped({"a.xml": b"<a/>"}, stored=stored))
        data[data.index(b"PK\x01\x02") + 16] ^= 1
        assert "zawartość pliku 'a.xml'" in broken(bytes(data), Compression.ZIP)

    def test_a_bomb_is_read_no_further_than_it_tells(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data = bytearray(zipped({"a.xml": b"\0" * 50_000_000}))
        struct.pack_into("<L", data, data.index(b"PK\x01\x02") + 24, 1000)
        lengths: list[int] = []
        monkeypatch.setattr(
            zip, "document", lambda _name, _size, chunks, _keep: lengths.extend(map(len, chunks))
        )
        with pytest.raises(ArchiveError):
            list(opened(io.BytesIO(bytes(data)), Compression.ZIP).documents(10))
        assert sum(lengths) <= 1001

    @pytest.mark.parametrize(
        ("where", "skip"),
        [
            (b"PK\x03\x04", 0),
            (b"PK\x01\x02", 0),
            (b"PK\x01\x02", 42),
            (b"PK\x05\x06", 12),
            (b"PK\x05\x06", 16),
        ],
        ids=["local", "central", "offset", "size", "place"],
    )
    def test_headers_that_are_not_where_they_should_be(self, where: bytes, skip: int) -> None:
        data = bytearray(zipped({"a.xml": b"<a/>"}))
        data[data.index(where) + skip] ^= 0x40
        assert "uszkodzone" in broken(bytes(data), Compression.ZIP)


def as_zip64(content: bytes, *, field: bytes | None = None, before: bytes = b"") -> bytes:
    """One stored file, whose sizes and place stand in the field of ZIP64, as does the directory's."""
    import zlib

    name, crc, full = b"a.xml", zlib.crc32(content), 0xFFFFFFFF
    local = struct.pack(
        "<4s5H3L2H", b"PK\x03\x04", 45, 0, 0, 0, 0x21, crc, len(content), len(content), len(name), 0
    )
    extra = before + (
        field if field is not None else struct.pack("<2H3Q", 1, 24, len(content), len(content), 0)
    )
    central = struct.pack(
        "<4s6H3L5H2L",
        *(b"PK\x01\x02", 45, 45, 0, 0, 0, 0x21, crc, full, full, len(name), len(extra), 0, 0, 0, 0, full),
    )
    directory = central + name + extra
    at = len(local) + len(name) + len(content)
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, len(directory), at)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at + len(directory), 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, full, full, 0)
    return local + name + content + directory + end64 + locator + end
