"""ZIP and tar.gz, written straight through: nothing is kept but a name and a place of each file, and nothing is
written over.

Documents are deflated already, so a ZIP takes them as they are (APPNOTE 6.3.10: method 8; no encryption, no ZIP64,
which a package of at most 1 GB and 10 001 files does not need). A tar.gz is ustar (POSIX.1-1988) within one gzip
stream.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

from ..intake.polish_time import in_poland

Write = Callable[[bytes], object]
LEVEL = 6
_LOCAL, _CENTRAL, _END = 0x0403_4B50, 0x0201_4B50, 0x0605_4B50
_VERSION, _UTF8, _DEFLATED = 20, 0x800, 8
_MODE = 0o100644 << 16
_UNIX = 3 << 8
_BLOCK = 512


class Archive(Protocol):
    """What a package is written with."""

    def add(self, name: str, deflated: bytes) -> None:
        """A file, given as zlib deflated it."""

    def add_stream(self, name: str, size: int, chunks: Iterable[bytes]) -> None:
        """A file of so many bytes."""

    def close(self) -> None:
        """Writes the end of the archive; nothing can be added any more."""


class Zip:
    def __init__(self, write: Write, at: datetime) -> None:
        """``write`` takes the archive's bytes in their order; ``at`` is the time of every file."""
        self._write = write
        self._offset = 0
        self._central: list[bytes] = []
        local = in_poland(at)
        self._time = local.hour << 11 | local.minute << 5 | local.second // 2
        self._date = max(local.year - 1980, 0) << 9 | local.month << 5 | local.day

    def add(self, name: str, deflated: bytes) -> None:
        plain = zlib.decompress(deflated)
        self._add(name, zlib.crc32(plain), len(plain), [deflated[2:-4]])

    def add_stream(self, name: str, size: int, chunks: Iterable[bytes]) -> None:
        """See `Archive`. What it deflates to is kept until its length is known."""
        crc, packed = 0, []
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        for chunk in chunks:
            crc = zlib.crc32(chunk, crc)
            packed.append(packer.compress(chunk))
        packed.append(packer.flush())
        self._add(name, crc, size, packed)

    def _add(self, name: str, crc: int, size: int, packed: list[bytes]) -> None:
        encoded = name.encode()
        length = sum(map(len, packed))
        common = struct.pack(
            "<HHHHHIIIHH",
            _VERSION,
            _UTF8,
            _DEFLATED,
            self._time,
            self._date,
            crc,
            length,
            size,
            len(encoded),
            0,
        )
        self._central.append(
            struct.pack("<IH", _CENTRAL, _VERSION | _UNIX)
            + common
            + struct.pack("<HHHII", 0, 0, 0, _MODE, self._offset)
            + encoded
        )
        self._put(struct.pack("<I", _LOCAL) + common + encoded)
        for chunk in packed:
            self._put(chunk)

    def _put(self, data: bytes) -> None:
        self._write(data)
        self._offset += len(data)

    def close(self) -> None:
        begin, count = self._offset, len(self._central)
        for entry in self._central:
            self._put(entry)
        self._put(struct.pack("<IHHHHIIH", _END, 0, 0, count, count, self._offset - begin, begin, 0))


class TarGz:
    """A tar archive within gzip."""

    def __init__(self, write: Write, at: datetime) -> None:
        self._write = write
        self._at = int(at.timestamp())
        self._packer = zlib.compressobj(LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)

    def add(self, name: str, deflated: bytes) -> None:
        plain = zlib.decompress(deflated)
        self.add_stream(name, len(plain), [plain])

    def add_stream(self, name: str, size: int, chunks: Iterable[bytes]) -> None:
        self._put(self._header(name.encode(), size))
        for chunk in chunks:
            self._put(chunk)
        self._put(bytes(-size % _BLOCK))

    def _header(self, name: bytes, size: int) -> bytes:
        """Name of at most 100 bytes, mode, owner, group, size, time, checksum, type „file”, the format's mark."""
        before = (
            name.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + b"%011o\0%011o\0" % (size, self._at)
        )
        after = b"0" + bytes(100) + b"ustar\x0000"
        checksum = sum(before) + 8 * ord(" ") + sum(after)
        return (before + b"%06o\0 " % checksum + after).ljust(_BLOCK, b"\0")

    def _put(self, data: bytes) -> None:
        if packed := self._packer.compress(data):
            self._write(packed)

    def close(self) -> None:
        self._put(bytes(2 * _BLOCK))
        self._write(self._packer.flush())
