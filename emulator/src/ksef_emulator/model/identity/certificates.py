"""Certificates of KSeF: requests, the register of what was issued, revocation (ksef-docs certyfikaty-KSeF.md)."""

from __future__ import annotations

import hashlib
import sqlite3
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ...clock import Clock
from ...store import Store, insert
from ..limits.counts import Limits
from ..numbers import reference
from ..time.moments import micros, moment
from ..time.progress import AT_ONCE, COLUMNS, POLLED, RESTARTED, STUCK, STUCK_NOW, Progress, is_due
from .ca import Authority, Usage, serial_of
from .certificate import (
    ANOTHERS_KEY,
    Certificate,
    CertificateLimit,
    CertificateStatus,
    EnrollmentLimit,
    Filter,
    RefusedRequest,
)
from .subjects import Subject, Subjects, SubjectType

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS certificates (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,      -- of the request
    requested INTEGER NOT NULL,          -- microseconds, as all moments here
    {COLUMNS},                           -- of the change that goes on: issuing, then revocation
    subject_type TEXT NOT NULL,
    subject_value TEXT NOT NULL,
    name TEXT NOT NULL,
    usage TEXT NOT NULL,
    common_name TEXT NOT NULL,
    serial TEXT NOT NULL UNIQUE,
    certificate BLOB NOT NULL,           -- DER
    key_hash BLOB NOT NULL,              -- SHA-256 of SubjectPublicKeyInfo
    valid_from INTEGER NOT NULL,
    valid_to INTEGER NOT NULL,
    revoked INTEGER,
    reason TEXT,
    used INTEGER
);
CREATE INDEX IF NOT EXISTS certificates_key ON certificates (key_hash);
CREATE TABLE IF NOT EXISTS refused_requests (
    reference TEXT PRIMARY KEY,
    requested INTEGER NOT NULL,
    {COLUMNS},
    subject_type TEXT NOT NULL,
    subject_value TEXT NOT NULL,
    reason TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS refused_requests_owner ON refused_requests (subject_type, subject_value);
CREATE INDEX IF NOT EXISTS certificates_owner ON certificates (subject_type, subject_value, requested DESC);
"""


class Certificates:
    """The register. Owners are subjects: the context of a login does not matter here."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        authority: Authority,
        subjects: Subjects,
        *,
        progress: Progress = AT_ONCE,
        limits: Limits | None = None,
    ) -> None:
        self.store = store
        self.clock = clock
        self.authority = authority
        self.subjects = subjects
        self.progress = progress
        self.limits = limits or Limits(store)
        store.register(SCHEMA)

    def remaining(self, subject: Subject) -> tuple[int, int]:
        """How many requests and how many certificates are left for the subject."""
        now = self.clock.now()
        mine = self.of(subject)
        active = sum(certificate.status(now) is CertificateStatus.ACTIVE for certificate in mine)
        limits = self.limits.subject(subject)
        used = len(mine) + self._refused(subject)
        return max(0, limits.enrollments - used), max(0, limits.certificates - active)

    def enrol(
        self,
        subject: Subject,
        *,
        name: str,
        usage: Usage,
        request: x509.CertificateSigningRequest,
        valid_from: datetime,
    ) -> Certificate | RefusedRequest:
        """Take in a request whose data and signature were checked. Raises EnrollmentLimit, CertificateLimit."""
        now = self.clock.now()
        public_key = request.public_key()
        assert isinstance(public_key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
        with self.store.transaction() as db:
            requests, certificates = self.remaining(subject)
            if not requests:
                raise EnrollmentLimit
            if not certificates:
                raise CertificateLimit
            ticket = {
                "reference": reference("CE", now),
                "requested": micros(now),
                **self.progress.columns(micros(now)),
                "subject_type": subject.type,
                "subject_value": subject.value,
            }
            key_hash = _key_hash(public_key)
            if self._is_anothers(db, subject, key_hash):
                refused = {**ticket, "reason": ANOTHERS_KEY}
                return self._read_refused(insert(db, "refused_requests", refused))
            issued = self.authority.issue_ksef(
                subject=request.subject, public_key=public_key, usage=usage, valid_from=valid_from
            )
            common_names = request.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
            row = {
                **ticket,
                "name": name,
                "usage": usage,
                "common_name": str(common_names[0].value) if common_names else "",
                "serial": serial_of(issued),
                "certificate": issued.public_bytes(Encoding.DER),
                "key_hash": key_hash,
                "valid_from": micros(issued.not_valid_before_utc),
                "valid_to": micros(issued.not_valid_after_utc),
            }
            return self._read(insert(db, "certificates", row))

    def by_reference(self, subject: Subject, ref: str) -> Certificate | RefusedRequest | None:
        """The subject's request, one poll older."""
        with self.store.transaction() as db:
            for table in ("certificates", "refused_requests"):
                counted = f"UPDATE {table} SET {POLLED} WHERE reference = ? RETURNING *"
                rows = db.execute(counted, (ref,)).fetchall()
                if rows:
                    read = self._read if table == "certificates" else self._read_refused
                    request = read(rows[0])
                    return request if request.subject in self.subjects.same(subject) else None
        return None

    def by_serial(self, serial: str) -> Certificate | None:
        """Any certificate that was issued, whoever asks."""
        with self.store.transaction() as db:
            row = db.execute("SELECT * FROM certificates WHERE serial = ?", (serial,)).fetchone()
        certificate = self._read(row) if row is not None else None
        return certificate if certificate is not None and certificate.issued else None

    def owned(self, subject: Subject, serial: str) -> Certificate | None:
        """The subject's certificate with this serial number, once issued."""
        certificate = self.by_serial(serial)
        return (
            certificate
            if certificate is not None and certificate.subject in self.subjects.same(subject)
            else None
        )

    def of(self, subject: Subject) -> list[Certificate]:
        """Everything the subject has asked for, newest first."""
        with self.store.transaction() as db:
            rows = [
                row
                for certificate in self.subjects.same(subject)
                for row in db.execute(
                    "SELECT * FROM certificates WHERE subject_type = ? AND subject_value = ?",
                    (certificate.type, certificate.value),
                )
            ]
        return sorted(map(self._read, rows), key=lambda one: one.requested, reverse=True)

    def everybodys(self) -> list[Certificate]:
        """Every issued certificate, the one that ends first first."""
        with self.store.transaction() as db:
            rows = db.execute("SELECT * FROM certificates ORDER BY valid_to, id").fetchall()
        return [certificate for certificate in map(self._read, rows) if certificate.issued]

    def query(self, subject: Subject, search: Filter) -> list[Certificate]:
        """The subject's issued certificates that fit, newest first; what is being revoked is one poll older."""
        now = self.clock.now()
        with self.store.transaction() as db:
            db.executemany(
                f"UPDATE certificates SET {POLLED} WHERE revoked IS NOT NULL"
                " AND subject_type = ? AND subject_value = ?",
                [(certificate.type, certificate.value) for certificate in self.subjects.same(subject)],
            )
        return [
            certificate
            for certificate in self.of(subject)
            if certificate.issued
            and search.serial in (None, certificate.serial)
            and search.usage in (None, certificate.usage)
            and search.status in (None, certificate.status(now))
            and (search.name is None or search.name.lower() in certificate.name.lower())
            and (search.expires_after is None or certificate.valid_to > search.expires_after)
        ]

    def revoke(self, serial: str, reason: str) -> None:
        """From now on it opens nothing; it is ``Blocked`` until the revocation is done."""
        self._revoke(serial, reason)

    def block(self, serial: str, reason: str) -> None:
        """As `revoke`, of which the end does not come: it is ``Blocked`` until it is revoked once more."""
        self._revoke(serial, reason, polls_left=STUCK)

    def _revoke(self, serial: str, reason: str, **columns: int) -> None:
        now = micros(self.clock.now())
        with self.store.transaction() as db:
            db.execute(
                f"UPDATE certificates SET revoked = :now, reason = :reason, {RESTARTED}"
                f" WHERE serial = :serial AND (revoked IS NULL OR {STUCK_NOW})",
                {**self.progress.columns(now), **columns, "now": now, "reason": reason, "serial": serial},
            )

    def shorten(self, serial: str, until: datetime) -> None:
        """From ``until`` on it has run out, whatever the certificate itself says (``PUT /testdata/certificates``)."""
        with self.store.transaction() as db:
            db.execute("UPDATE certificates SET valid_to = ? WHERE serial = ?", (micros(until), serial))

    def mark_used(self, serial: str) -> None:
        """It was used now: ``lastUseDate``."""
        with self.store.transaction() as db:
            db.execute(
                "UPDATE certificates SET used = ? WHERE serial = ?", (micros(self.clock.now()), serial)
            )

    def _refused(self, subject: Subject) -> int:
        with self.store.transaction() as db:
            query = "SELECT count(*) FROM refused_requests WHERE subject_type = ? AND subject_value = ?"
            same = self.subjects.same(subject)
            return sum(
                db.execute(query, (certificate.type, certificate.value)).fetchone()[0] for certificate in same
            )

    def _is_anothers(self, db: sqlite3.Connection, subject: Subject, key_hash: bytes) -> bool:
        rows = db.execute(
            "SELECT subject_type, subject_value FROM certificates WHERE key_hash = ?", (key_hash,)
        ).fetchall()
        owners = {_subject(row) for row in rows}
        return bool(owners - set(self.subjects.same(subject)))

    def _read_refused(self, row: sqlite3.Row) -> RefusedRequest:
        return RefusedRequest(
            reference=row["reference"],
            requested=moment(row["requested"]),
            subject=_subject(row),
            reason=row["reason"],
            decided=is_due(row, self.clock.now()),
        )

    def _read(self, row: sqlite3.Row) -> Certificate:
        done = is_due(row, self.clock.now())
        return Certificate(
            reference=row["reference"],
            requested=moment(row["requested"]),
            subject=_subject(row),
            name=row["name"],
            usage=row["usage"],
            common_name=row["common_name"],
            serial=row["serial"],
            certificate=row["certificate"],
            valid_from=moment(row["valid_from"]),
            valid_to=moment(row["valid_to"]),
            revoked=moment(row["revoked"]) if row["revoked"] is not None else None,
            used=moment(row["used"]) if row["used"] is not None else None,
            issued=done or row["revoked"] is not None,
            revoking=row["revoked"] is not None and not done,
        )


def _subject(row: sqlite3.Row) -> Subject:
    return Subject(type=SubjectType(row["subject_type"]), value=row["subject_value"])


def _key_hash(key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey) -> bytes:
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
