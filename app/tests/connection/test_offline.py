"""The offline certificate: taken in every shape, kept sealed, opened for signing, removed for good."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone
from liczydlo.connection import clients, keyring, vault
from liczydlo.connection.clients import NotConnected
from liczydlo.connection.credentials import storing
from liczydlo.connection.models import Purpose, StoredCertificate
from liczydlo.web.reasons import explain

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["EC", "RSA"])
@pytest.mark.parametrize(
    "shape", ["pem", "der", "swapped", "p12", "p12-in-the-other-field", "one-pem", "open-key"]
)
def test_every_shape_is_taken(kind: str, shape: str, files: Any, company: Any, owner: Any) -> None:
    mine = files("Offline", kind=kind, password=None if shape == "open-key" else "Haslo-do-klucza(1)")
    der = mine.credential.certificate.public_bytes(Encoding.DER)
    key, certificate = {
        "pem": (mine.key, mine.certificate),
        "der": (mine.key, der),
        "swapped": (der, mine.key),
        "p12": (mine.p12 if mine.password else b"", None),
        "p12-in-the-other-field": (mine.p12 if mine.password else b"", None),
        "one-pem": (mine.certificate + mine.key, None),
        "open-key": (mine.key, mine.certificate),
    }[shape]
    stored = storing.store_offline(company, key, certificate, mine.password or None, owner)
    assert stored.serial == "0170384D7AD552B3"
    opened = clients.offline_credential(company)
    assert opened.private_key.private_numbers() == mine.credential.private_key.private_numbers()  # type: ignore[union-attr]
    assert opened.purpose == "Offline"


def test_the_key_is_sealed_for_its_row_alone(files: Any, company: Any, owner: Any, stranger: Any) -> None:
    mine = files("Offline")
    stored = storing.store_offline(company, mine.key, mine.certificate, mine.password, owner)
    plain = mine.credential.to_der()[0]
    row = StoredCertificate.objects.get(pk=stored.pk)
    assert plain not in bytes(row.sealed_key)
    theirs = stranger.companies.get()
    StoredCertificate.objects.filter(pk=stored.pk).update(company=theirs)
    clients.forget_keys()
    with pytest.raises(NotConnected, match="key-not-readable"):
        clients.offline_credential(theirs)


def test_what_is_missing_is_said(company: Any) -> None:
    with pytest.raises(NotConnected, match="no-offline-certificate") as missing:
        clients.offline_credential(company)
    assert "certyfikatu offline" in explain(missing.value, "pl") and "EMULATOR" in explain(
        missing.value, "en"
    )
    with pytest.raises(NotConnected, match="not-connected"):
        clients.client(company)


def test_an_expired_one_signs_nothing(files: Any, company: Any, owner: Any) -> None:
    mine = files("Offline")
    storing.store_offline(company, mine.key, mine.certificate, mine.password, owner)
    with pytest.raises(NotConnected, match="offline-certificate-expired"):
        clients.offline_credential(company, clock=lambda: timezone.now() + timedelta(days=800))


def test_each_environment_has_its_own(files: Any, company: Any, owner: Any) -> None:
    mine = files("Offline")
    storing.store_offline(company, mine.key, mine.certificate, mine.password, owner)
    company.environment = "TEST"
    company.save()
    with pytest.raises(NotConnected, match="no-offline-certificate"):
        clients.offline_credential(company)


def test_removal_deletes_the_key(files: Any, company: Any, owner: Any) -> None:
    mine = files("Offline")
    storing.store_offline(company, mine.key, mine.certificate, mine.password, owner)
    storing.remove(company, Purpose.OFFLINE)
    storing.remove(company, Purpose.OFFLINE)
    assert not StoredCertificate.objects.exists()
    with pytest.raises(NotConnected):
        clients.offline_credential(company)


def test_rotation_rewraps_every_stored_key(files: Any, company: Any, owner: Any) -> None:
    mine = files("Offline")
    stored = storing.store_offline(company, mine.key, mine.certificate, mine.password, owner)
    before = bytes(StoredCertificate.objects.get().sealed_key)
    keyring.put_in_front(bytes(range(32)))
    assert vault.rotate() == 1
    assert vault.rotate() == 0
    keyring.keep_only_current()
    clients.forget_keys()
    assert bytes(StoredCertificate.objects.get(pk=stored.pk).sealed_key) != before
    assert clients.offline_credential(company).serial == stored.serial


def test_without_the_master_key_the_page_still_opens(
    files: Any, company: Any, owner: Any, browse: Any, settings: Any
) -> None:
    mine = files("Offline")
    storing.store_offline(company, mine.key, mine.certificate, mine.password, owner)
    keyring.file().unlink()
    clients.forget_keys()
    with pytest.raises(NotConnected, match="key-not-readable") as lost:
        clients.offline_credential(company)
    assert "master.key" in explain(lost.value, "pl")
    assert browse(owner).get(f"/firmy/{company.pk}/ustawienia/ksef/offline/").status_code == 200
