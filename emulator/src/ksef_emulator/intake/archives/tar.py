"""tar.gz (POSIX ustar with pax and GNU names, RFC 1952): read twice from its beginning, never kept."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from .members import CHUNK, MAX_ENTRIES, ArchiveError, Document, document

BLOCK = 512
MAX_HEADER = 1 << 16
"""Bytes of an extended header: a name of a file, and little more."""
_REGULAR, _DIRECTORY = (b"0", b"\0", b"7"), b"5"
_PAX, _PAX_GLOBAL, _GNU_NAME = b"x", b"g", b"L"


class TarGz:
    """One archive in a seekable file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def sizes(self) -> Iterator[int]:
        reader = _Reader(self._file)
        for _, size in reader.entries():
            yield size
            for _chunk in reader.content(size):
                pass

    def documents(self, keep: int) -> Iterator[Document]:
        reader = _Reader(self._file)
        for name, size in reader.entries():
            yield document(name, size, reader.content(size), keep)


class _Reader:
    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        self._stream = gzip.GzipFile(fileobj=file, mode="rb")

    def entries(self) -> Iterator[tuple[str, int]]:
        """Name and size of every file; its content has to be read before the next."""
        records: dict[str, str] = {}
        for _ in range(MAX_ENTRIES):
            header = self._header()
            if header is None:
                return
            size, kind = _number(header[124:136]), header[156:157]
            if kind in (_PAX, _PAX_GLOBAL, _GNU_NAME):
                if size > MAX_HEADER:
                    raise _broken("nagłówek jest za długi")
                data = b"".join(self.content(size))
                if kind == _GNU_NAME:
                    records["path"] = data.rstrip(b"\0").decode("utf-8", "replace")
                elif kind == _PAX:
                    records.update(_records(data))
                continue
            name = records.get("path") or _name(header)
            size = _pax_size(records, size)
            records = {}
            if kind == _DIRECTORY or name.endswith("/"):
                continue
            if kind not in _REGULAR:
                raise _broken(f"{name[:128]!r} nie jest zwykłym plikiem")
            yield name, size
        raise _broken("za dużo pozycji")

    def content(self, size: int) -> Iterator[bytes]:
        """The bytes of the file at hand, and past its padding."""
        left = size
        while left:
            chunk = self._exactly(min(CHUNK, left))
            left -= len(chunk)
            yield chunk
        self._exactly(-size % BLOCK)

    def _header(self) -> bytes | None:
        """The next header; None at the end."""
        header = self._read(BLOCK)
        if not header or header == bytes(BLOCK):
            return None
        if len(header) < BLOCK:
            raise _broken("plik jest ucięty")
        if sum(header[:148]) + sum(header[156:]) + 8 * 0x20 != _number(header[148:156]):
            raise _broken("suma kontrolna nagłówka")
        return header

    def _exactly(self, size: int) -> bytes:
        data = self._read(size)
        if len(data) != size:
            raise _broken("plik jest ucięty")
        return data

    def _read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except (EOFError, OSError, zlib.error) as error:
            raise _broken("kompresja gzip") from error


def _number(field: bytes) -> int:
    """Octal digits, or GNU's base 256."""
    if field[0] & 0x80:
        return int.from_bytes(field[1:], "big") if field[0] == 0x80 else _not_a_number()
    digits = field.split(b"\0", 1)[0].strip()
    if digits.strip(b"01234567"):  # a sign, too, is no digit
        return _not_a_number()
    return int(digits, 8) if digits else 0


def _not_a_number() -> int:
    raise _broken("liczba w nagłówku")


def _pax_size(records: dict[str, str], size: int) -> int:
    declared = records.get("size")
    if declared is None:
        return size
    return (
        int(declared) if declared.isascii() and declared.isdigit() and len(declared) < 16 else _not_a_number()
    )


def _name(header: bytes) -> str:
    name = header[:100].split(b"\0", 1)[0]
    prefix = header[345:500].split(b"\0", 1)[0] if header[257:263] == b"ustar\0" else b""
    return (prefix + b"/" + name if prefix else name).decode("utf-8", "replace")


def _records(data: bytes) -> dict[str, str]:
    """Records of a pax header: ``length key=value\\n``."""
    records = {}
    while data:
        digits, space, _ = data.partition(b" ")
        length = int(digits) if digits.isdigit() and len(digits) < 7 else 0
        if not space or not len(digits) + 2 < length <= len(data):
            raise _broken("nagłówek pax")
        key, _, value = data[len(digits) + 1 : length].rstrip(b"\n").partition(b"=")
        records[key.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
        data = data[length:]
    return records


def _broken(what: str) -> ArchiveError:
    return ArchiveError(f"Archiwum tar.gz jest uszkodzone: {what}.")
