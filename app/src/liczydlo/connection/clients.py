"""What other features ask of a company's connection: a client that is logged in, the offline key, the environment.

A valid certificate goes before a KSeF token; the token is used where there is no certificate, or it has expired.

The login is shared: KSeF's tokens are kept sealed in the database, so that other requests, workers and machines go on
with them; whoever renews them stores the new ones. So is a refusal: while KSeF does not let the company in, it is
asked again only after pauses that grow, however many jobs there are.

A loaded private key is kept in memory for a while, because loading an RSA key costs 36 ms.
"""

from __future__ import annotations

import datetime as dt
import functools
import logging
from collections.abc import Callable

import httpx2
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from liczydlo import ksef
from liczydlo.companies.environments import environment_of
from liczydlo.companies.models import Company, Environment
from liczydlo.connection import machine_clock, vault
from liczydlo.connection.errors import NotConnected
from liczydlo.connection.models import (
    KsefLogin,
    Purpose,
    RefusedLogin,
    StoredCertificate,
    StoredToken,
    passphrase_of,
)
from liczydlo.connection.passphrase import wrapping
from liczydlo.connection.signals import connected
from liczydlo.jobs.claims import LONGEST, delay
from liczydlo.ksef.transport import http_client
from liczydlo.web import disk, times

__all__ = [
    "NotConnected",
    "certificate",
    "certificates",
    "client",
    "connections",
    "credential",
    "drop_login",
    "environment",
    "forget_keys",
    "is_connected",
    "leave",
    "let_in",
    "offline_credential",
    "refused_login",
    "retry_login",
    "token",
]

log = logging.getLogger(__name__)
Clock = Callable[[], dt.datetime]
REFUSED_PAUSE = dt.timedelta(seconds=30)
"""After the first refusal of a login; doubled with each, up to ``LONGEST``."""


def environment(company: Company) -> ksef.Environment:
    """The KSeF that the company works with."""
    return environment_of(Environment(company.environment))


def certificate(company: Company, purpose: Purpose) -> StoredCertificate | None:
    """The company's certificate of a purpose in its present environment, valid or not."""
    rows = StoredCertificate.objects.of(company)
    return rows.filter(environment=company.environment, purpose=purpose).first()


def certificates(company: Company) -> dict[str, StoredCertificate]:
    """The company's certificates in its present environment by purpose, valid or not."""
    rows = StoredCertificate.objects.of(company).filter(environment=company.environment)
    return {row.purpose: row for row in rows}


def token(company: Company) -> StoredToken | None:
    """The company's KSeF token in its present environment."""
    return StoredToken.objects.of(company).filter(environment=company.environment).first()


def is_connected(company: Company) -> bool:
    """Whether there is a certificate that has not expired, or a token, to log in with; asks nobody."""
    stored = certificate(company, Purpose.AUTHENTICATION)
    return (stored is not None and not stored.expired) or token(company) is not None


def client(
    company: Company, *, clock: Clock = times.now, patience: float = 10.0, timeout: float | None = None
) -> ksef.Client:
    """A client of the company's KSeF that logs in and renews its login by itself; use it as a context manager.

    Making it asks nobody: the first request does. Raises NotConnected. Requests raise LoginRefused without asking
    KSeF while a pause after a refused login lasts (`retry_login` ends it).
    """
    fingerprint, secret = credential(company, clock=clock)
    cache_key = (company, company.environment, fingerprint)
    return client_with(
        company,
        secret,
        tokens=_tokens(*cache_key),
        on_tokens=functools.partial(_share_login, *cache_key),
        on_refused=functools.partial(_keep_refusal, *cache_key, clock),
        before_login=functools.partial(_respect_pause, *cache_key, clock),
        clock=clock,
        patience=patience,
        timeout=timeout,
    )


def credential(company: Company, *, clock: Clock = times.now) -> tuple[str, ksef.Credential | ksef.KsefToken]:
    """What the company logs in with, and its fingerprint: a valid certificate, else the token. Raises NotConnected."""
    stored = certificate(company, Purpose.AUTHENTICATION)
    if stored is not None and clock() <= stored.not_after:
        return stored.fingerprint, credential_of(stored)
    if (ksef_token := token(company)) is not None:
        return ksef_token.fingerprint, token_of(ksef_token)
    if stored is None:
        raise NotConnected("not-connected", environment=company.environment)
    raise NotConnected("certificate-expired", date=_day(stored.not_after))


def client_with(
    company: Company,
    credential: ksef.Credential | ksef.KsefToken,
    *,
    tokens: ksef.Tokens | None = None,
    on_tokens: Callable[[ksef.Tokens], None] | None = None,
    on_refused: Callable[[ksef.LoginRefused], None] | None = None,
    before_login: Callable[[], None] | None = None,
    clock: Clock = times.now,
    patience: float = 10.0,
    timeout: float | None = None,
) -> ksef.Client:
    """A client of the company's KSeF with a credential that need not be stored.

    Raises NotConnected where the application follows the emulator's clock and the company works with another KSeF.
    """
    if times.is_training() and company.environment != Environment.EMULATOR:
        raise NotConnected("training-clock", environment=company.environment)
    where = environment(company)
    return ksef.Client(
        where,
        http=connections(where),
        clock=clock,
        tokens=tokens,
        credential=credential,
        context=ksef.Context(value=company.nip),
        on_tokens=on_tokens,
        on_refused=on_refused,
        before_login=before_login,
        on_date=functools.partial(machine_clock.note, company.environment),
        patience=patience,
        timeout=timeout,
    )


def offline_credential(company: Company, *, clock: Clock = times.now) -> ksef.Credential:
    """The key and certificate that sign KOD II. Raises NotConnected."""
    stored = certificate(company, Purpose.OFFLINE)
    if stored is None:
        raise NotConnected("no-offline-certificate", environment=company.environment)
    if clock() > stored.not_after:
        raise NotConnected("offline-certificate-expired", date=_day(stored.not_after))
    return credential_of(stored)


def credential_of(stored: StoredCertificate) -> ksef.Credential:
    """A stored certificate with its key. Raises NotConnected ``key-not-readable``, ``key-locked``."""
    try:
        if stored.under_passphrase:
            return _unwrapped(stored)
        return _opened(
            bytes(stored.sealed_key),
            bytes(stored.certificate),
            **stored.label,
        )
    except vault.VaultError as error:
        log.exception(
            "the key of certificate %s of company %s: %s", stored.serial, stored.company_id, error.code
        )
        raise NotConnected("key-not-readable") from error


def token_of(stored: StoredToken) -> ksef.KsefToken:
    """A stored token with its text. Raises NotConnected ``token-not-readable``."""
    try:
        return ksef.KsefToken.parse(vault.unseal(bytes(stored.sealed_token), **stored.label).decode())
    except (vault.VaultError, ksef.TokenError) as error:
        log.error("the token %s of company %s cannot be opened", stored.reference, stored.company_id)  # noqa: TRY400 - its trace would hold the text
        raise NotConnected("token-not-readable") from error


def forget_keys() -> None:
    """Drop the private keys that are kept in memory."""
    _opened.cache_clear()


def _share_login(company: Company, environment: str, fingerprint: str, tokens: ksef.Tokens) -> None:
    """By the way of a request: with a full disk the login is this client's alone."""
    with disk.dispensable():
        keep_tokens(company, environment, fingerprint, tokens)


def keep_tokens(company: Company, environment: str, fingerprint: str, tokens: ksef.Tokens) -> None:
    """Share a login with all processes, unless its certificate or token has been removed or replaced meanwhile."""
    with transaction.atomic():
        if not _still_there(company, environment, fingerprint):
            return
        row = KsefLogin(company=company, environment=environment, fingerprint=fingerprint)
        KsefLogin.objects.update_or_create(
            company=company,
            environment=environment,
            defaults={
                "fingerprint": fingerprint,
                "sealed_tokens": vault.seal(tokens.to_json().encode(), **row.label),
                "refresh_valid_until": tokens.refresh_valid_until,
                "updated_at": times.now(),
            },
        )
    let_in(company, environment, fingerprint)


def let_in(company: Company, environment: str, fingerprint: str) -> None:
    """KSeF lets the company in with this certificate or token: what waited for that goes on."""
    if _refusals(company, environment, fingerprint).delete()[0]:
        log.info("company %s: KSeF lets it in again", company.pk)
        connected.send(sender=KsefLogin, company=company)


def refused_login(company: Company, *, clock: Clock = times.now) -> RefusedLogin | None:
    """That KSeF does not let the company in with what it would log in with now, or None; asks nobody."""
    row = RefusedLogin.objects.of(company).filter(environment=company.environment).first()
    if row is None:
        return None
    stored, kept = certificate(company, Purpose.AUTHENTICATION), token(company)
    if stored is not None and clock() <= stored.not_after:
        return row if row.fingerprint == stored.fingerprint else None
    return row if kept is not None and row.fingerprint == kept.fingerprint else None


def retry_login(company: Company, *, clock: Clock = times.now) -> None:
    """The next request may log in, whatever was refused a moment ago: a person wants to know."""
    RefusedLogin.objects.of(company).update(again_at=clock())


def _refusals(company: Company, environment: str, fingerprint: str) -> QuerySet[RefusedLogin]:
    rows: QuerySet[RefusedLogin] = RefusedLogin.objects.of(company)
    return rows.filter(environment=environment, fingerprint=fingerprint)


def _keep_refusal(
    company: Company, environment: str, fingerprint: str, clock: Clock, refusal: ksef.LoginRefused
) -> None:
    """The login that was shared is worth nothing either."""
    now = clock()
    with disk.dispensable(), transaction.atomic():  # whoever asked hears of the refusal
        if not _still_there(company, environment, fingerprint):
            return
        before = _refusals(company, environment, fingerprint).first()
        count = before.times + 1 if before is not None else 1
        KsefLogin.objects.of(company).filter(environment=environment, fingerprint=fingerprint).delete()
        RefusedLogin.objects.update_or_create(
            company=company,
            environment=environment,
            defaults={
                "fingerprint": fingerprint,
                "answer": refusal.fields(),
                "since": before.since if before is not None else now,
                "times": count,
                "again_at": now + delay(count, first=REFUSED_PAUSE, longest=LONGEST),
            },
        )
    log.warning("company %s: KSeF refuses the login: %s (%s)", company.pk, refusal.code, refusal.reference)


def _respect_pause(company: Company, environment: str, fingerprint: str, clock: Clock) -> None:
    """Raises LoginRefused with the last answer while it is too early to ask again."""
    row = _refusals(company, environment, fingerprint).first()
    now = clock()
    if row is not None and now < row.again_at <= now + LONGEST:
        raise row.error


def drop_login(company: Company) -> None:
    """Discard the cached login; KSeF re-reads permissions at the next one."""
    KsefLogin.objects.of(company).filter(environment=company.environment).delete()


def leave(client: ksef.Client) -> None:
    """End a client's login at KSeF, if it has one; when KSeF cannot be asked, the login runs out by itself."""
    if client.tokens is None:
        return
    try:
        client.end_session()
    except ksef.KsefError as error:
        log.info("KSeF did not end a login: %s", error.code)


def _still_there(company: Company, environment: str, fingerprint: str) -> bool:
    """Whether what logged in is still the company's; its row is locked until the transaction ends."""
    certificates = StoredCertificate.objects.of(company).filter(
        environment=environment, purpose=Purpose.AUTHENTICATION, fingerprint=fingerprint
    )
    if certificates.select_for_update().exists():
        return True
    kind, _, reference = fingerprint.partition("/")
    stored = StoredToken.objects.of(company).filter(environment=environment, reference=reference)
    return kind == "token" and stored.select_for_update().exists()


def _tokens(company: Company, environment: str, fingerprint: str) -> ksef.Tokens | None:
    """The shared login of this certificate or token; one that cannot be opened is as good as none."""
    row = KsefLogin.objects.of(company).filter(environment=environment, fingerprint=fingerprint).first()
    if row is None:
        return None
    try:
        sealed = vault.unseal(bytes(row.sealed_tokens), **row.label)
        return ksef.Tokens.from_json(sealed.decode())
    except (vault.VaultError, ValueError):
        log.warning("the shared login of company %s cannot be opened; logging in anew", company.pk)
        return None


@sensitive_variables()
def _unwrapped(stored: StoredCertificate) -> ksef.Credential:
    """A key under the owner's passphrase; it is never kept in memory. Raises NotConnected, VaultError."""
    lock = passphrase_of(stored.company)
    private = lock.private() if lock is not None else None
    if private is None:
        raise NotConnected("key-locked")
    wrapped = vault.unseal(bytes(stored.sealed_key), **stored.label)
    try:
        key = wrapping.unwrap(wrapped, private)
    except wrapping.WrongPassphraseError as error:
        log.exception("the key of certificate %s is under another passphrase", stored.serial)
        raise NotConnected("key-not-readable") from error
    return _credential(key, bytes(stored.certificate))


@functools.lru_cache(maxsize=64)
def _opened(sealed_key: bytes, der: bytes, *, company_id: int, row: object, purpose: str) -> ksef.Credential:
    return _credential(vault.unseal(sealed_key, company_id=company_id, row=row, purpose=purpose), der)


@sensitive_variables()
def _credential(key: bytes, der: bytes) -> ksef.Credential:
    loaded = load_der_private_key(key, password=None)
    assert isinstance(loaded, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    return ksef.Credential(private_key=loaded, certificate=x509.load_der_x509_certificate(der))


def connections(where: ksef.Environment) -> httpx2.Client:
    """This process's connections to a KSeF; the emulator is on this machine or beside it, so no proxy leads to it."""
    return _http(proxies=where.name != "EMULATOR")


@functools.cache
def _http(*, proxies: bool) -> httpx2.Client:
    return http_client(trust_env=proxies)


def _day(moment: dt.datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d}"
