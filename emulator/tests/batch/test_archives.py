"""Archives against Python's own writers, and archives that are cut, wrong or dangerous."""

from __future__ import annotations

import gzip
import hashlib
import io
import struct
import tarfile
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from ksef_emulator.intake.archives import ArchiveError, Compression, Document, members, opened, tar, zip
from ksef_emulator.intake.archives.members import CHUNK, MAX_FILE_NAME

pytestmark = pytest.mark.pure
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
    found = list(archive.documents(keep))
    assert sizes == [each.size for each in found]
    return found


def contents(found: list[Document]) -> dict[str, bytes | None]:
    return {each.name: each.content for each in found}


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


class TestAnyArchive:
    def test_files_come_out_in_their_order(self, packed: Any) -> None:
        pack, compression = packed
        found = read(pack(FILES), compression)
        assert [(each.name, each.content) for each in found] == list(FILES.items())
        assert [each.sha256 for each in found] == [hashlib.sha256(each).digest() for each in FILES.values()]

    def test_nothing_inside(self, packed: Any) -> None:
        pack, compression = packed
        assert read(pack({}), compression) == []

    def test_only_short_ones_are_kept_and_all_are_hashed(self, packed: Any) -> None:
        pack, compression = packed
        found = read(pack({"a": b"1234", "b": b"12345"}), compression, keep=4)
        assert contents(found) == {"a": b"1234", "b": None}
        assert found[1].sha256 == hashlib.sha256(b"12345").digest()
        assert found[1].size == 5

    def test_folders_are_passed_over(self, packed: Any) -> None:
        pack, compression = packed
        found = read(pack({"folder/": b"", "folder/a.xml": b"<a/>", "b/": b""}), compression)
        assert contents(found) == {"folder/a.xml": b"<a/>"}

    def test_read_twice(self, packed: Any) -> None:
        pack, compression = packed
        archive = opened(io.BytesIO(pack(FILES)), compression)
        assert list(archive.sizes()) == list(archive.sizes())
        assert list(archive.documents(9)) == list(archive.documents(9))

    @pytest.mark.parametrize(
        "name",
        [
            "/etc/a.xml",
            "\\a.xml",
            "C:a.xml",
            "c:\\a.xml",
            "../a.xml",
            "b/../../a.xml",
            "b\\..\\a.xml",
            "a\nb.xml",
        ],
    )
    def test_names_that_lead_out_or_cannot_be_shown(self, packed: Any, name: str) -> None:
        pack, compression = packed
        assert "Niedozwolona" in broken(pack({name: b"<a/>"}), compression)

    @pytest.mark.parametrize("name", ["a..xml", "..a.xml", "b/c:a.xml", "1:a.xml", "ab:c.xml", "b/./a.xml"])
    def test_names_that_only_look_so(self, packed: Any, name: str) -> None:
        pack, compression = packed
        assert list(contents(read(pack({name: b"<a/>"}), compression))) == [name]

    def test_as_much_of_a_name_as_a_status_shows(self, packed: Any) -> None:
        pack, compression = packed
        if pack is ARCHIVES["ustar"][0]:
            pytest.skip("a name of that length fits into no ustar header")
        name = "x" * (MAX_FILE_NAME + 2)
        assert list(contents(read(pack({name: b"<a/>"}), compression))) == [name[:MAX_FILE_NAME]]

    def test_too_many_entries(self, packed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        pack, compression = packed
        for module in (tar, zip):
            monkeypatch.setattr(module, "MAX_ENTRIES", 4)
        few = {str(number): b"" for number in range(3)}
        assert len(read(pack(few), compression)) == 3
        assert "za dużo pozycji" in broken(pack(few | {"3": b"", "4": b""}), compression)

    @pytest.mark.parametrize("data", [b"", b"<a/>", b"PK\x05\x06", b"\x1f\x8b", b"PK" * 2000])
    def test_what_is_no_archive(self, packed: Any, data: bytes) -> None:
        _, compression = packed
        if compression is Compression.TAR_GZ and not data:
            pytest.skip("nothing at all unpacks to nothing at all")
        assert "uszkodzone" in broken(data, compression)

    def test_cut_anywhere_it_is_refused_or_whole_files_come_out(self, packed: Any) -> None:
        pack, compression = packed
        files = {"a.xml": b"<a/>" * 50, "b.xml": b"<b/>" * 50}
        data = pack(files)
        for length in range(0, len(data) - 8, 7):
            try:
                found = read(data[:length], compression)
            except ArchiveError:
                continue
            assert contents(found).items() <= files.items()


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


def header(
    name: bytes = b"a.xml", size: bytes = b"00000000004\0", kind: bytes = b"0", **more: bytes
) -> bytes:
    """A header of ustar by hand."""
    block = bytearray(512)
    block[: len(name)] = name
    block[124 : 124 + len(size)] = size
    block[156:157] = kind
    block[257 : 257 + 8] = more.get("magic", b"ustar\x0000")
    prefix = more.get("prefix", b"")
    block[345 : 345 + len(prefix)] = prefix
    block[148:156] = b" " * 8
    block[148:156] = more.get("checksum", f"{sum(block):06o}\0 ".encode())
    return bytes(block)


def of(*blocks: bytes) -> bytes:
    """A tar.gz of blocks, each filled up to 512 bytes, with the end behind them."""
    return gzip.compress(b"".join(each + bytes(-len(each) % 512) for each in blocks) + bytes(1024))


def record(key: bytes, value: bytes) -> bytes:
    """A record of a pax header: its length counts itself."""
    length = next(n for n in range(5, 999) if len(b"%d %s=%s\n" % (n, key, value)) == n)
    return b"%d %s=%s\n" % (length, key, value)


def extended(data: bytes, kind: bytes = b"x") -> tuple[bytes, bytes]:
    return header(b"pax", f"{len(data):011o}\0".encode(), kind), data


class TestTarGz:
    def one(self, *blocks: bytes) -> dict[str, bytes | None]:
        return contents(read(of(*blocks), Compression.TAR_GZ))

    def refused(self, *blocks: bytes) -> str:
        return broken(of(*blocks), Compression.TAR_GZ)

    @pytest.mark.parametrize("kind", [b"0", b"\0", b"7"])
    def test_kinds_of_plain_files(self, kind: bytes) -> None:
        assert self.one(header(kind=kind), b"<a/>") == {"a.xml": b"<a/>"}

    @pytest.mark.parametrize("kind", [b"1", b"2", b"3", b"4", b"6", b"S", b"K"])
    def test_links_and_devices_are_refused(self, kind: bytes) -> None:
        assert "nie jest zwykłym plikiem" in self.refused(header(kind=kind, size=b"00000000000\0"))

    def test_a_folder_without_a_stroke(self) -> None:
        folder = header(b"folder", b"00000000000\0", b"5")
        assert self.one(folder, header(), b"<a/>") == {"a.xml": b"<a/>"}

    @pytest.mark.parametrize(
        "size", [b"00000000004\0", b"4\0", b"  4\0", b"4 \0", b"\x80" + bytes(10) + b"\x04", b"000000000004"]
    )
    def test_ways_to_write_a_size(self, size: bytes) -> None:
        assert self.one(header(size=size), b"<a/>") == {"a.xml": b"<a/>"}

    def test_no_size_is_none(self) -> None:
        assert self.one(header(size=b"\0")) == {"a.xml": b""}

    @pytest.mark.parametrize(
        "size",
        [b"9\0", b"x\0", b"-4\0", b"-1\0", b"+4\0", b"1_0\0", b"0o4\0", b"\xff" * 12, b"\x81" + bytes(11)],
    )
    def test_sizes_that_are_no_numbers(self, size: bytes) -> None:
        assert "uszkodzone" in self.refused(header(size=size), b"<a/>")

    def test_the_prefix_of_a_long_name_counts_in_ustar_only(self) -> None:
        assert self.one(header(prefix=b"folder"), b"<a/>") == {"folder/a.xml": b"<a/>"}
        old = header(prefix=b"folder", magic=b"ustar  \0")
        assert self.one(old, b"<a/>") == {"a.xml": b"<a/>"}

    def test_names_that_fill_their_fields(self) -> None:
        """A hundred letters and 155: what stands behind them is no part of the name."""
        name, prefix = b"n" * 100, b"p" * 155
        block = header(name + b"0000644\0", prefix=prefix + b"x")
        assert list(self.one(block, b"<a/>")) == [f"{'p' * 128}"]
        block = header(name + b"0000644\0", prefix=b"p" * 20 + b"\0more")
        assert list(self.one(block, b"<a/>")) == [f"{'p' * 20}/{'n' * 100}"]

    def test_what_stands_behind_the_prefix(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(members, "MAX_FILE_NAME", 1000)
        block = header(b"n", prefix=b"p" * 155 + b"x")
        assert list(self.one(block, b"<a/>")) == [f"{'p' * 155}/n"]

    @pytest.mark.parametrize("checksum", [b"000000\0 ", b"xxxxxx\0 "])
    def test_a_wrong_checksum(self, checksum: bytes) -> None:
        assert "uszkodzone" in self.refused(header(checksum=checksum), b"<a/>")

    def test_every_byte_of_a_header_is_summed(self) -> None:
        for place in (*range(0, 148, 7), 147, 156, *range(157, 512, 13), 511):
            block = bytearray(header())
            block[place] ^= 1
            assert "suma kontrolna" in self.refused(bytes(block), b"<a/>")

    def test_an_extended_header_names_the_next_file_alone(self) -> None:
        named = extended(record(b"path", "ż.xml".encode()) + record(b"mtime", b"1.5"))
        found = self.one(*named, header(), b"<a/>", header(b"b.xml"), b"<b/>")
        assert found == {"ż.xml": b"<a/>", "b.xml": b"<b/>"}

    def test_an_extended_header_tells_the_size(self) -> None:
        sized = extended(record(b"size", b"4"))
        wrong = header(size=b"00000000000\0")
        assert self.one(*sized, wrong, b"<a/>", header(b"b.xml"), b"<b/>") == {
            "a.xml": b"<a/>",
            "b.xml": b"<b/>",
        }

    def test_numbers_of_many_digits(self) -> None:
        sized = extended(record(b"size", b"4".zfill(15)))
        assert self.one(*sized, header(size=b"0\0"), b"<a/>") == {"a.xml": b"<a/>"}
        named = extended(b"000019 path=b.xml\n\n")
        assert self.one(*named, header(), b"<a/>") == {"b.xml": b"<a/>"}
        assert "nagłówek pax" in self.refused(*extended(b"0000020 path=b.xml\n\n"), header(), b"<a/>")

    @pytest.mark.parametrize("size", [b"x", b"", b"-4", b"1" * 16, "４".encode()])
    def test_an_extended_size_that_is_no_number(self, size: bytes) -> None:
        assert "liczba" in self.refused(*extended(record(b"size", size)), header(), b"<a/>")

    def test_a_global_header_says_nothing_of_files(self) -> None:
        everything = extended(record(b"path", b"other.xml") + record(b"comment", b"abc"), b"g")
        assert self.one(*everything, header(), b"<a/>") == {"a.xml": b"<a/>"}

    def test_the_long_name_of_gnu(self) -> None:
        named = extended("łąka.xml".encode() + b"\0", b"L")
        assert self.one(*named, header(), b"<a/>", header(b"b.xml"), b"<b/>") == {
            "łąka.xml": b"<a/>",
            "b.xml": b"<b/>",
        }

    def test_an_extended_header_of_any_length(self) -> None:
        longest = tar.MAX_HEADER
        comment = record(b"comment", b"c" * 500) * (longest // 516)
        assert self.one(*extended(comment), header(), b"<a/>") == {"a.xml": b"<a/>"}
        exactly = b"n" * longest
        assert len(self.one(*extended(exactly, b"L"), header(), b"<a/>")) == 1
        assert "nagłówek jest za długi" in self.refused(*extended(exactly + b"n", b"L"), header(), b"<a/>")

    @pytest.mark.parametrize(
        "data",
        [b"x", b"5", b"0 a=b\n", b"999 a=b\n", b"x a=b\n", b" a=b\n", b"3 a", b"1234567 a=b\n"],
    )
    def test_broken_extended_headers(self, data: bytes) -> None:
        assert "nagłówek pax" in self.refused(*extended(data), header(), b"<a/>")

    @pytest.mark.parametrize("cut", [1, 100, 511, 513, 1023])
    def test_cut_within_a_header_or_a_file(self, cut: int) -> None:
        data = gzip.compress((header(size=b"00000001000\0") + b"x" * 512)[:cut])
        assert "plik jest ucięty" in broken(data, Compression.TAR_GZ)

    def test_without_the_end_after_a_whole_file(self) -> None:
        data = gzip.compress(header() + b"<a/>" + bytes(508))
        assert contents(read(data, Compression.TAR_GZ)) == {"a.xml": b"<a/>"}

    def test_a_wrong_checksum_of_the_whole(self) -> None:
        data = bytearray(of(header(), b"<a/>"))
        data[-8] ^= 1
        archive = opened(io.BytesIO(bytes(data[:-4])), Compression.TAR_GZ)
        with pytest.raises(ArchiveError, match="gzip"):
            list(archive.sizes())
            gzip_end = tar._Reader(io.BytesIO(bytes(data)))
            while gzip_end._read(512):
                pass


def test_how_much_is_read_at_once() -> None:
    """A file of any size passes in pieces of `CHUNK`: nothing of the whole is in memory."""
    size = 2 * CHUNK + 5
    for pack, compression in ARCHIVES.values():
        archive = opened(io.BytesIO(pack({"a.xml": b"x" * size})), compression)
        sizes: list[int] = []
        module = zip if compression is Compression.ZIP else tar
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                module,
                "document",
                lambda _name, _size, chunks, _keep, sizes=sizes: sizes.extend(map(len, chunks)),
            )
            list(archive.documents(0))
        assert sum(sizes) == size
        assert max(sizes) <= CHUNK
