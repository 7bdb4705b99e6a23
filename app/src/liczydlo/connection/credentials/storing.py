"""Connecting and disconnecting. Everything is checked before anything is stored, and a real login proves it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from liczydlo import ksef
from liczydlo.companies import nips
from liczydlo.companies.models import Company, User
from liczydlo.connection import clients, vault
from liczydlo.connection.credentials.files import read
from liczydlo.connection.errors import NotConnected, NotStored
from liczydlo.connection.holders import holder_of
from liczydlo.connection.models import KsefLogin, Passphrase, Purpose, StoredCertificate, wrap_key
from liczydlo.connection.signals import connected
from liczydlo.jobs import registry
from liczydlo.web import times

log = logging.getLogger(__name__)
Clock = Callable[[], dt.datetime]
PATIENCE = 6.0  # seconds that a person waits before being told that KSeF is away


@sensitive_variables()
def store_authentication(
    company: Company,
    key: bytes,
    certificate: bytes | None,
    password: str | None,
    by: User | None,
    *,
    name: str = "",
    clock: Clock = times.now,
    patience: float = PATIENCE,
) -> StoredCertificate:
    """Check an authentication certificate, log in to KSeF with it, and keep it with its key sealed.

    ``key`` and ``certificate`` are files' contents, in either order, or a ``.p12`` and None. What was stored before
    is replaced, and only once the new one has proved itself. Raises NotStored; nothing has been stored then.
    """
    credential = _checked(company, read_files(key, certificate, password), "Authentication", clock)
    with clients.client_with(company, credential, clock=clock, patience=patience) as client:
        try:
            tokens = client.login()
        except ksef.KsefError as error:
            raise _login_failed(error, company, credential) from error
    with transaction.atomic():
        stored = keep(company, credential, Purpose.AUTHENTICATION, by, proved_at=clock(), name=name)
        keep_login(company, credential, tokens)
    log.info(
        "company %s is connected to KSeF %s by certificate %s", company.pk, stored.environment, stored.serial
    )
    connected.send(sender=StoredCertificate, company=company)
    return stored


@sensitive_variables()
def store_offline(
    company: Company,
    key: bytes,
    certificate: bytes | None,
    password: str | None,
    by: User | None,
    *,
    name: str = "",
    clock: Clock = times.now,
    patience: float = PATIENCE,
) -> StoredCertificate:
    """Check an offline certificate and keep it with its key sealed.

    Where the company is connected as the same person or firm, KSeF is asked whether it knows the certificate; when it
    cannot be asked, the certificate is kept with ``proved_at`` empty. Raises NotStored; nothing has been stored then.
    """
    credential = _checked(company, read_files(key, certificate, password), "Offline", clock)
    proved_at = clock() if _is_listed_by_ksef(company, credential, clock, patience) else None
    stored = keep(company, credential, Purpose.OFFLINE, by, proved_at=proved_at, name=name)
    log.info(
        "company %s has offline certificate %s in KSeF %s", company.pk, stored.serial, stored.environment
    )
    return stored


def prove(company: Company, *, clock: Clock = times.now, patience: float = PATIENCE) -> None:
    """Ask KSeF something that only a good login gets answered, and let what waits try again.

    Raises NotConnected and KsefError.
    """
    clients.retry_login(company, clock=clock)
    with clients.client(company, clock=clock, patience=patience) as client:
        client.active_sessions()
    StoredCertificate.objects.of(company).filter(
        environment=company.environment, purpose=Purpose.AUTHENTICATION
    ).update(proved_at=clock())
    registry.retry_now(company.pk)


def remove(company: Company, purpose: Purpose, *, patience: float = 2.0) -> None:
    """Delete the company's certificate of this purpose in its environment, with its key and its login.

    KSeF is asked to forget the login too; when it is away, the login runs out by itself. Harmless when there is none.
    """
    client = None
    if purpose == Purpose.AUTHENTICATION and KsefLogin.objects.of(company).exists():
        try:
            client = clients.client(company, patience=patience)
        except NotConnected:
            log.info("the login of company %s is removed here only", company.pk)
    with transaction.atomic():
        # As ``keep`` does: a key that comes meanwhile is under the passphrase, which must not go then.
        Company.objects.select_for_update().get(pk=company.pk)
        rows = StoredCertificate.objects.of(company).filter(environment=company.environment, purpose=purpose)
        removed = rows.delete()[0]
        if not StoredCertificate.objects.of(company).exists():
            Passphrase.objects.of(company).delete()  # nothing is under it; a forgotten one ends here
        if purpose == Purpose.AUTHENTICATION:
            KsefLogin.objects.of(company).filter(environment=company.environment).delete()
    clients.forget_keys()
    if removed:
        log.info("company %s: %s certificate removed", company.pk, purpose)
    if client is not None:
        with client:
            clients.leave(client)


@sensitive_variables()
def read_files(key: bytes, certificate: bytes | None, password: str | None) -> ksef.Credential:
    """The pair in a person's files, in either order. Raises NotStored: unreadable, wrong password, not a pair…"""
    try:
        return read(key, certificate, password)
    except ksef.CredentialError as error:
        raise NotStored.of_files(error) from error


@sensitive_variables()
def _checked(
    company: Company, credential: ksef.Credential, purpose: ksef.Purpose, clock: Clock
) -> ksef.Credential:
    """The purpose and the dates are right, and it is not of another environment as far as can be known here."""
    try:
        ksef.check(credential, purpose=purpose, now=clock())
    except ksef.CredentialError as error:
        raise NotStored.of_files(error) from error
    issuer = credential.certificate.issuer.rfc4514_string().lower()
    if "emulator" in issuer and clients.environment(company).name != "EMULATOR":
        raise NotStored("emulator-certificate", file="certificate", environment=company.environment)
    elsewhere = StoredCertificate.objects.filter(fingerprint=credential.fingerprint)
    if (other := elsewhere.exclude(environment=company.environment).first()) is not None:
        raise NotStored(
            "stored-elsewhere",
            file="certificate",
            other=other.get_environment_display(),
            environment=company.get_environment_display(),
        )
    return credential


def _login_failed(error: ksef.KsefError, company: Company, credential: ksef.Credential) -> NotStored:
    if isinstance(error, ksef.Refusal) and error.code == "415" and credential.nip != company.nip:
        holder = holder_of(credential.certificate)
        return NotStored(
            "other-company",
            file="certificate",
            reference=error.reference,
            ksef_code=error.code,
            holder=f"{holder.name}, NIP {holder.nip}" if holder.nip else holder.name,
            company=company.nip,
        )
    return NotStored.of_login(error, clients.environment(company))


def _is_listed_by_ksef(company: Company, credential: ksef.Credential, clock: Clock, patience: float) -> bool:
    """Whether KSeF knows it as good; False when it cannot be asked. Raises NotStored when KSeF says otherwise."""
    try:
        client = clients.client(company, clock=clock, patience=patience)
    except NotConnected:
        return False
    stored = clients.certificate(company, Purpose.AUTHENTICATION)
    with client:
        try:
            listed = client.query_certificates(kind="Offline")
        except ksef.KsefError as error:
            log.info("KSeF could not be asked about an offline certificate: %s", error.code)
            return False
    listed_certificate = next((one for one in listed if one.serial.upper() == credential.serial), None)
    if listed_certificate is None:
        same = stored is not None and _same_holder(stored, credential)
        if same:
            raise NotStored("other-environment", file="certificate", environment=company.environment)
        return False
    if listed_certificate.status in {"Revoked", "Blocked"}:
        raise NotStored("revoked", file="certificate", ksef_code=listed_certificate.status)
    return True


def _same_holder(stored: StoredCertificate, credential: ksef.Credential) -> bool:
    mine, other = stored.holder, holder_of(credential.certificate)
    return bool((mine.nip and mine.nip == other.nip) or (mine.pesel and mine.pesel == other.pesel))


def claim_nip(company: Company) -> None:
    """Keep the company's NIP, for which KSeF has just let it in. Raises NotStored when it is another company's."""
    try:
        nips.claim(company)
    except nips.NipTaken as error:
        raise NotStored.of_nip(company.nip, error) from error


def keep_login(company: Company, credential: ksef.Credential, tokens: ksef.Tokens) -> None:
    """Share a login that a certificate, already kept, has just made; an earlier one is forgotten."""
    KsefLogin.objects.of(company).filter(environment=company.environment).delete()
    clients.keep_tokens(company, company.environment, credential.fingerprint, tokens)


@sensitive_variables()
def keep(
    company: Company,
    credential: ksef.Credential,
    purpose: Purpose,
    by: User | None,
    *,
    proved_at: dt.datetime | None,
    name: str = "",
) -> StoredCertificate:
    """Keep a certificate that was checked, its key sealed, in the place of the one before it.

    ``proved_at`` is when KSeF last confirmed it; without a ``name`` it takes over that of its predecessor.
    Raises NotStored when the environment was changed meanwhile, or another company has proved the NIP.
    """
    key, der = credential.to_der()
    row = StoredCertificate(
        company=company, environment=company.environment, purpose=purpose, fingerprint=credential.fingerprint
    )
    with transaction.atomic():
        now = Company.objects.select_for_update().get(pk=company.pk)
        if now.environment != company.environment:
            raise NotStored("changed-meanwhile")
        if purpose == Purpose.AUTHENTICATION:
            claim_nip(company)
        wrapped = wrap_key(company, key)
        stored, _ = StoredCertificate.objects.update_or_create(
            company=company,
            environment=company.environment,
            purpose=purpose,
            defaults={
                "certificate": der,
                "sealed_key": vault.seal(wrapped, **row.label),
                "under_passphrase": wrapped != key,
                "fingerprint": credential.fingerprint,
                "serial": credential.serial,
                "subject_name": credential.subject_name[:512],
                "not_before": credential.not_before,
                "not_after": credential.not_after,
                "issued_by_ksef": credential.purpose is not None,
                "added_by": by,
                "added_at": times.now(),
                "proved_at": proved_at,
                "ksef_status": "",
                "checked_at": None,
                "asked_at": None,
                **({"name": name} if name else {}),
            },
        )
    return stored
