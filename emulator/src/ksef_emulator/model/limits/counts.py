"""Limits of counts and sizes: a context's sessions, a subject's certificates (ksef-docs limity/limity.md).

Everybody has the published ones until a test changes them by ``/testdata/limits``; what was changed is kept.
"""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass, field

from ...store import Store
from ..identity.contexts import OF_CONTEXT, Context
from ..identity.subjects import Subject, SubjectType
from ..sending.session_records import Kind, Session

SCHEMA = """
CREATE TABLE IF NOT EXISTS context_limits (
    context_type TEXT NOT NULL,
    context_value TEXT NOT NULL,
    online TEXT NOT NULL,                    -- JSON, as the next
    batch TEXT NOT NULL,
    collective INTEGER NOT NULL,
    PRIMARY KEY (context_type, context_value)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS subject_limits (
    subject_type TEXT NOT NULL,
    subject_value TEXT NOT NULL,
    enrollments INTEGER NOT NULL,
    certificates INTEGER NOT NULL,
    PRIMARY KEY (subject_type, subject_value)
) WITHOUT ROWID;
"""
MB = 1_000_000
"""Bytes: sizes are in MB of the SI (api-changelog.md, 2.0.0 RC5.3)."""


@dataclass(frozen=True, kw_only=True)
class SessionLimits:
    """Of one session: invoices, and the size of each, in MB."""

    max_invoices: int = 10_000
    max_invoice_mb: int = 1
    max_invoice_with_attachment_mb: int = 3

    @property
    def max_bytes(self) -> int:
        """The size of an invoice without attachment, in bytes."""
        return self.max_invoice_mb * MB

    @property
    def max_bytes_with_attachment(self) -> int:
        """The size of an invoice with its attachment, in bytes."""
        return self.max_invoice_with_attachment_mb * MB


@dataclass(frozen=True, kw_only=True)
class ContextLimits:
    """``EffectiveContextLimits``; ``collective`` is how many invoices one collective identifier takes."""

    online: SessionLimits = field(default_factory=SessionLimits)
    batch: SessionLimits = field(default_factory=SessionLimits)
    collective: int = 500


@dataclass(frozen=True, kw_only=True)
class SubjectLimits:
    """``EffectiveSubjectLimits``: requests for a certificate, and certificates that are active at once."""

    enrollments: int
    certificates: int


USUAL = ContextLimits()
OF_SUBJECTS = {
    SubjectType.NIP: SubjectLimits(enrollments=300, certificates=100),
    SubjectType.PESEL: SubjectLimits(enrollments=12, certificates=6),
    SubjectType.FINGERPRINT: SubjectLimits(enrollments=12, certificates=6),
}


class Limits:
    """Which limits are in force for whom; thread-safe. Those of contexts are asked for with every invoice, so the few
    that were changed stay in memory."""

    def __init__(self, store: Store) -> None:
        """Registers its tables and reads what was changed before."""
        self.store = store
        self._lock = threading.Lock()
        self._contexts: dict[Context, ContextLimits] = {}
        store.register(SCHEMA)
        self.reload()

    def reload(self) -> None:
        """Read again what the store has, as after a reset."""
        with self.store.transaction() as db:
            rows = db.execute("SELECT * FROM context_limits").fetchall()
        limits = {
            Context.of_row(row): ContextLimits(
                online=SessionLimits(**json.loads(row["online"])),
                batch=SessionLimits(**json.loads(row["batch"])),
                collective=row["collective"],
            )
            for row in rows
        }
        with self._lock:
            self._contexts = limits

    def context(self, context: Context) -> ContextLimits:
        """In force in a context."""
        return self._contexts.get(context, USUAL)

    def session(self, session: Session) -> SessionLimits:
        """Of a session, by its kind and context."""
        limits = self.context(session.context)
        return limits.online if session.kind is Kind.ONLINE else limits.batch

    def set_context(self, context: Context, limits: ContextLimits) -> None:
        """From now on, for documents that are not processed yet too."""
        row = (
            *context.key,
            json.dumps(asdict(limits.online)),
            json.dumps(asdict(limits.batch)),
            limits.collective,
        )
        with self.store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO context_limits VALUES (?, ?, ?, ?, ?)", row)
            with self._lock:
                self._contexts[context] = limits

    def restore_context(self, context: Context) -> None:
        """The published ones again."""
        with self.store.transaction() as db:
            db.execute(f"DELETE FROM context_limits WHERE {OF_CONTEXT}", context.key)
            with self._lock:
                self._contexts.pop(context, None)

    def subject(self, subject: Subject) -> SubjectLimits:
        """Of whoever has this identifier."""
        with self.store.transaction() as db:
            row = db.execute(
                "SELECT enrollments, certificates FROM subject_limits"
                " WHERE subject_type = ? AND subject_value = ?",
                (subject.type, subject.value),
            ).fetchone()
        if row is None:
            return OF_SUBJECTS[subject.type]
        return SubjectLimits(enrollments=row["enrollments"], certificates=row["certificates"])

    def set_subject(self, subject: Subject, limits: SubjectLimits) -> None:
        """From now on; what is already there stays."""
        row = (subject.type, subject.value, limits.enrollments, limits.certificates)
        with self.store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO subject_limits VALUES (?, ?, ?, ?)", row)

    def restore_subject(self, subject: Subject) -> None:
        """The published ones again."""
        with self.store.transaction() as db:
            db.execute(
                "DELETE FROM subject_limits WHERE subject_type = ? AND subject_value = ?",
                (subject.type, subject.value),
            )
