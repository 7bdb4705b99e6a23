"""A package cut into parts, each encrypted by itself with the client's key: AES-256-CBC, PKCS#7, the client's IV
(OpenAPI, ``GET /invoices/exports/{referenceNumber}``)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7, PaddingContext

MAX_PART = 50_000_000
"""Bytes of a part before encryption."""
BUFFER = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part: sizes in bytes and SHA-256, before and after encryption."""

    ordinal: int
    size: int
    sha256: bytes
    sealed_size: int
    sealed_sha256: bytes


class Parts:
    """Takes a package's bytes and writes its parts."""

    def __init__(
        self, place: Callable[[int], Path], *, key: bytes, iv: bytes, largest: int = MAX_PART
    ) -> None:
        """``place`` says where the part with an ordinal number goes."""
        self.place = place
        self.size = 0
        self.done: list[Part] = []
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(iv))
        self._largest = largest
        self._buffer: list[bytes] = []
        self._buffered = 0
        self._open: _Sealing | None = None

    def write(self, data: bytes) -> None:
        """The next bytes. Raises OSError."""
        self._buffer.append(data)
        self._buffered += len(data)
        self.size += len(data)
        if self._buffered >= BUFFER:
            self._flush()

    def close(self) -> list[Part]:
        """That was all. Raises OSError."""
        self._flush()
        self._end()
        return self.done

    def abandon(self) -> None:
        """Close the file that is being written, if there is one."""
        if self._open is not None:
            self._open.file.close()

    def _flush(self) -> None:
        data = memoryview(b"".join(self._buffer))
        self._buffer, self._buffered = [], 0
        while data:
            if self._open is None:
                self._open = _Sealing(self.place(len(self.done) + 1).open("wb"), self._cipher)
            room = self._largest - self._open.size
            self._open.write(data[:room])
            data = data[room:]
            if self._open.size == self._largest:
                self._end()

    def _end(self) -> None:
        if self._open is not None:
            self.done.append(self._open.part(len(self.done) + 1))
            self._open = None


class _Sealing:
    """A part that is being written."""

    def __init__(self, file: BinaryIO, cipher: Cipher[modes.CBC]) -> None:
        self.file = file
        self.size = self._sealed_size = 0
        self._digest, self._sealed_digest = hashlib.sha256(), hashlib.sha256()
        self._padder: PaddingContext = PKCS7(128).padder()
        self._encryptor: CipherContext = cipher.encryptor()

    def write(self, data: memoryview) -> None:
        self._digest.update(data)
        self.size += len(data)
        self._put(self._encryptor.update(self._padder.update(data)))

    def _put(self, sealed: bytes) -> None:
        self._sealed_digest.update(sealed)
        self._sealed_size += len(sealed)
        self.file.write(sealed)

    def part(self, ordinal: int) -> Part:
        self._put(self._encryptor.update(self._padder.finalize()) + self._encryptor.finalize())
        self.file.close()
        return Part(
            ordinal=ordinal,
            size=self.size,
            sha256=self._digest.digest(),
            sealed_size=self._sealed_size,
            sealed_sha256=self._sealed_digest.digest(),
        )
