"""Setting a passphrase, opening for a working session, closing, and taking it off."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Any, Final

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from liczydlo.companies.models import Company, User
from liczydlo.connection import access, vault
from liczydlo.connection.models import KsefLogin, StoredCertificate
from liczydlo.connection.passphrase import wrapping
from liczydlo.connection.passphrase.models import Passphrase, passphrase_of
from liczydlo.connection.passphrase.wrapping import WrongPassphraseError
from liczydlo.connection.signals import connected
from liczydlo.trail.actions import Action
from liczydlo.trail.services import record

Clock = Callable[[], dt.datetime]
SESSION: Final = dt.timedelta(hours=8)
"""A working session."""
TRIES: Final = 5
PAUSE: Final = 300
"""Seconds of rest after ``TRIES`` wrong passphrases."""


class TooManyTriesError(Exception):
    """This person was wrong too often; nothing is tried for ``PAUSE`` seconds."""


@sensitive_variables()
def put_on(company: Company, passphrase: str, *, request: HttpRequest) -> Passphrase:
    """Put all private keys of the company under a passphrase; the session is open. Raises VaultError.

    A company that has one already keeps it.
    """
    salt = secrets.token_bytes(wrapping.SALT)
    private = wrapping.private_of(passphrase, salt)
    public = wrapping.public_of(private)
    with transaction.atomic():
        Company.objects.select_for_update().get(pk=company.pk)
        if (there := passphrase_of(company)) is not None:
            return there
        row = Passphrase(company=company, salt=salt, public_key=public, set_by=_person(request))
        _each_key(company, lambda key: wrapping.wrap(key, public), under=True)
        _let_in(row, private, request, timezone.now)
        record(company, Action.PASSPHRASE_SET, request=request)
    access.forget_keys()
    return row


@sensitive_variables()
def open_up(row: Passphrase, passphrase: str, *, request: HttpRequest, clock: Clock = timezone.now) -> None:
    """Open the keys for a working session. Raises WrongPassphraseError, TooManyTriesError."""
    private = _proved(row, passphrase, request)
    with transaction.atomic():
        _let_in(row, private, request, clock)
        record(row.company, Action.KEYS_OPENED, request=request, clock=clock)
    connected.send(sender=Passphrase, company=row.company)


def close(row: Passphrase, *, request: HttpRequest) -> None:
    """End the working session: keys stay shut, and the login to KSeF is forgotten with them."""
    with transaction.atomic():
        _shut(row)
        record(row.company, Action.KEYS_CLOSED, request=request)


@sensitive_variables()
def take_off(row: Passphrase, passphrase: str, *, request: HttpRequest) -> None:
    """Keep the keys without a passphrase again. Raises WrongPassphraseError, TooManyTriesError, VaultError."""
    private = _proved(row, passphrase, request)
    company = row.company
    with transaction.atomic():
        Company.objects.select_for_update().get(pk=company.pk)
        _each_key(company, lambda key: wrapping.unwrap(key, private), under=False)
        row.delete()
        record(company, Action.PASSPHRASE_REMOVED, request=request)
    connected.send(sender=Passphrase, company=company)


def once_logged_out(user: User | None, **_: Any) -> None:
    """Whoever opened the keys and leaves, shuts them."""
    if user is not None:
        for row in Passphrase.objects.filter(opened_by=user).select_related("company"):
            _shut(row)


@sensitive_variables()
def _proved(row: Passphrase, passphrase: str, request: HttpRequest) -> bytes:
    """The passphrase's key, if it is the one. Tries are counted by person: no member shuts out the others."""
    name = f"passphrase-tries:{row.pk}:{request.user.pk}"
    if cache.get(name, 0) >= TRIES:
        raise TooManyTriesError
    private = wrapping.private_of(passphrase, bytes(row.salt))
    if not secrets.compare_digest(wrapping.public_of(private), bytes(row.public_key)):
        cache.set(name, cache.get(name, 0) + 1, PAUSE)
        raise WrongPassphraseError
    cache.delete(name)
    return private


@sensitive_variables()
def _let_in(row: Passphrase, private: bytes, request: HttpRequest, clock: Clock) -> None:
    row.sealed_open = vault.seal(private, **row.label)
    row.open_until, row.opened_by = clock() + SESSION, _person(request)
    row.save()


def _shut(row: Passphrase) -> None:
    row.sealed_open, row.open_until, row.opened_by = b"", None, None
    row.save()
    KsefLogin.objects.of(row.company).filter(fingerprint__in=_fingerprints(row.company)).delete()
    access.forget_keys()


def _fingerprints(company: Company) -> list[str]:
    return list(StoredCertificate.objects.of(company).values_list("fingerprint", flat=True))


@sensitive_variables()
def _each_key(company: Company, change: Callable[[bytes], bytes], *, under: bool) -> None:
    for stored in StoredCertificate.objects.of(company).select_for_update().exclude(under_passphrase=under):
        key = vault.unseal(bytes(stored.sealed_key), **stored.label)
        stored.sealed_key = vault.seal(change(key), **stored.label)
        stored.under_passphrase = under
        stored.save(update_fields=["sealed_key", "under_passphrase"])


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
