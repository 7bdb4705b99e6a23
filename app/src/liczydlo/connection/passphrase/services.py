"""Setting a passphrase, opening for a working session, closing, and taking it off."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.companies.models import Company, User
from liczydlo.connection import clients, vault
from liczydlo.connection.models import KsefLogin, Passphrase, StoredCertificate, Tries, passphrase_of
from liczydlo.connection.passphrase import wrapping
from liczydlo.connection.passphrase.wrapping import WrongPassphraseError
from liczydlo.connection.signals import connected

Clock = Callable[[], dt.datetime]
SESSION: Final = dt.timedelta(hours=8)
"""A working session."""
TRIES: Final = 5
PAUSE: Final = dt.timedelta(minutes=5)
"""The rest after ``TRIES`` wrong passphrases."""


class NoPassphraseError(Exception):
    """Somebody has taken the passphrase off, or set another one, in the meantime; nothing was changed."""


class TooManyTriesError(Exception):
    """This person was wrong too often; nothing is tried for the length of ``PAUSE``."""


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
        if (existing := passphrase_of(company)) is not None:
            return existing
        row = Passphrase.objects.create(
            company=company, salt=salt, public_key=public, set_by=_person(request)
        )
        _rewrap_keys(company, lambda key: wrapping.wrap(key, public), under=True)
        _let_in(row, private, request, timezone.now)
        audit.log(company, Action.PASSPHRASE_SET, request=request)
    clients.forget_keys()
    return row


@sensitive_variables()
def open_up(row: Passphrase, passphrase: str, *, request: HttpRequest, clock: Clock = timezone.now) -> None:
    """Open the keys for a working session. Raises WrongPassphraseError, TooManyTriesError, NoPassphraseError."""
    private = _proved(row, passphrase, request)
    with transaction.atomic():
        _lock(row)
        _let_in(row, private, request, clock)
        audit.log(row.company, Action.KEYS_OPENED, request=request, clock=clock)
    connected.send(sender=Passphrase, company=row.company)


def close(row: Passphrase, *, request: HttpRequest) -> None:
    """End the working session: keys stay shut, and the login to KSeF is forgotten with them."""
    with transaction.atomic():
        _hold(row)
        if _shut(row):
            audit.log(row.company, Action.KEYS_CLOSED, request=request)


@sensitive_variables()
def take_off(row: Passphrase, passphrase: str, *, request: HttpRequest) -> None:
    """Keep the keys without a passphrase again.

    Raises WrongPassphraseError, TooManyTriesError, NoPassphraseError, VaultError.
    """
    private = _proved(row, passphrase, request)
    company = row.company
    with transaction.atomic():
        _lock(row)
        _rewrap_keys(company, lambda key: wrapping.unwrap(key, private), under=False)
        Passphrase.objects.of(company).filter(pk=row.pk).delete()
        audit.log(company, Action.PASSPHRASE_REMOVED, request=request)
    connected.send(sender=Passphrase, company=company)


def once_logged_out(user: User | None, **_: Any) -> None:
    """Whoever opened the keys and leaves, shuts them."""
    if user is not None:
        for row in Passphrase.objects.filter(opened_by=user).select_related("company"):
            with transaction.atomic():
                _hold(row)
                _shut(row, opened_by=user)


def _hold(row: Passphrase) -> None:
    """Lock the company before anything of its passphrase, as whatever wraps its keys and the audit log do: in another
    order two of them wait for each other."""
    Company.objects.select_for_update().get(pk=row.company_id)


def _lock(row: Passphrase) -> None:
    """Hold the company and see that the passphrase is still there. Raises NoPassphraseError."""
    _hold(row)
    there = Passphrase.objects.of(row.company).filter(pk=row.pk, public_key=bytes(row.public_key))
    if not there.exists():
        raise NoPassphraseError


@sensitive_variables()
def _proved(row: Passphrase, passphrase: str, request: HttpRequest) -> bytes:
    """The passphrase's key, if it is the one. Tries are counted by person: no member shuts out the others."""
    assert isinstance(request.user, User)
    tries = _count(row, request.user)
    private = wrapping.private_of(passphrase, bytes(row.salt))
    if not secrets.compare_digest(wrapping.public_of(private), bytes(row.public_key)):
        raise WrongPassphraseError
    Tries.objects.filter(pk=tries.pk).update(count=0)
    return private


def _count(row: Passphrase, person: User) -> Tries:
    """One more try, counted before it is made, or many at once would all be the first.

    Raises TooManyTriesError, NoPassphraseError.
    """
    now = timezone.now()
    with transaction.atomic():
        _lock(row)
        tries, _ = Tries.objects.get_or_create(
            company_id=row.company_id, passphrase=row, person=person, defaults={"until": now + PAUSE}
        )
        unchanged = Tries.objects.filter(pk=tries.pk)
        unchanged.filter(until__lte=now).update(count=0)
        counted = unchanged.filter(count__lt=TRIES).update(count=F("count") + 1, until=now + PAUSE)
    if not counted:
        raise TooManyTriesError
    return tries


@sensitive_variables()
def _let_in(row: Passphrase, private: bytes, request: HttpRequest, clock: Clock) -> None:
    """Only under the company's lock: the row is there."""
    row.sealed_open = vault.seal(private, **row.label)
    row.open_until, row.opened_by = clock() + SESSION, _person(request)
    Passphrase.objects.of(row.company).filter(pk=row.pk).update(
        sealed_open=row.sealed_open, open_until=row.open_until, opened_by=row.opened_by
    )


def _shut(row: Passphrase, **still: Any) -> bool:
    """Whether it was open (and ``still`` so, as the caller saw it) and is shut now."""
    opened = Passphrase.objects.of(row.company).filter(pk=row.pk, open_until__isnull=False, **still)
    if not opened.update(sealed_open=b"", open_until=None, opened_by=None):
        return False
    KsefLogin.objects.of(row.company).filter(fingerprint__in=_fingerprints(row.company)).delete()
    clients.forget_keys()
    return True


def _fingerprints(company: Company) -> list[str]:
    return list(StoredCertificate.objects.of(company).values_list("fingerprint", flat=True))


@sensitive_variables()
def _rewrap_keys(company: Company, change: Callable[[bytes], bytes], *, under: bool) -> None:
    for stored in StoredCertificate.objects.of(company).select_for_update().exclude(under_passphrase=under):
        key = vault.unseal(bytes(stored.sealed_key), **stored.label)
        stored.sealed_key = vault.seal(change(key), **stored.label)
        stored.under_passphrase = under
        stored.save(update_fields=["sealed_key", "under_passphrase"])


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
