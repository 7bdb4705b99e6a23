"""The client: one object per company and environment, over which every conversation with KSeF runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from threading import RLock
from types import TracebackType
from typing import Final, Self, TypeVar

import httpx2

from liczydlo.ksef import certificates, invoices, login, public_keys, sessions, transport
from liczydlo.ksef.certificates import (
    CertificateInfo,
    CertificateLimits,
    CertificateStatus,
    EnrollmentStatus,
    IssuedCertificate,
    RevocationReason,
)
from liczydlo.ksef.context import Context
from liczydlo.ksef.conversation import Answer, Conversation, Request, converse, pauses
from liczydlo.ksef.credentials import Credential, Purpose
from liczydlo.ksef.enrolment import EnrollmentData
from liczydlo.ksef.environments import Environment
from liczydlo.ksef.errors import Refused, Unavailable
from liczydlo.ksef.invoices import DateType, MetadataFilter, MetadataQuery, Subject
from liczydlo.ksef.login import AuthenticationSession, Challenge, Tokens
from liczydlo.ksef.public_keys import PublicKey, PublicKeyCache
from liczydlo.ksef.sessions import FA3, Form, InvoiceStatus, OnlineSession, SessionStatus

T = TypeVar("T")

_HTTP_UNAUTHORIZED: Final = 401
_SPARE: Final = timedelta(seconds=60)  # an access token is renewed this long before it expires


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


class Client:
    """A conversation partner for one environment; thread-safe, to be closed or used as a context manager.

    Given ``credential`` and ``context`` it logs in by itself when it must, and it renews an access token that
    runs out or that KSeF no longer takes. ``tokens`` are an earlier login to go on with; ``on_tokens`` is
    called, from the thread that caused it, with every new login or renewal, so that it can be kept for
    other processes.

    ``patience`` is the most seconds that one request waits for KSeF in total, over repetitions and
    ``Retry-After``. Every method raises :class:`Refused`, :class:`Unavailable` or :class:`RateLimited`.
    Methods that change something in KSeF never repeat a request that may have been carried out: look at
    ``Unavailable.answer_lost``.
    """

    def __init__(
        self,
        environment: Environment,
        *,
        http: httpx2.Client | None = None,
        clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        tokens: Tokens | None = None,
        credential: Credential | None = None,
        context: Context | None = None,
        on_tokens: Callable[[Tokens], None] | None = None,
        trust_env: bool = True,
        patience: float = 10.0,
        keys: PublicKeyCache = public_keys.SHARED,
    ) -> None:
        self.environment = environment
        self._http = http or transport.http_client(trust_env=trust_env)
        self._owns_http = http is None
        self._clock = clock
        self._sleep = sleep
        self._transport = transport.Transport(
            environment, self._http, sleep=sleep, clock=clock, patience=patience
        )
        self._tokens = tokens
        self._credential = credential
        self._context = context
        self._on_tokens = on_tokens
        self._keys = keys
        self._lock = RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, unless they were given from outside."""
        if self._owns_http:
            self._http.close()

    # Logging in

    @property
    def tokens(self) -> Tokens | None:
        """The login in use."""
        return self._tokens

    def login(self, context: Context | None = None, credential: Credential | None = None) -> Tokens:
        """Log in by certificate; what is not given is taken from the constructor, and given things are kept.

        Raises :class:`Refused` with code ``not-logged-in`` when there is nothing to log in with.
        """
        with self._lock:
            self._context = context or self._context
            self._credential = credential or self._credential
            if self._context is None or self._credential is None:
                raise Refused(status=_HTTP_UNAUTHORIZED, code="not-logged-in")
            return self._keep(
                self._run(login.certificate_login(self._context, self._credential, clock=self._clock))
            )

    def refresh(self) -> Tokens:
        """Renew the access token with the refresh token, with the permissions of this moment."""
        with self._lock:
            if self._tokens is None:
                raise Refused(status=_HTTP_UNAUTHORIZED, code="not-logged-in")
            return self._keep(self._run(login.refresh(self._tokens)))

    def challenge(self) -> Challenge:
        """A challenge for a login that somebody else signs; valid for ten minutes."""
        return self._run(login.challenge())

    def active_sessions(self) -> tuple[AuthenticationSession, ...]:
        """The logins that are alive in this context."""
        return self._run(login.active_sessions())

    def end_session(self) -> None:
        """Invalidate the current login's refresh token, and forget the login."""
        self._run(login.end_current_session())
        with self._lock:
            self._tokens = None

    def public_keys(self) -> tuple[PublicKey, ...]:
        """The Ministry's public keys as of now, past the cache."""
        keys = self._run(public_keys.fetch())
        self._keys.put(self.environment.api, self._clock(), keys)
        return keys

    # KSeF certificates

    def certificate_limits(self) -> CertificateLimits:
        """How many certificates the logged-in subject may have and ask for."""
        return self._run(certificates.limits())

    def enrollment_data(self) -> EnrollmentData:
        """The name that a certificate request must carry."""
        return self._run(certificates.enrollment_data())

    def request_certificate(
        self, name: str, kind: Purpose, csr: bytes, valid_from: datetime | None = None
    ) -> str:
        """Ask for a certificate; the CSR is DER. Returns the request's reference."""
        return self._run(certificates.request(name, kind, csr, valid_from))

    def enrollment_status(self, reference: str) -> EnrollmentStatus:
        """Where a certificate request stands."""
        return self._run(certificates.status(reference))

    def wait_for_certificate(self, reference: str, *, patience: float = 60.0) -> IssuedCertificate:
        """Wait until the request is decided and fetch the certificate.

        Raises :class:`Refused` for a rejected request, :class:`Unavailable` ``not-finished`` after
        ``patience`` seconds.
        """
        return self._run(_issued(reference, patience))

    def retrieve_certificates(self, serials: Sequence[str]) -> tuple[IssuedCertificate, ...]:
        """Certificates by serial number."""
        return self._run(certificates.retrieve(serials))

    def query_certificates(
        self,
        *,
        kind: Purpose | None = None,
        status: CertificateStatus | None = None,
        name: str | None = None,
    ) -> tuple[CertificateInfo, ...]:
        """The subject's certificates, all that fit."""
        return self._run(certificates.query(purpose=kind, status=status, name=name))

    def revoke_certificate(self, serial: str, reason: RevocationReason = "Unspecified") -> None:
        """Revoke a certificate for good."""
        self._run(certificates.revoke(serial, reason))

    # Sending

    def open_online(self, form: Form = FA3) -> OnlineSession:
        """Open an interactive session for one kind of document."""
        return self._run(
            sessions.open_online(api=self.environment.api, cache=self._keys, clock=self._clock, form=form)
        )

    def send_invoice(
        self,
        session: OnlineSession,
        xml: bytes,
        *,
        offline: bool = False,
        corrected_sha256: bytes | None = None,
    ) -> str:
        """Send one document; returns its reference within the session. See :func:`sessions.send_invoice`."""
        return self._run(
            sessions.send_invoice(session, xml, offline=offline, corrected_sha256=corrected_sha256)
        )

    def close_online(self, reference: str) -> None:
        """Close an interactive session; its collective UPO is made afterwards."""
        self._run(sessions.close_online(reference))

    def session_status(self, reference: str) -> SessionStatus:
        """Where a session stands, and its UPO pages once it is done."""
        return self._run(sessions.session_status(reference))

    def session_invoices(self, reference: str) -> Iterator[InvoiceStatus]:
        """What became of every invoice of a session, page after page."""
        token: str | None = None
        while True:
            page = self._run(sessions.invoice_page(reference, token))
            yield from page.invoices
            token = page.next_token
            if token is None:
                return

    def find_invoice(self, session_reference: str, sha256: bytes) -> InvoiceStatus | None:
        """What a session holds of the document with this hash: the thing to ask after a lost answer.

        Of several, the accepted one, else one in progress, else the last.
        """
        found = [status for status in self.session_invoices(session_reference) if status.sha256 == sha256]
        return max(found, key=lambda one: (one.accepted, one.in_progress, one.ordinal), default=None)

    def invoice_status(self, session_reference: str, invoice_reference: str) -> InvoiceStatus:
        """What became of one invoice."""
        return self._run(sessions.invoice_status(session_reference, invoice_reference))

    def upo(self, session_reference: str, invoice_reference: str) -> bytes:
        """The UPO of one accepted invoice: signed XML, compared with the hash that came with it."""
        return self._run(sessions.invoice_upo(session_reference, invoice_reference))

    def session_upo(self, session_reference: str, upo_reference: str) -> bytes:
        """A page of a session's collective UPO."""
        return self._run(sessions.session_upo(session_reference, upo_reference))

    # Receiving

    def invoice(self, ksef_number: str) -> bytes:
        """A document by its KSeF number, byte for byte, compared with the hash that came with it."""
        return self._run(invoices.invoice(ksef_number))

    def query_metadata(
        self,
        subject: Subject,
        date_from: datetime,
        date_to: datetime | None = None,
        date_type: DateType = "PermanentStorage",
        *,
        until_hwm: bool = False,
        ksef_number: str | None = None,
        invoice_number: str | None = None,
        seller_nip: str | None = None,
    ) -> MetadataQuery:
        """Invoices in which the context has the part ``subject``, oldest first, asked for as they are
        iterated.

        Dates are aware. The result's ``hwm`` tells up to when it is complete.
        """
        criteria = MetadataFilter(
            subject=subject,
            date_from=date_from,
            date_to=date_to,
            date_type=date_type,
            until_hwm=until_hwm,
            ksef_number=ksef_number,
            invoice_number=invoice_number,
            seller_nip=seller_nip,
        )
        return MetadataQuery(self._run, criteria)

    # Running conversations

    def _run(self, conversation: Conversation[T]) -> T:
        return converse(conversation, self._perform, self._sleep)

    def _perform(self, request: Request) -> Answer:
        if request.bearer is not None:
            return self._transport.perform(request, request.bearer)
        access = self._access()
        try:
            return self._transport.perform(request, access)
        except Refused as refusal:
            if refusal.status != _HTTP_UNAUTHORIZED:
                raise
        # 401 means that nothing was carried out, so any request may go again under a new token
        return self._transport.perform(request, self._renewed(access))

    def _access(self) -> str:
        with self._lock:
            tokens = self._tokens
            if tokens is None or self._clock() >= tokens.access_valid_until - _SPARE:
                return self._renewed(tokens.access if tokens else None)
            return tokens.access

    def _renewed(self, stale: str | None) -> str:
        """Another access token than the stale one: somebody else's renewal, a refresh, or a new login."""
        with self._lock:
            tokens = self._tokens
            if tokens is not None and tokens.access != stale:
                return tokens.access
            if tokens is not None and self._clock() < tokens.refresh_valid_until:
                try:
                    return self.refresh().access
                except Refused:
                    if self._credential is None:
                        raise
            return self.login().access

    def _keep(self, tokens: Tokens) -> Tokens:
        self._tokens = tokens
        if self._on_tokens is not None:
            self._on_tokens(tokens)
        return tokens


def _issued(reference: str, patience: float) -> Conversation[IssuedCertificate]:
    waits = pauses(patience)
    while True:
        status = yield from certificates.status(reference)
        status.raise_if_failed(reference)
        if status.serial is not None:
            break
        pause = next(waits, None)
        if pause is None:
            raise Unavailable("not-finished", reference=reference)
        yield pause
    (issued,) = yield from certificates.retrieve([status.serial])
    return issued
