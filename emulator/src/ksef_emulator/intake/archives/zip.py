"""ZIP (PKWARE APPNOTE 6.3.10): stored and deflated files, ZIP64, names in UTF-8 or code page 437.

The directory at the end is what counts, as for any reader; sizes and checksums are those that it tells, and a file
that turns out to be longer is not read further.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from .members import CHUNK, MAX_ENTRIES, ArchiveError, Document, document

_END = struct.Struct("<4s4H2LH")
_LOCATOR64 = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_FULL = 0xFFFFFFFF
_MAX_COMMENT = 0xFFFF
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _UTF8 = 1, 1 << 11


@dataclass(frozen=True, kw_only=True)
class _Entry:
    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int


class Zip:
    """One archive in a seekable file."""

    def __init__(self, file: BinaryIO) -> None:
        """Finds the directory. Raises `ArchiveError`."""
        self._file = file
        self._start, self._end, self._shift = self._directory()

    def sizes(self) -> Iterator[int]:
        return (entry.size for entry in self._entries())

    def documents(self, keep: int) -> Iterator[Document]:
        for entry in self._entries():
            yield document(entry.name, entry.size, self._content(entry), keep)

    def _read(self, position: int, size: int) -> bytes:
        self._file.seek(position)
        data = self._file.read(size)
        if len(data) != size:
            raise _broken("plik jest ucięty")
        return data

    def _directory(self) -> tuple[int, int, int]:
        """First and last position of the directory, and how far everything is shifted by what stands before."""
        length = self._file.seek(0, os.SEEK_END)
        tail_size = min(length, _END.size + _MAX_COMMENT)
        tail = self._read(length - tail_size, tail_size)
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) - at < _END.size:
            raise _broken("brak katalogu plików")
        *_, size, offset, _comment = _END.unpack_from(tail, at)
        end = length - tail_size + at
        zip64 = self._end64(end)
        if zip64 is not None:
            size, offset, end = zip64
        shift = end - size - offset
        if shift < 0:
            raise _broken("katalog plików nie mieści się w pliku")
        return end - size, end, shift

    def _end64(self, end: int) -> tuple[int, int, int] | None:
        """Size and offset of the directory, and where it ends, as ZIP64 tells."""
        at = end - _LOCATOR64.size
        if at < 0:
            return None
        locator = self._read(at, _LOCATOR64.size)
        if not locator.startswith(b"PK\x06\x07"):
            return None
        at -= _END64.size
        if at < 0:
            raise _broken("katalog ZIP64")
        signature, *_, size, offset = _END64.unpack(self._read(at, _END64.size))
        if signature != b"PK\x06\x06":
            raise _broken("katalog ZIP64")
        return size, offset, at

    def _entries(self) -> Iterator[_Entry]:
        position = self._start
        for _ in range(MAX_ENTRIES):
            if position >= self._end:
                return
            fields = _CENTRAL.unpack(self._read(position, _CENTRAL.size))
            if fields[0] != b"PK\x01\x02":
                raise _broken("katalog plików")
            flags, method = fields[3], fields[4]
            crc, packed, size, name_size, extra_size, comment_size = fields[7:13]
            variable = self._read(position + _CENTRAL.size, name_size + extra_size)
            position += _CENTRAL.size + name_size + extra_size + comment_size
            raw, extra = variable[:name_size], variable[name_size:]
            name = raw.decode("utf-8" if flags & _UTF8 else "cp437", "replace")
            if name.endswith(("/", "\\")):
                continue
            size, packed, offset = _wide(extra, size, packed, fields[16])
            yield _Entry(
                name=name,
                flags=flags,
                method=method,
                crc=crc,
                packed=packed,
                size=size,
                offset=offset + self._shift,
            )
        raise _broken("za dużo pozycji")

    def _content(self, entry: _Entry) -> Iterator[bytes]:
        if entry.flags & _ENCRYPTED or entry.method not in (_STORED, _DEFLATED):
            raise _broken(f"plik {entry.name!r} jest zaszyfrowany lub spakowany nieobsługiwaną metodą")
        local = _LOCAL.unpack(self._read(entry.offset, _LOCAL.size))
        if local[0] != b"PK\x03\x04":
            raise _broken(f"nagłówek pliku {entry.name!r}")
        begin = entry.offset + _LOCAL.size + local[9] + local[10]
        crc = length = 0
        unpacked = self._packed(begin, entry.packed)
        if entry.method == _DEFLATED:
            unpacked = _inflated(unpacked, entry.size)
        try:
            for chunk in unpacked:
                crc = zlib.crc32(chunk, crc)
                length += len(chunk)
                yield chunk
        except zlib.error as error:
            raise _broken(f"zawartość pliku {entry.name!r}") from error
        if length != entry.size or crc != entry.crc:
            raise _broken(f"zawartość pliku {entry.name!r}")

    def _packed(self, begin: int, size: int) -> Iterator[bytes]:
        end = begin + size
        while begin < end:
            step = min(CHUNK, end - begin)
            yield self._read(begin, step)
            begin += step


def _inflated(packed: Iterator[bytes], size: int) -> Iterator[bytes]:
    """What `packed` becomes, and not a byte more than `size` and one."""
    left = size + 1
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for piece in packed:
        data = piece
        while data and left and not inflater.eof:
            chunk = inflater.decompress(data, min(CHUNK, left))
            left -= len(chunk)
            yield chunk
            data = inflater.unconsumed_tail
    while left and not inflater.eof:
        chunk = inflater.decompress(b"", min(CHUNK, left))
        if not chunk:
            break
        left -= len(chunk)
        yield chunk


def _wide(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """The three, replaced by their 64-bit values where they do not fit (APPNOTE 4.5.3)."""
    values = [size, packed, offset]
    missing = [place for place, value in enumerate(values) if value == _FULL]
    while missing and len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        if kind == 1:
            field = extra[4 : 4 + length]
            if len(field) < 8 * len(missing):
                raise _broken("rozmiary ZIP64")
            for place, value in zip(
                missing, struct.iter_unpack("<Q", field[: 8 * len(missing)]), strict=True
            ):
                values[place] = value[0]
            break
        extra = extra[4 + length :]
    return values[0], values[1], values[2]


def _broken(what: str) -> ArchiveError:
    return ArchiveError(f"Archiwum ZIP jest uszkodzone: {what}.")
