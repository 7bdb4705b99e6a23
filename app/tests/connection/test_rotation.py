"""A new master key over a database with many secrets: each is rewrapped in its own row, and nothing else is touched."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from liczydlo.connection import keyring, vault
from liczydlo.connection.credentials import storing
from liczydlo.connection.models import KsefLogin, Purpose, StoredCertificate, StoredToken

from app.tests.conftest import OTHER_NIP, make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored(company: Any, files: Callable[..., Any]) -> list[tuple[Any, str, bytes]]:
    """(row, its sealed column, its secret): two firms, each with two certificates, a token and a login."""
    kept: list[tuple[Any, str, bytes]] = []
    for firm in (company, make_company(OTHER_NIP, "Druga")):
        for number, purpose in enumerate(Purpose):
            credential = files(purpose.value, number=number).credential
            row = storing.keep(firm, credential, purpose, None, proved_at=None)
            kept.append((row, "sealed_key", credential.to_der()[0]))
        token = StoredToken(company=firm, environment=firm.environment, reference=f"ref-{firm.pk}")
        token.sealed_token = vault.seal(b"token %d" % firm.pk, **token.label)
        token.save()
        kept.append((token, "sealed_token", b"token %d" % firm.pk))
        now = timezone.now()
        login = KsefLogin(
            company=firm,
            environment=firm.environment,
            fingerprint=f"token/ref-{firm.pk}",
            refresh_valid_until=now + timedelta(days=1),
            updated_at=now,
        )
        login.sealed_tokens = vault.seal(b"login %d" % firm.pk, **login.label)
        login.save()
        kept.append((login, "sealed_tokens", b"login %d" % firm.pk))
    return kept


def sealed(row: Any, name: str) -> bytes:
    return bytes(getattr(type(row).objects.get(pk=row.pk), name))


def test_every_secret_is_rewrapped_in_its_own_row(stored: list[tuple[Any, str, bytes]]) -> None:
    before = [sealed(row, name) for row, name, _ in stored]
    keyring.put_in_front(secrets.token_bytes(keyring.KEY_BYTES))
    current = keyring.all_keys()[0].version
    assert vault.rotate() == len(stored) == 8
    keyring.keep_only_current()
    for (row, name, secret), old in zip(stored, before, strict=True):
        new = sealed(row, name)
        assert new != old
        assert new[len(vault.MAGIC) :].startswith(current)
        assert vault.unseal(new, **row.label) == secret
    assert vault.rotate() == 0, "what is under the current key already is left as it is"


def test_an_interrupted_rotation_goes_on(stored: list[tuple[Any, str, bytes]], monkeypatch: Any) -> None:
    keyring.put_in_front(secrets.token_bytes(keyring.KEY_BYTES))
    rewrap, calls = vault.rewrap, []

    def dies(value: bytes) -> bytes:
        calls.append(value)
        if len(calls) > 3:
            raise KeyboardInterrupt
        return rewrap(value)

    with monkeypatch.context() as patch:
        patch.setattr(vault, "rewrap", dies)
        with pytest.raises(KeyboardInterrupt):
            vault.rotate()
    call_command("rotate_master_key", rewrap_only=True)
    assert len(keyring.all_keys()) == 1
    for row, name, secret in stored:
        assert vault.unseal(sealed(row, name), **row.label) == secret


def test_a_value_that_changes_meanwhile_is_not_overwritten(
    stored: list[tuple[Any, str, bytes]], monkeypatch: Any
) -> None:
    keyring.put_in_front(secrets.token_bytes(keyring.KEY_BYTES))
    row, name, _ = next(one for one in stored if isinstance(one[0], StoredToken))
    newer = vault.seal(b"nowszy", **row.label)
    rewrap, old = vault.rewrap, sealed(row, name)

    def overtaken(value: bytes) -> bytes:
        if value == old:
            type(row).objects.filter(pk=row.pk).update(**{name: newer})
        return rewrap(value)

    with monkeypatch.context() as patch:
        patch.setattr(vault, "rewrap", overtaken)
        done = vault.rotate()
    assert vault.unseal(sealed(row, name), **row.label) == b"nowszy"
    assert done == len(stored) - 1


def test_a_secret_that_goes_away_meanwhile_stops_nothing(
    stored: list[tuple[Any, str, bytes]], monkeypatch: Any
) -> None:
    keyring.put_in_front(secrets.token_bytes(keyring.KEY_BYTES))
    rewrap, calls = vault.rewrap, 0

    def others_go(value: bytes) -> bytes:
        nonlocal calls
        calls += 1
        if calls == 1:
            kept = next(one for one in StoredCertificate.objects.all() if bytes(one.sealed_key) == value)
            StoredCertificate.objects.exclude(pk=kept.pk).delete()
        return rewrap(value)

    before = StoredCertificate.objects.count()
    assert before > 1
    with monkeypatch.context() as patch:
        patch.setattr(vault, "rewrap", others_go)
        assert vault.rotate() == len(stored) - before + 1


def test_empty_columns_and_damage(stored: list[tuple[Any, str, bytes]]) -> None:
    row = stored[0][0]
    StoredCertificate.objects.filter(pk=row.pk).update(sealed_key=b"")
    assert vault.rotate() == 0
    StoredCertificate.objects.filter(pk=row.pk).update(sealed_key=b"LV1 damaged")
    old = keyring.all_keys()
    with pytest.raises(CommandError, match="not-sealed"):
        call_command("rotate_master_key")
    assert set(old) < set(keyring.all_keys()), "the old key is kept until everything is under the new one"


def test_every_sealed_column_is_found() -> None:
    result = {(model.__name__, name) for model, name in vault.sealed_columns()}
    assert {
        ("StoredCertificate", "sealed_key"),
        ("StoredToken", "sealed_token"),
        ("KsefLogin", "sealed_tokens"),
        ("Passphrase", "sealed_open"),
        ("SignIn", "sealed_signed"),
        ("RemoteChange", "sealed_token"),
    } <= result
    assert all(name.startswith("sealed") for _, name in result)
