"""Connecting a company by KSeF token: its parts are checked, it logs in for real, and only then it is stored."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from liczydlo import ksef
from liczydlo.companies.models import Company, User
from liczydlo.connection import clients, vault
from liczydlo.connection.credentials.storing import PATIENCE, claim_nip
from liczydlo.connection.errors import NotConnected, NotStored
from liczydlo.connection.holders import pesel_masked
from liczydlo.connection.models import KsefLogin, Purpose, StoredToken
from liczydlo.connection.signals import connected
from liczydlo.connection.tokens.refusals import refused_login
from liczydlo.web import times

log = logging.getLogger(__name__)
Clock = Callable[[], dt.datetime]


@sensitive_variables()
def store(
    company: Company,
    text: str,
    by: User | None,
    *,
    clock: Clock = times.now,
    patience: float = PATIENCE,
) -> StoredToken:
    """Check a token, log in to KSeF with it, ask what it may do, and keep it sealed in the place of the one before.

    Raises NotStored; nothing has been stored then.
    """
    token = _checked(company, text)
    with clients.client_with(company, token, clock=clock, patience=patience) as client:
        try:
            tokens = client.login()
        except ksef.KsefError as error:
            raise refused_login(error, clients.environment(company)) from error
        info = _info(client, token)
    row = StoredToken(company=company, environment=company.environment, reference=token.reference)
    with transaction.atomic():
        now = Company.objects.select_for_update().get(pk=company.pk)
        if now.environment != company.environment:
            raise NotStored("changed-meanwhile")
        claim_nip(company)
        _forget_login(company)
        stored, _ = StoredToken.objects.update_or_create(
            company=company,
            environment=company.environment,
            defaults={
                "reference": token.reference,
                "sealed_token": vault.seal(token.text.encode(), **row.label),
                "description": info.description if info else "",
                "author": _author(info) if info else "",
                "permissions": list(info.permissions) if info else [],
                "created_at": info.created if info else None,
                "added_by": by,
                "added_at": clock(),
                "proved_at": clock(),
            },
        )
        if not _certificate_goes_first(company, clock):
            clients.keep_tokens(company, company.environment, stored.fingerprint, tokens)
    log.info(
        "company %s is connected to KSeF %s by token %s", company.pk, stored.environment, stored.reference
    )
    connected.send(sender=StoredToken, company=company)
    return stored


def prove(company: Company, *, clock: Clock = times.now, patience: float = PATIENCE) -> StoredToken:
    """Log in with the stored token and bring what it may do up to date. Raises NotConnected and KsefError."""
    stored = clients.token(company)
    if stored is None:
        raise NotConnected("not-connected", environment=company.environment)
    token = clients.token_of(stored)
    with clients.client_with(company, token, clock=clock, patience=patience) as client:
        client.login()
        info = _info(client, token)
    clients.let_in(company, company.environment, token.fingerprint)
    stored.proved_at = clock()
    if info is not None:
        stored.permissions, stored.description = list(info.permissions), info.description
    values = {
        "proved_at": stored.proved_at,
        "permissions": stored.permissions,
        "description": stored.description,
    }
    StoredToken.objects.of(company).filter(pk=stored.pk, reference=stored.reference).update(**values)
    return stored


def remove(company: Company, *, patience: float = 2.0) -> str:
    """Delete the company's token in its environment, with its login; the reference, or nothing if there was none.

    KSeF is asked to end the login; the token itself stays good in KSeF until somebody revokes it there.
    """
    stored = clients.token(company)
    if stored is None:
        return ""
    client = None
    if KsefLogin.objects.of(company).filter(fingerprint=stored.fingerprint).exists():
        try:
            client = clients.client(company, patience=patience)
        except NotConnected:
            log.info("the login of company %s is removed here only", company.pk)
    with transaction.atomic():
        _forget_login(company, stored.fingerprint)
        StoredToken.objects.of(company).filter(pk=stored.pk).delete()
    log.info("company %s: token %s removed", company.pk, stored.reference)
    if client is not None:
        with client:
            clients.leave(client)
    return stored.reference


@sensitive_variables()
def _checked(company: Company, text: str) -> ksef.KsefToken:
    """Its three parts, and that it is for this company."""
    try:
        token = ksef.KsefToken.parse(text)
    except ksef.TokenError as error:
        raise NotStored(f"token-{error.part}") from None  # the cause would hold the text
    if token.context.nip != company.nip:
        raise NotStored("token-other-company", nip=token.context.nip or "", company=company.nip)
    if token.context.kind != "Nip":
        raise NotStored("token-unit", unit=token.context.value)
    return token


def _info(client: ksef.Client, token: ksef.KsefToken) -> ksef.TokenInfo | None:
    """What KSeF tells of the token; nothing when it would not, for the login alone proves it good."""
    try:
        return client.token_info(token.reference)
    except ksef.KsefError as error:
        log.info("KSeF did not tell of token %s: %s", token.reference, error.code)
        return None


def _author(info: ksef.TokenInfo) -> str:
    """Who made it, as people know it; a PESEL with its middle hidden."""
    if info.author_kind == "Pesel":
        return f"PESEL {pesel_masked(info.author_value)}"
    return f"{'NIP' if info.author_kind == 'Nip' else info.author_kind} {info.author_value}"


def _forget_login(company: Company, fingerprint: str | None = None) -> None:
    rows = KsefLogin.objects.of(company).filter(environment=company.environment)
    rows = (
        rows.filter(fingerprint=fingerprint) if fingerprint else rows.filter(fingerprint__startswith="token/")
    )
    rows.delete()


def _certificate_goes_first(company: Company, clock: Clock) -> bool:
    stored = clients.certificate(company, Purpose.AUTHENTICATION)
    return stored is not None and clock() <= stored.not_after
