"""Sending sessions: opening, counting, lifetime and ending.

An interactive session lives 12 hours and closes by itself; closed, it waits for its documents and ends in
200, 445 or 440. A batch lives as long as its parts may be sent and is cancelled after that (440); closed, it is
processed and ends in one of these or in what its archive came to.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime, timedelta

from ...clock import Clock
from ...faults import Fault, Faults
from ...intake.cipher import IV_BYTES, KEY_BYTES
from ...intake.schemas import FormCode
from ...receipts.upo import Authentication, pages
from ...store import Store, insert
from ..identity.contexts import OF_CONTEXT, Context
from ..numbers import reference
from ..time.moments import micros
from ..time.progress import AT_ONCE, COLUMNS, DUE, MICROSECONDS, POLLED, RESTARTED, Progress
from .batch_records import SCHEMA as BATCHES
from .batch_records import SHOWN, TIME_FOR_A_PART, Batch
from .session_records import (
    CANCELLED,
    COMMON,
    DONE,
    KEY_NOT_DECRYPTED,
    NOTHING_VALID,
    OPEN,
    Kind,
    Session,
    SessionFilter,
    session_of,
)

LIFETIME = timedelta(hours=12)
NO_INVOICES = "Nie przesłano faktur"
OUT_OF_TIME = "Przekroczono czas wysyłki"

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS sessions (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    context_type TEXT NOT NULL,
    context_value TEXT NOT NULL,
    author TEXT NOT NULL,
    authentication TEXT NOT NULL,
    form TEXT NOT NULL,
    key BLOB,
    iv BLOB,
    verify_identifiers INTEGER NOT NULL DEFAULT 0,
    code INTEGER NOT NULL,
    details TEXT NOT NULL DEFAULT '[]',
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    closed INTEGER,
    valid_until INTEGER NOT NULL,
    {COLUMNS},
    invoices INTEGER NOT NULL DEFAULT 0,
    successful INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS sessions_listing ON sessions (context_type, context_value, kind, created, id);
CREATE INDEX IF NOT EXISTS sessions_running ON sessions (code, valid_until) WHERE code IN (100, 150, 170);
CREATE TABLE IF NOT EXISTS upo_pages (
    reference TEXT PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions (id),
    number INTEGER NOT NULL,
    xml BLOB,
    sha256 BLOB
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS upo_pages_of_session ON upo_pages (session_id, number);
"""


class Sessions:
    def __init__(
        self, store: Store, clock: Clock, progress: Progress = AT_ONCE, *, faults: Faults | None = None
    ) -> None:
        self.faults = faults or Faults()
        self.store = store
        self.clock = clock
        self.progress = progress
        store.register(SCHEMA)
        store.register(BATCHES)

    def open_online(
        self,
        *,
        context: Context,
        author: str,
        authentication: Authentication,
        form: FormCode,
        key: bytes | None,
        iv: bytes | None,
        verify_identifiers: bool = False,
    ) -> Session:
        """A new interactive session. Without a usable `key` and `iv` it opens all the same and stands at 415,
        which is how the live system tells of a key that it cannot decrypt."""
        now = self.clock.now()
        with self.store.transaction() as db:
            usable = _usable(key, iv) and not self._cooling(db, context, micros(now))
            values = {
                "reference": reference("SO", now),
                "kind": Kind.ONLINE,
                **context.columns,
                "author": author,
                "authentication": _packed(authentication),
                "form": form.system_code,
                "key": key if usable else None,
                "iv": iv if usable else None,
                "verify_identifiers": verify_identifiers,
                "code": OPEN if usable else KEY_NOT_DECRYPTED,
                "created": micros(now),
                "updated": micros(now),
                "valid_until": micros(now + LIFETIME),
            }
            return session_of(insert(db, "sessions", values))

    def open_batch(
        self,
        batch: Batch,
        *,
        context: Context,
        author: str,
        authentication: Authentication,
        form: FormCode,
        key: bytes | None,
        iv: bytes | None,
        verify_identifiers: bool = False,
    ) -> Session:
        """A new batch session, open for its parts for twenty minutes times their number. A key that cannot be used is
        told only when the batch is processed (415)."""
        now = self.clock.now()
        usable = _usable(key, iv)
        values = {
            "reference": reference("SB", now),
            "kind": Kind.BATCH,
            **context.columns,
            "author": author,
            "authentication": _packed(authentication),
            "form": form.system_code,
            "key": key if usable else None,
            "iv": iv if usable else None,
            "verify_identifiers": verify_identifiers,
            "code": OPEN,
            "created": micros(now),
            "updated": micros(now),
            "valid_until": micros(now + TIME_FOR_A_PART * len(batch.parts)),
        }
        with self.store.transaction() as db:
            session = session_of(insert(db, "sessions", values))
            insert(
                db,
                "batches",
                {
                    "session_id": session.id,
                    "compression": batch.compression,
                    "size": batch.size,
                    "sha256": batch.sha256,
                    "offline": batch.offline,
                },
            )
            db.executemany(
                "INSERT INTO batch_parts (session_id, ordinal, size, sha256) VALUES (?, ?, ?, ?)",
                [(session.id, part.ordinal, part.size, part.sha256) for part in batch.parts],
            )
        return session

    def _cooling(self, db: sqlite3.Connection, context: Context, now: int) -> bool:
        """Whether the context ended its last session so lately that, by the fault of that name, this one fails."""
        cooldown = self.faults.setting(Fault.SESSION_COOLDOWN)
        if cooldown is None:
            return False
        last = db.execute(
            f"SELECT MAX(closed) FROM sessions WHERE kind = ? AND {OF_CONTEXT}",
            (Kind.ONLINE, *context.key),
        ).fetchone()[0]
        if last is None or now - last > (cooldown.seconds or 0) * MICROSECONDS:
            return False
        return self.faults.happens(Fault.SESSION_COOLDOWN) is not None

    def find(self, reference: str, context: Context) -> Session | None:
        """The session, if it belongs to this context."""
        with self.store.transaction() as db:
            row = db.execute(
                f"SELECT * FROM sessions WHERE reference = ? AND {OF_CONTEXT}",
                (reference, *context.key),
            ).fetchone()
        return session_of(row) if row else None

    def with_id(self, session_id: int) -> Session | None:
        """The session with this row id, whoever owns it."""
        with self.store.transaction() as db:
            row = db.execute("SELECT * FROM sessions WHERE id = ?", (session_id,)).fetchone()
        return session_of(row) if row else None

    def listing(
        self,
        filters: SessionFilter,
        *,
        context: Context,
        after: tuple[int, int] | None,
        size: int,
    ) -> list[Session]:
        """At most `size` sessions of the context, newest first, below the position (created, id) `after`."""
        clauses = [OF_CONTEXT, "kind = ?"]
        values: list[object] = [*context.key, filters.kind]
        for column, value in (("reference", filters.reference), ("author", filters.author)):
            if value is not None:
                clauses.append(f"{column} = ?")
                values.append(value)
        bounds = (("created", filters.created), ("closed", filters.closed), ("updated", filters.modified))
        for column, (low, high) in bounds:
            for sign, bound in ((">=", low), ("<=", high)):
                if bound is not None:
                    clauses.append(f"{column} {sign} ?")
                    values.append(micros(bound))
        if filters.statuses:
            codes = [code for status in filters.statuses for code in COMMON[status]]
            clauses.append(f"code IN ({','.join('?' * len(codes))})")
            values.extend(codes)
        if after:
            clauses.append("(created, id) < (?, ?)")
            values.extend(after)
        with self.store.transaction() as db:
            rows = db.execute(
                f"SELECT * FROM sessions WHERE {' AND '.join(clauses)}"  # columns are ours
                " ORDER BY created DESC, id DESC LIMIT ?",
                (*values, size),
            ).fetchall()
        return [session_of(row) for row in rows]

    def close(self, session: Session) -> None:
        """Stop taking documents, or parts; the session ends when the last of its documents is known."""
        now = micros(self.clock.now())
        with self.store.transaction() as db:
            self._close(db, session.id, now, now)

    def expire(self) -> None:
        """End sessions whose time is over: interactive ones are closed, batches cancelled."""
        now = micros(self.clock.now())
        with self.store.transaction() as db:
            rows = db.execute(
                "SELECT id, kind, valid_until FROM sessions WHERE code = 100 AND valid_until <= ?", (now,)
            ).fetchall()
            for row in rows:
                if row["kind"] == Kind.ONLINE:
                    self._close(db, row["id"], row["valid_until"], now)
                else:
                    _end(db, row["id"], CANCELLED, [OUT_OF_TIME], now)

    def _close(self, db: sqlite3.Connection, session_id: int, closed: int, now: int) -> None:
        db.execute(
            "UPDATE sessions SET code = CASE kind WHEN 'Online' THEN 170 ELSE 150 END, closed = :closed,"
            f" updated = :now, {RESTARTED} WHERE id = :id AND code = 100",
            {**self.progress.columns(now), "closed": closed, "now": now, "id": session_id},
        )
        empty = "SELECT 1 FROM sessions WHERE id = ? AND code = 170 AND invoices = 0"
        if db.execute(empty, (session_id,)).fetchone() is not None:
            _end(db, session_id, CANCELLED, [NO_INVOICES], now)  # at once: nothing is waited for

    def poll(self, session: Session) -> None:
        """Count one look at the session's status."""
        with self.store.transaction() as db:
            db.execute(
                f"UPDATE sessions SET {POLLED} WHERE id = ? AND code IN (150, 170)",
                (session.id,),
            )

    def finish(self) -> None:
        """End the closed sessions whose documents are all known and whose time has come."""
        now = self.clock.now()
        with self.store.transaction() as db:
            rows = db.execute(
                "SELECT id, invoices, successful, verdict, batches.details FROM sessions"
                " LEFT JOIN batches ON batches.session_id = sessions.id"
                f" WHERE code IN (150, 170) AND {DUE}"
                " AND (verdict IS NOT NULL"
                " OR ((unpacked IS NULL OR unpacked = ?) AND invoices = successful + failed))",
                (micros(now), SHOWN),
            ).fetchall()
            for row in rows:
                self._finish(db, row, now)

    def _finish(self, db: sqlite3.Connection, row: sqlite3.Row, now: datetime) -> None:
        code, details = DONE, []
        if row["verdict"] is not None:
            code, details = row["verdict"], json.loads(row["details"])
        elif not row["invoices"]:
            code, details = CANCELLED, [NO_INVOICES]
        elif not row["successful"]:
            code = NOTHING_VALID
        _end(db, row["id"], code, details, micros(now))
        if code != DONE:
            return
        for page in pages(row["successful"]):
            db.execute(
                "INSERT INTO upo_pages (reference, session_id, number) VALUES (?, ?, ?)",
                (reference("EU", now), row["id"], page.number),
            )

    def upo_references(self, session: Session) -> list[str]:
        """References of the session's collective UPO pages, in order; empty until it is done."""
        with self.store.transaction() as db:
            rows = db.execute(
                "SELECT reference FROM upo_pages WHERE session_id = ? ORDER BY number", (session.id,)
            ).fetchall()
        return [row["reference"] for row in rows]


def _usable(key: bytes | None, iv: bytes | None) -> bool:
    return key is not None and len(key) == KEY_BYTES and iv is not None and len(iv) == IV_BYTES


def _packed(authentication: Authentication) -> str:
    return json.dumps([authentication.token_reference, authentication.document_hash])


def _end(db: sqlite3.Connection, session_id: int, code: int, details: list[str], now: int) -> None:
    db.execute(
        "UPDATE sessions SET code = ?, details = ?, updated = ?, key = NULL, iv = NULL WHERE id = ?",
        (code, json.dumps(details, ensure_ascii=False), now, session_id),
    )
