"""Whether a login succeeds, and with which permissions: the last step, taken when its time has come."""

from __future__ import annotations

from cryptography import x509

from ...clock import Clock
from ...store import Store
from ..identity.ca import Authority, serial_of
from ..identity.certificate import CertificateStatus
from ..identity.certificates import Certificates
from ..identity.contexts import Context
from ..identity.peppol import Providers, is_provider
from ..identity.subjects import Subjects
from .ksef_tokens import KsefTokens, TokenStatus
from .logins import BLOCKED, DECEASED, NO_PERMISSIONS, WRONG_TOKEN, Login, Method
from .permissions import Permission, Permissions

SCHEMA = """
CREATE TABLE IF NOT EXISTS blocked_contexts (
    type TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (type, value)
) WITHOUT ROWID;
"""


class Verdicts:
    """Decides by what the registers say at that moment."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        authority: Authority,
        certificates: Certificates,
        ksef_tokens: KsefTokens,
        permissions: Permissions,
        subjects: Subjects,
        providers: Providers,
    ) -> None:
        self.store = store
        self.clock = clock
        self.authority = authority
        self.certificates = certificates
        self.ksef_tokens = ksef_tokens
        self.permissions = permissions
        self.subjects = subjects
        self.providers = providers
        store.register(SCHEMA)

    def of(self, login: Login) -> tuple[int, str | None]:
        """The status code and its detail."""
        if self.is_blocked(login.context):
            return BLOCKED
        wrong = self._wrong_token(login) if login.method is Method.TOKEN else self._wrong_certificate(login)
        if wrong:
            return wrong
        if self.subjects.is_deceased(login.subject):
            return DECEASED
        if not self.permissions_of(login):
            return NO_PERMISSIONS
        if login.certificate is not None and is_provider(login.certificate, login.context):
            self.providers.register(login.certificate)
        if login.token is not None:
            self.ksef_tokens.mark_used(login.token)
        return 200, None

    def now(self, login: Login) -> int:
        """The status code that stands against tokens of a login that once succeeded, or 200."""
        if login.code != 200:
            return login.code
        if self.is_blocked(login.context):
            return BLOCKED[0]
        if login.method is Method.TOKEN and self._wrong_token(login):
            return WRONG_TOKEN
        if self.subjects.is_deceased(login.subject):
            return DECEASED[0]
        return 200 if self.permissions_of(login) else NO_PERMISSIONS[0]

    def _wrong_token(self, login: Login) -> tuple[int, str] | None:
        token = self.ksef_tokens.by_reference(login.token) if login.token else None
        if token is None:
            return WRONG_TOKEN, login.refusal or "Nieprawidłowy token"
        if token.context != login.context:
            return WRONG_TOKEN, f"Token nie może być użyty w kontekście {login.context.value}"
        if token.status in (TokenStatus.REVOKING, TokenStatus.REVOKED):
            return WRONG_TOKEN, "Token unieważniony"
        if token.status is TokenStatus.PENDING:
            return WRONG_TOKEN, "Token nieaktywny"
        return None

    def _wrong_certificate(self, login: Login) -> tuple[int, str] | None:
        certificate, now = login.certificate, self.clock.now()
        if certificate is None:
            return 460, "Niepoprawny certyfikat"
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            return 460, "Nieważny certyfikat"
        if login.method is not Method.INTERNAL_CERTIFICATE:
            return None if self._is_trusted(certificate, login) else (460, "Niezaufany łańcuch certyfikatów")
        registered = self.certificates.by_serial(serial_of(certificate))
        if registered is None or registered.usage != "Authentication":
            return 460, "Niepoprawny certyfikat"
        refused = {
            CertificateStatus.REVOKED: "Certyfikat odwołany",
            CertificateStatus.BLOCKED: "Certyfikat zawieszony",
            CertificateStatus.EXPIRED: "Nieważny certyfikat",
        }.get(registered.status(now))
        if refused:
            return 460, refused
        self.certificates.mark_used(registered.serial)
        return None

    def _is_trusted(self, certificate: x509.Certificate, login: Login) -> bool:
        """Self-signed ones too, as on TEST, unless the client asked otherwise."""
        if self.authority.is_qualified(certificate):
            return True
        return not login.trusted_only and self.authority.is_self_signed(certificate)

    def permissions_of(self, login: Login) -> frozenset[Permission]:
        """What the login may do now: a token never more than it was made for, nor more than its author."""
        if login.certificate is not None and is_provider(login.certificate, login.context):
            return frozenset({Permission.PEF_INVOICE_WRITE})
        allowed = self.permissions.of(login.context, login.subject)
        if login.method is not Method.TOKEN:
            return allowed
        token = self.ksef_tokens.by_reference(login.token) if login.token else None
        return allowed & frozenset(token.permissions) if token is not None else frozenset()

    def block(self, context: Context) -> None:
        """Nobody logs in to the context any more (480); again is no error."""
        with self.store.transaction() as db:
            values = (context.type, context.value)
            db.execute("INSERT OR IGNORE INTO blocked_contexts (type, value) VALUES (?, ?)", values)

    def unblock(self, context: Context) -> None:
        """The context is open again."""
        with self.store.transaction() as db:
            values = (context.type, context.value)
            db.execute("DELETE FROM blocked_contexts WHERE type = ? AND value = ?", values)

    def is_blocked(self, context: Context) -> bool:
        """Whether the context was blocked."""
        with self.store.transaction() as db:
            query = "SELECT 1 FROM blocked_contexts WHERE type = ? AND value = ?"
            return db.execute(query, (context.type, context.value)).fetchone() is not None
