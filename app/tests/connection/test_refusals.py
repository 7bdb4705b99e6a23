"""Every bad input of the two tabs: its own words in both languages, nothing stored, nothing secret said."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from liczydlo.connection.credentials import storing
from liczydlo.connection.errors import NotStored
from liczydlo.connection.models import Purpose, StoredCertificate
from liczydlo.web.reasons import explain

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


def bad_inputs(files: Callable[..., Any]) -> dict[str, tuple[bytes, bytes | None, str]]:
    """Name → key file, certificate file, password."""
    good, other = files(), files(number=1)
    offline, expired = files("Offline"), files(ends=-DAY)
    early = files(begins=DAY)
    public = good.credential.private_key.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    return {
        "wrong-password": (good.key, good.certificate, "inne"),
        "password-needed": (good.key, good.certificate, ""),
        "key-mismatch": (other.key, good.certificate, good.password),
        "offline-as-authentication": (offline.key, offline.certificate, offline.password),
        "expired": (expired.key, expired.certificate, expired.password),
        "not-yet-valid": (early.key, early.certificate, early.password),
        "empty-file": (good.key, b"", good.password),
        "too-large": (good.key, b"\x30" * 3_000_000, good.password),
        "pdf-file": (good.key, PDF, good.password),
        "two-certificates": (good.certificate, good.certificate, good.password),
        "two-keys": (good.key, good.key, good.password),
        "not-a-key": (b"cokolwiek", good.certificate, ""),
        "not-a-certificate": (good.key, b"cokolwiek", good.password),
        "public-key": (public, good.certificate, ""),
        "no-certificate-file": (good.key, None, good.password),
        "no-key-file": (good.certificate, None, ""),
        "not-pkcs12": (b"\x30\x03\x02\x01\x05", None, good.password),
    }


ADVICE = {
    "wrong-password": ("Hasło nie pasuje do klucza", "The password does not fit the key"),
    "password-needed": ("Klucz jest zaszyfrowany", "The key is encrypted"),
    "key-mismatch": ("nie są parą", "are not a pair"),
    "offline-as-authentication": ("To jest certyfikat offline", "This is an offline certificate"),
    "expired": ("Certyfikat wygasł", "The certificate expired"),
    "not-yet-valid": ("zacznie obowiązywać dopiero", "comes into force only"),
    "empty-file": ("jest pusty", "is empty"),
    "too-large": ("jest za duży", "is too large"),
    "pdf-file": ("to dokument PDF", "is a PDF document"),
    "two-certificates": ("Oba pliki to certyfikaty", "Both files are certificates"),
    "two-keys": ("Oba pliki to klucze", "Both files are keys"),
    "not-a-key": ("nie ma klucza prywatnego", "no private key"),
    "not-a-certificate": ("nie ma certyfikatu", "no certificate"),
    "public-key": ("tylko klucz publiczny", "only a public key"),
    "no-certificate-file": ("Brakuje pliku z certyfikatem", "certificate file (.crt"),
    "no-key-file": ("Brakuje pliku z kluczem", "private key file (.key) is missing"),
    "not-pkcs12": ("nie jest paczka PKCS#12", "not a PKCS#12 bundle"),
}


@pytest.mark.parametrize("code", ADVICE)
def test_a_bad_input_is_named_and_nothing_is_stored(
    code: str,
    files: Any,
    company: Any,
    owner: Any,
    browse: Any,
    send: Any,
    nothing_stored: Any,
    ksef_away: None,
    caplog: Any,
) -> None:
    key, certificate, password = bad_inputs(files)[code]
    parts = {"key": key, "password": password}
    if certificate is not None:
        parts["certificate"] = certificate
    with caplog.at_level(logging.DEBUG):
        for language, said in zip(("pl", "en"), ADVICE[code], strict=True):
            answer = send(browse(owner, language=language), company, **parts)
            page = answer.content.decode()
            assert answer.status_code == 422
            assert f'data-error="{code}"' in page
            assert said in page
            assert len(password) < 8 or password not in page
            alone = send(browse(owner, language=language), company, htmx=True, **parts)
            assert alone.status_code == 422 and said in alone.content.decode()
            assert b"<html" not in alone.content
    assert nothing_stored()
    assert len(password) < 8 or password not in caplog.text
    assert "PRIVATE KEY" not in caplog.text


def test_nothing_chosen_is_said(company: Any, owner: Any, browse: Any, send: Any) -> None:
    answer = send(browse(owner), company, password="")
    assert answer.status_code == 422
    assert "Nie wybrano plików" in answer.content.decode()


def test_an_authentication_certificate_is_not_an_offline_one(
    files: Any, company: Any, owner: Any, browse: Any, send: Any, nothing_stored: Any
) -> None:
    good = files()
    answer = send(
        browse(owner), company, "offline", key=good.key, certificate=good.certificate, password=good.password
    )
    assert answer.status_code == 422
    assert "To nie jest certyfikat offline" in answer.content.decode()
    assert nothing_stored()


@pytest.mark.parametrize("environment", ["TEST", "DEMO", "PRODUKCJA"])
def test_the_emulators_certificate_is_not_for_a_real_ksef(
    environment: str, files: Any, company: Any, owner: Any, nothing_stored: Any
) -> None:
    company.environment = environment
    company.save()
    for usage, store in (
        ("Authentication", storing.store_authentication),
        ("Offline", storing.store_offline),
    ):
        good = files(usage, issuer="Emulator KSeF CA")
        with pytest.raises(NotStored, match="emulator-certificate") as refusal:
            store(company, good.key, good.certificate, good.password, owner)
        assert environment in explain(refusal.value, "pl") and environment in explain(refusal.value, "en")
    assert nothing_stored()


def test_ksef_away_is_said_and_nothing_is_lost(
    files: Any,
    company: Any,
    owner: Any,
    browse: Any,
    send: Any,
    nothing_stored: Any,
    ksef_away: None,
    settings: Any,
) -> None:
    good = files()
    with pytest.raises(NotStored) as refusal:
        storing.store_authentication(company, good.key, good.certificate, good.password, owner, patience=0.1)
    assert refusal.value.temporary and refusal.value.code == "emulator-away"
    assert "Nic nie zostało zapisane" in explain(refusal.value, "pl")
    assert "Nothing was stored" in explain(refusal.value, "en")
    assert nothing_stored()


def test_a_weak_key_is_refused(company: Any, owner: Any) -> None:
    from app.tests.conftest import Files, make_certificate

    key = rsa.generate_private_key(65537, 1024)
    weak = Files(key, make_certificate(key), None)
    with pytest.raises(NotStored, match="weak-key"):
        storing.store_authentication(company, weak.key, weak.certificate, None, owner)


def test_a_huge_upload_is_not_kept(
    company: Any, owner: Any, browse: Any, files: Any, monkeypatch: Any, tmp_path: Any
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))  # a file on disk would fail here
    from django.core.files.uploadedfile import SimpleUploadedFile

    big = SimpleUploadedFile("wielki.crt", b"\x30" * 3_900_000)
    answer = browse(owner).post(f"/firmy/{company.pk}/ustawienia/ksef/plik/", {"certificate": big})
    assert answer.status_code == 200
    assert "za duży" in answer.content.decode()


def test_a_refusal_leaves_the_earlier_certificate_alone(files: Any, company: Any, owner: Any) -> None:
    first, late = files("Offline"), files("Offline", ends=-DAY, number=2)
    stored = storing.store_offline(company, first.key, first.certificate, first.password, owner)
    with pytest.raises(NotStored, match="expired"):
        storing.store_offline(company, late.key, late.certificate, late.password, owner)
    again = StoredCertificate.objects.get(purpose=Purpose.OFFLINE)
    assert (again.pk, again.fingerprint) == (stored.pk, stored.fingerprint)


def test_a_certificate_of_one_environment_is_not_kept_in_another(
    company: Any, owner: Any, files: Any
) -> None:
    """Not even while KSeF cannot be asked."""
    mine = files("Offline")
    company.environment = "TEST"
    company.save()
    storing.store_offline(company, mine.key, mine.certificate, mine.password, owner)
    company.environment = "PRODUKCJA"
    company.save()
    with pytest.raises(NotStored, match="stored-elsewhere") as refusal:
        storing.store_offline(company, mine.key, mine.certificate, mine.password, owner)
    assert "środowiska Test" in explain(refusal.value, "pl")
    assert [one.environment for one in StoredCertificate.objects.all()] == ["TEST"]
