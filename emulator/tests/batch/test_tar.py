"""tar.gz against Python's own writer: kinds of files, sizes, extended headers, and what is broken."""

from __future__ import annotations

import gzip
import io

import pytest
from ksef_emulator.intake.archives import ArchiveError, Compression, members, opened, tar

from .archives import broken, contents, read

pytestmark = pytest.mark.pure


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
    return gzip.compress(b"".join(block + bytes(-len(block) % 512) for block in blocks) + bytes(1024))


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
        result = self.one(*named, header(), b"<a/>", header(b"b.xml"), b"<b/>")
        assert result == {"ż.xml": b"<a/>", "b.xml": b"<b/>"}

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
