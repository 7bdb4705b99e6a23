"""Logging in: challenges, login operations, the sessions that come of them, and who a token speaks for."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ..clock import Clock
from ..login.holder import holder
from ..login.token_request import Policy, TokenRequest
from ..store import Store
from .ca import Authority, serial_of
from .certificate import CertificateStatus
from .certificates import Certificates
from .contexts import Context, ContextType
from .moments import micros, moment
from .permissions import Permission, Permissions
from .progress import AT_ONCE, Progress
from .references import reference
from .subjects import Subject, Subjects, SubjectType
from .tokens import LIFETIMES, Token, Tokens, TokenType

CHALLENGE_LIFETIME = timedelta(minutes=10)
KEPT = timedelta(days=7)
"""How long an operation can be asked about (OpenAPI, ``GET /auth/{referenceNumber}``)."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS challenges (challenge TEXT PRIMARY KEY, created INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS logins (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    started INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    polls_left INTEGER NOT NULL,
    context_type TEXT NOT NULL,
    context_value TEXT NOT NULL,
    subject_type TEXT NOT NULL,
    subject_value TEXT NOT NULL,
    method TEXT NOT NULL,
    certificate BLOB NOT NULL,
    document_hash TEXT NOT NULL,     -- Base64 of the SHA-256 of the signed document; receipts name it
    trusted_only INTEGER NOT NULL,
    policy TEXT NOT NULL,
    code INTEGER NOT NULL DEFAULT 100,
    detail TEXT,
    redeemed INTEGER,
    refreshed INTEGER,
    refresh_until INTEGER
);
CREATE INDEX IF NOT EXISTS logins_active ON logins (context_type, context_value, code, started DESC);
"""
DESCRIPTIONS = {
    100: "Uwierzytelnianie w toku",
    200: "Uwierzytelnianie zakończone sukcesem",
    415: "Uwierzytelnianie zakończone niepowodzeniem",
    425: "Uwierzytelnienie unieważnione",
    460: "Uwierzytelnianie zakończone niepowodzeniem z powodu błędu certyfikatu",
    470: "Uwierzytelnianie zakończone niepowodzeniem",
}
NO_PERMISSIONS = (415, "Brak przypisanych uprawnień")
REVOKED_BY_USER = (425, "Uwierzytelnienie i powiązane refresh tokeny zostały unieważnione przez użytkownika")
DECEASED = (470, "Próba wykorzystania metod autoryzacyjnych osoby zmarłej")


class Method(StrEnum):
    """``AuthenticationMethod``."""

    INTERNAL_CERTIFICATE = "InternalCertificate"
    QUALIFIED_SIGNATURE = "QualifiedSignature"
    QUALIFIED_SEAL = "QualifiedSeal"

    @property
    def code(self) -> str:
        """``AuthenticationMethodInfo.code``."""
        return {
            Method.INTERNAL_CERTIFICATE: "xades.ksef-certificate",
            Method.QUALIFIED_SIGNATURE: "xades.qualified-signature",
            Method.QUALIFIED_SEAL: "xades.qualified-seal",
        }[self]

    @property
    def display_name(self) -> str:
        """``AuthenticationMethodInfo.displayName``."""
        return {
            Method.INTERNAL_CERTIFICATE: "Certyfikat KSeF",
            Method.QUALIFIED_SIGNATURE: "Podpis kwalifikowany",
            Method.QUALIFIED_SEAL: "Pieczęć kwalifikowana",
        }[self]


class BadChallenge(Exception):
    """21111: not ours, used, or too old."""


class NoIdentifier(Exception):
    """21115: the certificate does not say whose it is."""


@dataclass(frozen=True, kw_only=True)
class Login:
    """One login: an operation first, a session once its tokens are redeemed."""

    reference: str
    started: datetime
    context: Context
    subject: Subject
    method: Method
    certificate: x509.Certificate
    document_hash: str
    trusted_only: bool
    policy: Policy
    code: int
    detail: str | None
    redeemed: datetime | None
    refreshed: datetime | None
    refresh_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who a request comes from, as its access token says.

    Permissions are those of the moment when the token was given, and later changes do not touch it. ``login`` is the
    reference number of the login, ``document_hash`` (Base64, SHA-256) and ``certificate`` are of its signed document.
    """

    context: Context
    subject: Subject
    permissions: frozenset[Permission]
    login: str
    method: Method
    document_hash: str
    certificate: x509.Certificate
    policy: Policy


class Auth:
    """Everything about logging in."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        authority: Authority,
        certificates: Certificates,
        permissions: Permissions,
        subjects: Subjects,
        progress: Progress = AT_ONCE,
    ) -> None:
        """Registers its tables."""
        self.store = store
        self.clock = clock
        self.authority = authority
        self.certificates = certificates
        self.permissions = permissions
        self.subjects = subjects
        self.progress = progress
        store.register(SCHEMA)
        self.tokens = Tokens(store, clock)

    def challenge(self) -> tuple[str, datetime]:
        """A new challenge and when it was made."""
        now = self.clock.now()
        made = reference("CR", now)
        with self.store.transaction() as db:
            oldest = micros(now - CHALLENGE_LIFETIME)
            db.execute("DELETE FROM challenges WHERE created < ?", (oldest,))
            db.execute("INSERT INTO challenges (challenge, created) VALUES (?, ?)", (made, micros(now)))
        return made, now

    def begin(
        self,
        request: TokenRequest,
        certificate: x509.Certificate,
        *,
        document_hash: str = "",
        trusted_only: bool = False,
    ) -> tuple[Login, Token]:
        """Begin a login with a verified signature; its token is the operation's.

        ``trusted_only`` refuses self-signed certificates (``verifyCertificateChain``). Raises BadChallenge,
        NoIdentifier.
        """
        now = self.clock.now()
        known = self.certificates.by_serial(serial_of(certificate)) if self._is_of_ksef(certificate) else None
        owner = holder(certificate, by_fingerprint=request.by_fingerprint)
        subject = known.subject if known is not None else owner.subject if owner is not None else None
        if subject is None:
            raise NoIdentifier
        is_seal = owner is not None and owner.is_seal
        method = (
            Method.INTERNAL_CERTIFICATE
            if self._is_of_ksef(certificate)
            else Method.QUALIFIED_SEAL
            if is_seal
            else Method.QUALIFIED_SIGNATURE
        )
        row = {
            "reference": reference("AU", now),
            "started": micros(now),
            "due_at": self.progress.due_at(micros(now)),
            "polls_left": self.progress.polls,
            "context_type": request.context.type,
            "context_value": request.context.value,
            "subject_type": subject.type,
            "subject_value": subject.value,
            "method": method,
            "certificate": certificate.public_bytes(Encoding.DER),
            "document_hash": document_hash,
            "trusted_only": trusted_only,
            "policy": json.dumps([request.policy.addresses, request.policy.ranges, request.policy.masks]),
        }
        with self.store.transaction() as db:
            self._use(db, request.challenge, now)
            columns, marks = ", ".join(row), ", ".join(f":{column}" for column in row)
            db.execute(f"INSERT INTO logins ({columns}) VALUES ({marks})", row)  # noqa: S608 - our columns
        login = self.login(str(row["reference"]))
        assert login is not None
        return login, self.tokens.issue(TokenType.OPERATION, login.reference)

    def _use(self, db: sqlite3.Connection, challenge: str, now: datetime) -> None:
        oldest = micros(now - CHALLENGE_LIFETIME)
        used = db.execute("DELETE FROM challenges WHERE challenge = ? AND created >= ?", (challenge, oldest))
        if not used.rowcount:
            raise BadChallenge

    def _is_of_ksef(self, certificate: x509.Certificate) -> bool:
        return self.authority.is_of_ksef(certificate)

    def poll(self, ref: str) -> Login | None:
        """A login as it is now: its checks end when their time has come. None when it is not kept (any more)."""
        with self.store.transaction() as db:
            db.execute("UPDATE logins SET polls_left = polls_left - 1 WHERE reference = ?", (ref,))
            row = db.execute("SELECT * FROM logins WHERE reference = ?", (ref,)).fetchone()
            if row is None:
                return None
            due = row["polls_left"] <= 0 and row["due_at"] <= micros(self.clock.now())
            if row["code"] == 100 and due:
                code, detail = self._decide(_login(row))
                db.execute("UPDATE logins SET code = ?, detail = ? WHERE reference = ?", (code, detail, ref))
        return self.login(ref)

    def _decide(self, login: Login) -> tuple[int, str | None]:
        certificate, now = login.certificate, self.clock.now()
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            return 460, "Nieważny certyfikat"
        if login.method is Method.INTERNAL_CERTIFICATE:
            known = self.certificates.by_serial(serial_of(certificate))
            if known is None or known.usage != "Authentication":
                return 460, "Niepoprawny certyfikat"
            if known.status(now) is CertificateStatus.REVOKED:
                return 460, "Certyfikat odwołany"
            self.certificates.mark_used(known.serial)
        elif not self._is_trusted(certificate, login):
            return 460, "Niezaufany łańcuch certyfikatów"
        if self.subjects.is_deceased(login.subject):
            return DECEASED
        if not self.permissions.of(login.context, login.subject):
            return NO_PERMISSIONS
        return 200, None

    def _is_trusted(self, certificate: x509.Certificate, login: Login) -> bool:
        """Self-signed ones too, as on TEST, unless the client asked otherwise."""
        if self.authority.is_qualified(certificate):
            return True
        return not login.trusted_only and self.authority.is_self_signed(certificate)

    def login(self, ref: str) -> Login | None:
        """A login by its reference number."""
        with self.store.transaction() as db:
            row = db.execute("SELECT * FROM logins WHERE reference = ?", (ref,)).fetchone()
        return _login(row) if row is not None else None

    def redeem(self, login: Login) -> tuple[Token, Token] | None:
        """The access and the refresh token of a login that succeeded; None when they were taken before."""
        refresh = self.tokens.issue(TokenType.REFRESH, login.reference)
        with self.store.transaction() as db:
            taken = db.execute(
                "UPDATE logins SET redeemed = ?, refresh_until = ? WHERE reference = ? AND redeemed IS NULL",
                (micros(self.clock.now()), micros(refresh.valid_until), login.reference),
            )
            if not taken.rowcount:
                return None
        return self.access(login), refresh

    def refresh(self, login: Login) -> Token | None:
        """A new access token, with the permissions of now; None when there are none any more."""
        if not self.permissions.of(login.context, login.subject):
            return None
        with self.store.transaction() as db:
            values = (micros(self.clock.now()), login.reference)
            db.execute("UPDATE logins SET refreshed = ? WHERE reference = ?", values)
        return self.access(login)

    def access(self, login: Login) -> Token:
        """An access token, with the permissions of now."""
        permissions = self.permissions.of(login.context, login.subject)
        details = {"SubjectIdentifier": {"Type": login.subject.type, "Value": login.subject.value}}
        return self.tokens.issue(
            TokenType.ACCESS,
            login.reference,
            **{
                "context-identifier-type": login.context.type,
                "context-identifier-value": login.context.value,
                "authentication-method": login.method,
                "subject-details": json.dumps(details),
                "permissions": sorted(permissions),
            },
        )

    def principal(self, access_token: str) -> Principal | None:
        """Who an access token speaks for, until it runs out, even if its login was revoked; None for no valid token."""
        claims = self.tokens.read(access_token, TokenType.ACCESS)
        login = self.login(claims["operation-reference-number"]) if claims is not None else None
        if claims is None or login is None:
            return None
        return Principal(
            context=login.context,
            subject=login.subject,
            permissions=frozenset(map(Permission, claims["permissions"])),
            login=login.reference,
            method=login.method,
            document_hash=login.document_hash,
            certificate=login.certificate,
            policy=login.policy,
        )

    def active(self, principal: Principal) -> list[Login]:
        """The living logins of this subject in this context, newest first."""
        now = micros(self.clock.now())
        with self.store.transaction() as db:
            rows = db.execute(
                "SELECT * FROM logins WHERE context_type = ? AND context_value = ? AND subject_type = ?"
                " AND subject_value = ? AND code = 200 AND COALESCE(refresh_until, started + ?) > ?"
                " ORDER BY started DESC, id DESC",
                (
                    principal.context.type,
                    principal.context.value,
                    principal.subject.type,
                    principal.subject.value,
                    int(LIFETIMES[TokenType.OPERATION] / timedelta(microseconds=1)),
                    now,
                ),
            ).fetchall()
        return [_login(row) for row in rows]

    def revoke(self, ref: str) -> None:
        """End a login: nothing can be refreshed with it any more."""
        code, detail = REVOKED_BY_USER
        with self.store.transaction() as db:
            db.execute("UPDATE logins SET code = ?, detail = ? WHERE reference = ?", (code, detail, ref))


def _login(row: sqlite3.Row) -> Login:
    addresses, ranges, masks = json.loads(row["policy"])
    return Login(
        reference=row["reference"],
        started=moment(row["started"]),
        context=Context(type=ContextType(row["context_type"]), value=row["context_value"]),
        subject=Subject(type=SubjectType(row["subject_type"]), value=row["subject_value"]),
        method=Method(row["method"]),
        certificate=x509.load_der_x509_certificate(row["certificate"]),
        document_hash=row["document_hash"],
        trusted_only=bool(row["trusted_only"]),
        policy=Policy(addresses=tuple(addresses), ranges=tuple(ranges), masks=tuple(masks)),
        code=row["code"],
        detail=row["detail"],
        redeemed=moment(row["redeemed"]) if row["redeemed"] is not None else None,
        refreshed=moment(row["refreshed"]) if row["refreshed"] is not None else None,
        refresh_until=moment(row["refresh_until"]) if row["refresh_until"] is not None else None,
    )
