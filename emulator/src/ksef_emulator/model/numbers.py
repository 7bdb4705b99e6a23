"""Reference numbers of operations and documents, and the technical part of KSeF numbers."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime

from ..intake.identifiers import crc8
from ..store import Store
from .time.settings import Settings

_SCATTER = 0x9E37_79B1
_BITS = 0xFFFF_FFFF


def reference(kind: str, now: datetime) -> str:
    """A new reference number, ``YYYYMMDD-KK-10HEX-10HEX-CRC``, 36 characters, one shape for every kind of object.

    `kind` is two capitals: ``SO`` interactive session, ``SB`` batch, ``EE`` invoice, ``EU`` UPO.
    """
    body = (
        f"{now.astimezone(UTC):%Y%m%d}-{kind}-{secrets.token_hex(5).upper()}-{secrets.token_hex(5).upper()}"
    )
    return f"{body}-{crc8(body)}"


class Numbers:
    """Where the numbers of this emulator begin: a random point, so that a client that kept the numbers of an earlier
    emulator does not meet them again; with a ``seed`` always the same one. It is kept in the data directory."""

    def __init__(self, store: Store, settings: Settings, seed: int | None = None) -> None:
        """Goes on where the store does; its register must be there."""
        self._settings = settings
        self._seed = seed
        start = settings.numbers_start
        if start is None:
            with store.transaction() as db:
                used = db.execute("SELECT 1 FROM register LIMIT 1").fetchone() is not None
            start = 0 if used else self._chosen()  # those of a directory older than this setting begin at 0
        self._start = settings.numbers_start = start

    def technical(self, row_id: int) -> int:
        """The 12 hexadecimal digits: ``0100``, as the live system's begin, and the row's id, scattered one to one."""
        return 0x0100_0000_0000 + (self._start + row_id * _SCATTER & _BITS)

    def reset(self) -> None:
        """Everything was forgotten: another point, or the seed's again."""
        self._start = self._settings.numbers_start = self._chosen()

    def _chosen(self) -> int:
        if self._seed is None:
            return secrets.randbits(32)
        return int.from_bytes(hashlib.sha256(str(self._seed).encode()).digest()[:4], "big")
