"""Logging in: with a signed document or a KSeF token, and the sessions that come of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ...clock import Clock
from ...login.holder import fingerprint, holder, name_of
from ...login.token_request import Policy, TokenRequest
from ...store import Store, insert
from ..identity.ca import Authority, serial_of
from ..identity.certificates import Certificates
from ..identity.contexts import OF_CONTEXT, Context, ContextType
from ..identity.keys import Keys, KeyUsage
from ..identity.peppol import is_provider
from ..identity.subjects import Subject, SubjectType
from ..numbers import reference
from ..time.moments import micros
from ..time.progress import AT_ONCE, POLLED, Progress, is_due
from .challenges import Challenges
from .ksef_tokens import KsefToken, KsefTokens
from .logins import REVOKED_BY_USER, SCHEMA, Login, Method, NoIdentifier, NotProvider, Principal, login_of
from .permissions import Permission
from .tokens import LIFETIMES, Token, Tokens, TokenType
from .verdicts import Verdicts

_ENCRYPTED = re.compile(r"(.+)\|(\d{1,19})", re.ASCII)
_UNREAD = Subject(type=SubjectType.FINGERPRINT, value="")
"""Who logs in with a token that could not be read: nobody."""


class Auth:
    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        authority: Authority,
        keys: Keys,
        certificates: Certificates,
        ksef_tokens: KsefTokens,
        verdicts: Verdicts,
        progress: Progress = AT_ONCE,
    ) -> None:
        self.store = store
        self.clock = clock
        self.authority = authority
        self.keys = keys
        self.certificates = certificates
        self.ksef_tokens = ksef_tokens
        self.verdicts = verdicts
        self.progress = progress
        store.register(SCHEMA)
        self.tokens = Tokens(store, clock)
        self.challenges = Challenges(store, clock)

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
        NoIdentifier, NotProvider.
        """
        subject, method = self._subject_of(request, certificate)
        self.challenges.use(request.challenge)
        return self._begin(
            request.context,
            subject,
            method,
            request.policy,
            {
                "certificate": certificate.public_bytes(Encoding.DER),
                "document_hash": document_hash,
                "trusted_only": trusted_only,
            },
        )

    def begin_with_token(
        self, challenge: str, context: Context, encrypted: bytes, policy: Policy, key_id: str | None = None
    ) -> tuple[Login, Token]:
        """Begin a login with ``token|timestampMs``, encrypted with KSeF's key. What is wrong with it comes out in the
        login's status (450). Raises BadChallenge, LookupError for a key that is not accepted."""
        try:
            plain = self.keys.decrypt(KeyUsage.TOKEN, encrypted, key_id)
        except ValueError:
            plain = b""
        issued_ms = micros(self.challenges.use(challenge)) // 1000
        token, refusal = self._read(plain, issued_ms)
        values = {"token": token.reference if token else None, "refusal": refusal}
        return self._begin(context, token.author if token else _UNREAD, Method.TOKEN, policy, values)

    def _read(self, plain: bytes, challenged: int) -> tuple[KsefToken | None, str | None]:
        """The token of a decrypted text, or why there is none; ``challenged`` is in milliseconds of the epoch."""
        if not plain:
            return None, "Nieprawidłowe szyfrowanie tokena"
        try:
            parts = _ENCRYPTED.fullmatch(plain.decode())
        except UnicodeDecodeError:
            parts = None
        if parts is None:
            return None, "Nieprawidłowe kodowanie tokena"
        if int(parts[2]) != challenged:
            return None, "Nieprawidłowy czas tokena"
        token = self.ksef_tokens.by_text(parts[1])
        return token, None if token else "Nieprawidłowy token"

    def _subject_of(self, request: TokenRequest, certificate: x509.Certificate) -> tuple[Subject, Method]:
        internal = self.authority.is_of_ksef(certificate)
        provider = is_provider(certificate, request.context)
        if request.context.type is ContextType.PEPPOL_ID and not provider:
            raise NotProvider
        if provider and not internal:
            value = fingerprint(certificate)
            return Subject(type=SubjectType.FINGERPRINT, value=value), Method.PEPPOL_SIGNATURE
        entry = self.certificates.by_serial(serial_of(certificate)) if internal else None
        owner = holder(certificate, by_fingerprint=request.by_fingerprint)
        subject = entry.subject if entry is not None else owner.subject if owner is not None else None
        if subject is None:
            raise NoIdentifier
        if internal:
            return subject, Method.INTERNAL_CERTIFICATE
        is_seal = owner is not None and owner.is_seal
        return subject, Method.QUALIFIED_SEAL if is_seal else Method.QUALIFIED_SIGNATURE

    def _begin(
        self, context: Context, subject: Subject, method: Method, policy: Policy, more: Mapping[str, Any]
    ) -> tuple[Login, Token]:
        now = self.clock.now()
        row = {
            "reference": reference("AU", now),
            "started": micros(now),
            **self.progress.columns(micros(now)),
            **context.columns,
            "subject_type": subject.type,
            "subject_value": subject.value,
            "method": method,
            "trusted_only": False,
            "policy": json.dumps([policy.addresses, policy.ranges, policy.masks]),
            **more,
        }
        with self.store.transaction() as db:
            login = login_of(insert(db, "logins", row))
        return login, self.tokens.issue(TokenType.OPERATION, login.reference)

    def poll(self, ref: str) -> Login | None:
        """A login as it is now: its checks end when their time has come. None when it is not kept (any more)."""
        with self.store.transaction() as db:
            row = db.execute(f"UPDATE logins SET {POLLED} WHERE reference = ? RETURNING *", (ref,)).fetchone()
            if row is None:
                return None
            if row["code"] == 100 and is_due(row, self.clock.now()):
                code, detail = self.verdicts.of(login_of(row))
                db.execute("UPDATE logins SET code = ?, detail = ? WHERE reference = ?", (code, detail, ref))
        return self.login(ref)

    def login(self, ref: str) -> Login | None:
        """A login by its reference number."""
        with self.store.transaction() as db:
            row = db.execute("SELECT * FROM logins WHERE reference = ?", (ref,)).fetchone()
        return login_of(row) if row is not None else None

    def redeem(self, login: Login) -> tuple[Token, Token] | None:
        """The access and the refresh token of a login that succeeded; None when they were taken before."""
        refresh = self.tokens.issue(TokenType.REFRESH, login.reference)
        with self.store.transaction() as db:
            updated = db.execute(
                "UPDATE logins SET redeemed = ?, refresh_until = ? WHERE reference = ? AND redeemed IS NULL",
                (micros(self.clock.now()), micros(refresh.valid_until), login.reference),
            )
            if not updated.rowcount:
                return None
        return self.access(login), refresh

    def refresh(self, login: Login) -> Token:
        """A new access token, with the permissions of now, for a login that nothing stands against."""
        with self.store.transaction() as db:
            values = (micros(self.clock.now()), login.reference)
            db.execute("UPDATE logins SET refreshed = ? WHERE reference = ?", values)
        return self.access(login)

    def access(self, login: Login) -> Token:
        """An access token, with the permissions of now. Claims are named as in the live system's tokens."""
        permissions = sorted(self.verdicts.permissions_of(login))
        subject: dict[str, Any] = {
            "subjectIdentifier": {"type": login.subject.type, "value": login.subject.value}
        }
        if login.certificate is not None:
            subject |= name_of(login.certificate)
        return self.tokens.issue(
            TokenType.ACCESS,
            login.reference,
            cit=login.context.type,
            civ=login.context.value,
            aum=login.method,
            sud=json.dumps(subject),
            per=permissions,
            pec=[],
            rol=[],
            pep=[],
            iop=[],
        )

    def principal(self, access_token: str) -> Principal | None:
        """Who an access token speaks for, until it runs out, even if its login was revoked; None for no valid token."""
        claims = self.tokens.read(access_token, TokenType.ACCESS)
        login = self.login(claims["arn"]) if claims is not None else None
        if claims is None or login is None:
            return None
        return Principal(
            context=login.context,
            subject=login.subject,
            permissions=frozenset(map(Permission, claims["per"])),
            login=login.reference,
            method=login.method,
            document_hash=login.document_hash,
            token=login.token,
            certificate=login.certificate,
            policy=login.policy,
        )

    def active(self, principal: Principal) -> list[Login]:
        """The living logins of this subject in this context, newest first."""
        now = micros(self.clock.now())
        with self.store.transaction() as db:
            rows = db.execute(
                f"SELECT * FROM logins WHERE {OF_CONTEXT} AND subject_type = ?"
                " AND subject_value = ? AND code = 200 AND COALESCE(refresh_until, started + ?) > ?"
                " ORDER BY started DESC, id DESC",
                (
                    *principal.context.key,
                    principal.subject.type,
                    principal.subject.value,
                    int(LIFETIMES[TokenType.OPERATION] / timedelta(microseconds=1)),
                    now,
                ),
            ).fetchall()
        return [login_of(row) for row in rows]

    def revoke(self, ref: str) -> None:
        """End a login: nothing can be refreshed with it any more."""
        code, detail = REVOKED_BY_USER
        with self.store.transaction() as db:
            db.execute("UPDATE logins SET code = ?, detail = ? WHERE reference = ?", (code, detail, ref))
