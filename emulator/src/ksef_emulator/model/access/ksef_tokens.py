"""KSeF tokens: secrets with fixed permissions that a firm makes for its programs (ksef-docs tokeny-ksef.md)."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ...clock import Clock
from ...store import Store, insert
from ..identity.contexts import OF_CONTEXT, Context
from ..identity.subjects import Subject, Subjects, SubjectType
from ..numbers import reference
from ..time.moments import micros, moment
from ..time.progress import AT_ONCE, COLUMNS, POLLED, RESTARTED, Progress, is_due
from .permissions import Permission

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS ksef_tokens (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    hash BLOB NOT NULL UNIQUE,           -- SHA-256 of the token's text, which is told once and not kept
    context_type TEXT NOT NULL,
    context_value TEXT NOT NULL,
    author_type TEXT NOT NULL,
    author_value TEXT NOT NULL,
    description TEXT NOT NULL,
    permissions TEXT NOT NULL,
    created INTEGER NOT NULL,
    {COLUMNS},                           -- of the change that goes on: activation, then revocation
    revoked INTEGER,
    used INTEGER
);
CREATE INDEX IF NOT EXISTS ksef_tokens_listing ON ksef_tokens (context_type, context_value, created DESC, id DESC);
"""


class TokenStatus(StrEnum):
    """``AuthenticationTokenStatus``; the emulator never fails to activate one."""

    PENDING = "Pending"
    ACTIVE = "Active"
    REVOKING = "Revoking"
    REVOKED = "Revoked"


@dataclass(frozen=True, kw_only=True)
class KsefToken:
    """What KSeF tells of a token; its text is told only when it is made."""

    id: int
    reference: str
    context: Context
    author: Subject
    description: str
    permissions: tuple[Permission, ...]
    created: datetime
    used: datetime | None
    status: TokenStatus


class KsefTokens:
    """The register of tokens."""

    def __init__(self, store: Store, clock: Clock, subjects: Subjects, progress: Progress = AT_ONCE) -> None:
        self.store = store
        self.clock = clock
        self.subjects = subjects
        self.progress = progress
        store.register(SCHEMA)

    def make(
        self, context: Context, author: Subject, permissions: Collection[Permission], description: str
    ) -> tuple[KsefToken, str]:
        """A new token and its text, ``REFERENCE|nip-NNNNNNNNNN|HEX`` (64 hexadecimal digits)."""
        now = self.clock.now()
        name = reference("EC", now)
        text = f"{name}|{context.type.lower()}-{context.value}|{secrets.token_hex(32)}"
        with self.store.transaction() as db:
            row = insert(
                db,
                "ksef_tokens",
                {
                    "reference": name,
                    "hash": _hash(text),
                    **context.columns,
                    "author_type": author.type,
                    "author_value": author.value,
                    "description": description,
                    "permissions": json.dumps(list(permissions)),
                    "created": micros(now),
                    **self.progress.columns(micros(now)),
                },
            )
        return self._read(row), text

    def by_text(self, text: str) -> KsefToken | None:
        """The token of this text, whose ever it is."""
        with self.store.transaction() as db:
            row = db.execute("SELECT * FROM ksef_tokens WHERE hash = ?", (_hash(text),)).fetchone()
        return self._read(row) if row is not None else None

    def find(self, name: str, context: Context) -> KsefToken | None:
        """The context's token with this reference number, one poll older."""
        with self.store.transaction() as db:
            row = db.execute(
                f"UPDATE ksef_tokens SET {POLLED} WHERE reference = ? AND {OF_CONTEXT} RETURNING *",
                (name, *context.key),
            ).fetchone()
        return self._read(row) if row is not None else None

    def by_reference(self, name: str) -> KsefToken | None:
        """The token with this reference number, in whatever context."""
        with self.store.transaction() as db:
            row = db.execute("SELECT * FROM ksef_tokens WHERE reference = ?", (name,)).fetchone()
        return self._read(row) if row is not None else None

    def of(self, context: Context) -> list[KsefToken]:
        """All tokens of a context, newest first."""
        with self.store.transaction() as db:
            rows = db.execute(
                f"SELECT * FROM ksef_tokens WHERE {OF_CONTEXT} ORDER BY created DESC, id DESC",
                context.key,
            ).fetchall()
        return [self._read(row) for row in rows]

    def is_author(self, token: KsefToken, subject: Subject) -> bool:
        """Whether the subject made it, by whichever of its identifiers."""
        return token.author in self.subjects.same(subject)

    def revoke(self, token: KsefToken) -> None:
        """From now on it opens nothing; again changes nothing."""
        now = micros(self.clock.now())
        with self.store.transaction() as db:
            db.execute(
                f"UPDATE ksef_tokens SET revoked = :now, {RESTARTED} WHERE id = :id AND revoked IS NULL",
                {**self.progress.columns(now), "now": now, "id": token.id},
            )

    def mark_used(self, name: str) -> None:
        """The token with this reference number was used now: ``lastUseDate``."""
        with self.store.transaction() as db:
            db.execute(
                "UPDATE ksef_tokens SET used = ? WHERE reference = ?", (micros(self.clock.now()), name)
            )

    def _read(self, row: sqlite3.Row) -> KsefToken:
        done = is_due(row, self.clock.now())
        if row["revoked"] is not None:
            status = TokenStatus.REVOKED if done else TokenStatus.REVOKING
        else:
            status = TokenStatus.ACTIVE if done else TokenStatus.PENDING
        return KsefToken(
            id=row["id"],
            reference=row["reference"],
            context=Context.of_row(row),
            author=Subject(type=SubjectType(row["author_type"]), value=row["author_value"]),
            description=row["description"],
            permissions=tuple(map(Permission, json.loads(row["permissions"]))),
            created=moment(row["created"]),
            used=moment(row["used"]) if row["used"] is not None else None,
            status=status,
        )


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
