"""Invoices as the system keeps them: what was sent (with its status) and the register of what was accepted.

Rows of `sent` are never deleted and tell each document's fate; `register` has a row per KSeF number;
`documents` holds the bytes, deflated; `parties` is the index by which the subjects of an invoice find it.
"""

from __future__ import annotations

import zlib

from ...clock import Clock
from ...intake.refusals import ACCEPTED, PROCESSING
from ...store import Store, insert
from ..identity.contexts import OF_CONTEXT, Context
from ..limits.counts import Limits
from ..numbers import reference
from ..receiving.storage import SCHEMA as UNSTORED
from ..time.moments import micros
from ..time.progress import AT_ONCE, COLUMNS, POLLED, Progress
from .invoice_records import BUYER, Invoice, Sent, invoice_of, sent_of, subject_key
from .session_records import OPEN, Session

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS sent (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions (id),
    ordinal INTEGER NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    sha256 BLOB NOT NULL,
    size INTEGER NOT NULL,
    code INTEGER NOT NULL,
    details TEXT,
    extensions TEXT,
    number TEXT,
    invoicing INTEGER NOT NULL,
    offline INTEGER NOT NULL,
    corrected_sha256 BLOB,
    file_name TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS sent_in_session ON sent (session_id, ordinal);
CREATE INDEX IF NOT EXISTS sent_by_hash ON sent (sha256);
CREATE INDEX IF NOT EXISTS sent_corrections ON sent (corrected_sha256) WHERE corrected_sha256 IS NOT NULL;
CREATE INDEX IF NOT EXISTS sent_refused ON sent (session_id, ordinal) WHERE code >= 400;
CREATE TABLE IF NOT EXISTS pending (
    id INTEGER PRIMARY KEY REFERENCES sent (id),
    session_id INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    {COLUMNS}
);
CREATE INDEX IF NOT EXISTS pending_of_session ON pending (session_id);
CREATE TABLE IF NOT EXISTS documents (id INTEGER PRIMARY KEY REFERENCES sent (id), deflated BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS receipts (
    id INTEGER PRIMARY KEY REFERENCES sent (id),
    xml BLOB NOT NULL,
    sha256 BLOB
);
CREATE TABLE IF NOT EXISTS register (
    id INTEGER PRIMARY KEY REFERENCES sent (id),
    ksef_number TEXT NOT NULL UNIQUE,
    session_id INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    corrected_sha256 BLOB,
    seller_nip TEXT NOT NULL,
    seller_name TEXT,
    kind TEXT NOT NULL,
    number TEXT NOT NULL,
    issue TEXT NOT NULL,
    invoicing INTEGER NOT NULL,
    acquisition INTEGER NOT NULL,
    storage INTEGER NOT NULL,
    buyer_kind TEXT NOT NULL,
    buyer_value TEXT,
    buyer_name TEXT,
    third TEXT,
    authorized TEXT,
    net INTEGER NOT NULL,
    vat INTEGER NOT NULL,
    gross INTEGER NOT NULL,
    currency TEXT NOT NULL,
    mode TEXT NOT NULL,
    invoice_type TEXT NOT NULL,
    form TEXT NOT NULL,
    self_invoicing INTEGER NOT NULL,
    has_attachment INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS register_duplicates ON register (seller_nip, number, kind);
CREATE INDEX IF NOT EXISTS register_hashes ON register (sha256);
CREATE INDEX IF NOT EXISTS register_corrections ON register (corrected_sha256)
    WHERE corrected_sha256 IS NOT NULL;
CREATE INDEX IF NOT EXISTS register_of_session ON register (session_id, id);
CREATE INDEX IF NOT EXISTS register_storage ON register (storage);
CREATE TABLE IF NOT EXISTS parties (
    role INTEGER NOT NULL,
    who TEXT NOT NULL,
    id INTEGER NOT NULL REFERENCES register (id),
    storage INTEGER NOT NULL,
    invoicing INTEGER NOT NULL,
    issue TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS parties_by_storage ON parties (role, who, storage, id);
CREATE INDEX IF NOT EXISTS parties_by_invoicing ON parties (role, who, invoicing, id);
CREATE INDEX IF NOT EXISTS parties_by_issue ON parties (role, who, issue, id);
CREATE INDEX IF NOT EXISTS parties_of_invoice ON parties (id);
"""


class SessionNotOpen(Exception):
    """The session's status, the first argument, does not let documents in."""


class SessionFull(Exception):
    """The session holds as many documents as it may, which is the first argument."""


_SENT = (
    "SELECT sent.*, register.ksef_number, register.acquisition, register.mode,"
    " CASE WHEN unstored.id IS NULL THEN register.storage END AS storage"
    " FROM sent LEFT JOIN register ON register.id = sent.id LEFT JOIN unstored ON unstored.id = sent.id"
)


class Invoices:
    """Every document that was ever sent."""

    def __init__(
        self, store: Store, clock: Clock, progress: Progress = AT_ONCE, *, limits: Limits | None = None
    ) -> None:
        self.store = store
        self.clock = clock
        self.progress = progress
        self.limits = limits or Limits(store)
        store.register(SCHEMA)
        store.register(UNSTORED)

    def accept(
        self,
        session: Session,
        *,
        sealed: bytes,
        sha256: bytes,
        size: int,
        offline: bool = False,
        corrected_sha256: bytes | None = None,
        progress: Progress | None = None,
    ) -> str:
        """Take one encrypted document in for processing (status 100); returns its reference number. ``progress`` is
        how fast it shows as done, instead of everybody's.

        Raises `SessionFull` when the session holds as many documents as its context may send in one, `SessionNotOpen`
        when the session takes none.
        """
        now = self.clock.now()
        stamp = micros(now)
        name = reference("EE", now)
        pace = progress or self.progress
        limit = self.limits.session(session).max_invoices
        with self.store.transaction() as db:
            counted = db.execute(
                "UPDATE sessions SET invoices = invoices + 1, updated = ?"
                " WHERE id = ? AND code = ? AND invoices < ? RETURNING invoices",
                (stamp, session.id, OPEN, limit),
            ).fetchone()
            if counted is None:
                code = db.execute("SELECT code FROM sessions WHERE id = ?", (session.id,)).fetchone()[0]
                raise SessionFull(limit) if code == OPEN else SessionNotOpen(code)
            row_id = db.execute(
                "INSERT INTO sent (session_id, ordinal, reference, sha256, size, code, invoicing, offline,"
                " corrected_sha256) VALUES (?,?,?,?,?,?,?,?,?)",
                (session.id, counted[0], name, sha256, size, ACCEPTED, stamp, offline, corrected_sha256),
            ).lastrowid
            pending = {"id": row_id, "session_id": session.id, "sealed": sealed, **pace.columns(stamp)}
            insert(db, "pending", pending)
        return name

    def poll(self, session: Session, reference: str | None = None) -> None:
        """Count one look at a document, or at all documents of a session, that are still being processed."""
        with self.store.transaction() as db:
            if not db.execute("SELECT 1 FROM pending WHERE session_id = ? LIMIT 1", (session.id,)).fetchone():
                return
            which = "SELECT id FROM sent WHERE session_id = ? AND reference = ?"
            values: tuple[object, ...] = (session.id, reference)
            if reference is None:
                which, values = "SELECT id FROM pending WHERE session_id = ?", (session.id,)
            db.execute(f"UPDATE pending SET {POLLED} WHERE id IN ({which})", values)
            db.execute(
                f"UPDATE sent SET code = ? WHERE code = ? AND id IN ({which})",
                (PROCESSING, ACCEPTED, *values),
            )

    def in_session(self, session: Session, *, after: int = 0, size: int, refused: bool = False) -> list[Sent]:
        """At most `size` documents of a session beyond ordinal `after`; only the refused ones if asked."""
        extra = " AND sent.code >= 400" if refused else ""
        with self.store.transaction() as db:
            rows = db.execute(
                f"{_SENT} WHERE sent.session_id = ? AND sent.ordinal > ?{extra}"
                " ORDER BY sent.ordinal LIMIT ?",
                (session.id, after, size),
            ).fetchall()
        return [sent_of(row) for row in rows]

    def sent(self, session: Session, reference: str) -> Sent | None:
        """The document of this session with this reference number."""
        with self.store.transaction() as db:
            row = db.execute(
                f"{_SENT} WHERE sent.reference = ? AND sent.session_id = ?", (reference, session.id)
            ).fetchone()
        return sent_of(row) if row else None

    def sent_as(self, session: Session, invoice: Invoice) -> Sent | None:
        """The document of this session that became this invoice; None when another session sent it."""
        with self.store.transaction() as db:
            row = db.execute(
                f"{_SENT} WHERE sent.id = ? AND sent.session_id = ?", (invoice.id, session.id)
            ).fetchone()
        return sent_of(row) if row else None

    def sent_with_hash(self, sha256: bytes, context: Context) -> list[Sent]:
        """Every document with this hash that the context sent, oldest first."""
        with self.store.transaction() as db:
            rows = db.execute(
                f"{_SENT} JOIN sessions ON sessions.id = sent.session_id WHERE sent.sha256 = ?"
                f" AND {OF_CONTEXT} ORDER BY sent.id",
                (sha256, *context.key),
            ).fetchall()
        return [sent_of(row) for row in rows]

    def correction_of(self, sha256: bytes) -> list[Sent]:
        """Technical corrections that name this hash, whatever became of them."""
        with self.store.transaction() as db:
            rows = db.execute(
                f"{_SENT} WHERE sent.corrected_sha256 = ? ORDER BY sent.id", (sha256,)
            ).fetchall()
        return [sent_of(row) for row in rows]

    def by_ksef_number(self, ksef_number: str) -> Invoice | None:
        """The accepted invoice with this number."""
        with self.store.transaction() as db:
            row = db.execute("SELECT * FROM register WHERE ksef_number = ?", (ksef_number,)).fetchone()
        return invoice_of(row) if row else None

    def newest(self, seller_nip: str, buyer_nip: str, kind: str, *, size: int) -> list[Invoice]:
        """At most ``size`` accepted invoices of one kind that the seller issued to the buyer, newest first."""
        with self.store.transaction() as db:
            rows = db.execute(
                "SELECT register.* FROM register JOIN parties ON parties.id = register.id"
                " WHERE parties.role = ? AND parties.who = ? AND seller_nip = ? AND kind = ?"
                " ORDER BY register.id DESC LIMIT ?",
                (BUYER, f"Nip:{buyer_nip}", seller_nip, kind, size),
            ).fetchall()
        return [invoice_of(row) for row in rows]

    def numbers(self, seller_nip: str) -> set[str]:
        """Numbers (P_2) that the seller's accepted invoices have."""
        with self.store.transaction() as db:
            rows = db.execute("SELECT number FROM register WHERE seller_nip = ?", (seller_nip,)).fetchall()
        return {row["number"] for row in rows}

    def accepted_in(self, session: Session, *, first: int, last: int) -> list[Invoice]:
        """The accepted invoices of a session, from the `first` to the `last`, counted from 1."""
        with self.store.transaction() as db:
            rows = db.execute(
                "SELECT * FROM register WHERE session_id = ? ORDER BY id LIMIT ? OFFSET ?",
                (session.id, last - first + 1, first - 1),
            ).fetchall()
        return [invoice_of(row) for row in rows]

    def concerns(self, invoice: Invoice, context: Context) -> bool:
        """Whether the context is one of the invoice's subjects, and so may read it."""
        who, seller = subject_key(context)
        with self.store.transaction() as db:
            row = db.execute(
                "SELECT 1 FROM parties WHERE id = ? AND who = ? LIMIT 1", (invoice.id, who)
            ).fetchone()
        return row is not None and (seller is None or seller == invoice.seller_nip)

    def document(self, invoice: Invoice) -> bytes:
        """The XML exactly as it was sent."""
        with self.store.transaction() as db:
            row = db.execute("SELECT deflated FROM documents WHERE id = ?", (invoice.id,)).fetchone()
        return zlib.decompress(row["deflated"])

    def find_by_hash(self, seller_nip: str, sha256: bytes) -> Invoice | None:
        """What a KOD I leads to: the seller's accepted invoice with this hash, or else the accepted technical
        correction of it (whose own `sha256` then differs). None if KSeF holds neither."""
        with self.store.transaction() as db:
            for column in ("sha256", "corrected_sha256"):
                row = db.execute(
                    f"SELECT * FROM register WHERE {column} = ? AND seller_nip = ? ORDER BY id LIMIT 1",
                    (sha256, seller_nip),
                ).fetchone()
                if row:
                    return invoice_of(row)
        return None
