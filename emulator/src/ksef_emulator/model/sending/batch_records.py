"""What a batch is: the declaration of an archive and its parts, and the rows that keep them.

`verdict` is what the archive as a whole came to before any document was looked at (405–435); `unpacked` tells that
every document of it waits in `batch_documents` or has been settled, and then that everybody may see them.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import timedelta

from ...intake.archives import Compression

SCHEMA = """
CREATE TABLE IF NOT EXISTS batches (
    session_id INTEGER PRIMARY KEY REFERENCES sessions (id),
    compression TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    offline INTEGER NOT NULL,
    unpacked INTEGER NOT NULL DEFAULT 0,
    verdict INTEGER,
    details TEXT NOT NULL DEFAULT '[]'
);
CREATE TABLE IF NOT EXISTS batch_parts (
    session_id INTEGER NOT NULL REFERENCES sessions (id),
    ordinal INTEGER NOT NULL,
    size INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    received_size INTEGER,
    received_sha256 BLOB,
    PRIMARY KEY (session_id, ordinal)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS batch_documents (
    id INTEGER PRIMARY KEY REFERENCES sent (id),
    session_id INTEGER NOT NULL,
    deflated BLOB
);
CREATE INDEX IF NOT EXISTS batch_documents_of_session ON batch_documents (session_id, id);
"""
UNPACKED, SHOWN = 1, 2
TIME_FOR_A_PART = timedelta(minutes=20)
"""For every part, times the number of parts (sesja-wsadowa.md)."""
MAX_PART = 100_000_000
"""Bytes of a part before it is encrypted (weryfikacja-faktury.md)."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One encrypted part: as declared, and as received so far."""

    ordinal: int
    size: int
    sha256: bytes
    received_size: int | None = None
    received_sha256: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class Batch:
    """The declaration of one archive."""

    compression: Compression
    size: int
    sha256: bytes
    offline: bool
    parts: tuple[Part, ...]


def batch_of(row: sqlite3.Row, parts: list[sqlite3.Row]) -> Batch:
    """Rows of `batches` and `batch_parts` as a `Batch`."""
    return Batch(
        compression=Compression(row["compression"]),
        size=row["size"],
        sha256=row["sha256"],
        offline=bool(row["offline"]),
        parts=tuple(
            Part(
                ordinal=part["ordinal"],
                size=part["size"],
                sha256=part["sha256"],
                received_size=part["received_size"],
                received_sha256=part["received_sha256"],
            )
            for part in parts
        ),
    )
