"""Whatever archive documents come in: their order, their names, and archives that are cut or wrong."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from ksef_emulator.intake.archives import ArchiveError, Compression, opened, tar, zip
from ksef_emulator.intake.archives.members import CHUNK, MAX_FILE_NAME

from .archives import ARCHIVES, FILES, broken, contents, packed, read

__all__ = ["packed"]

pytestmark = pytest.mark.pure


class TestAnyArchive:
    def test_files_come_out_in_their_order(self, packed: Any) -> None:
        pack, compression = packed
        result = read(pack(FILES), compression)
        assert [(file.name, file.content) for file in result] == list(FILES.items())
        assert [file.sha256 for file in result] == [hashlib.sha256(file).digest() for file in FILES.values()]

    def test_nothing_inside(self, packed: Any) -> None:
        pack, compression = packed
        assert read(pack({}), compression) == []

    def test_only_short_ones_are_kept_and_all_are_hashed(self, packed: Any) -> None:
        pack, compression = packed
        result = read(pack({"a": b"1234", "b": b"12345"}), compression, keep=4)
        assert contents(result) == {"a": b"1234", "b": None}
        assert result[1].sha256 == hashlib.sha256(b"12345").digest()
        assert result[1].size == 5

    def test_folders_are_passed_over(self, packed: Any) -> None:
        pack, compression = packed
        result = read(pack({"folder/": b"", "folder/a.xml": b"<a/>", "b/": b""}), compression)
        assert contents(result) == {"folder/a.xml": b"<a/>"}

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
                result = read(data[:length], compression)
            except ArchiveError:
                continue
            assert contents(result).items() <= files.items()


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
