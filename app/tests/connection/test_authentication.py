"""The authentication certificate against the real emulator: login proves it, one login serves every process."""

from __future__ import annotations

import logging
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import liczydlo
import pytest
from django.utils import timezone
from liczydlo.connection import clients
from liczydlo.connection.clients import NotConnected
from liczydlo.connection.credentials import storing
from liczydlo.connection.errors import NotStored
from liczydlo.connection.models import KsefLogin, Purpose, StoredCertificate
from liczydlo.web.reasons import explain

pytestmark = pytest.mark.django_db


@pytest.fixture
def connected(company: Any, owner: Any, ksef_files: Any) -> Any:
    """``company`` with an authentication certificate; the files are at ``.files``."""
    mine = ksef_files(company)
    storing.store_authentication(company, mine.key, mine.certificate, mine.password, owner)
    company.files = mine
    return company


@pytest.mark.parametrize("kind", ["EC", "RSA"])
def test_a_certificate_connects_the_company(
    kind: str, company: Any, owner: Any, browse: Any, send: Any, ksef_files: Any, caplog: Any
) -> None:
    mine = ksef_files(company, kind=kind)
    browser = browse(owner)
    with caplog.at_level(logging.DEBUG):
        answer = send(browser, company, key=mine.key, certificate=mine.certificate, password=mine.password)
    assert answer.status_code == 302
    page = browser.get(answer["Location"]).content.decode()
    assert "Aktywne połączenie z KSeF" in page
    assert "Certyfikat uwierzytelniający" in page
    assert mine.credential.serial in page
    assert "521-" not in page and "526-587-76-35" in page
    stored = StoredCertificate.objects.get()
    assert stored.purpose == Purpose.AUTHENTICATION and stored.proved_at and stored.added_by == owner
    tokens = clients.client(company).tokens
    assert tokens is not None
    for secret in (mine.password, tokens.access, tokens.refresh, "PRIVATE KEY"):
        assert secret not in caplog.text
        assert secret not in page


@pytest.mark.parametrize("shape", ["swapped", "p12"])
def test_the_form_takes_other_shapes(
    shape: str, company: Any, owner: Any, browse: Any, send: Any, ksef_files: Any
) -> None:
    mine = ksef_files(company)
    parts = {"key": mine.certificate, "certificate": mine.key} if shape == "swapped" else {"key": mine.p12}
    answer = send(browse(owner), company, htmx=True, password=mine.password, **parts)
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == f"/firmy/{company.pk}/ustawienia/ksef/"
    assert clients.is_connected(company)


def test_one_login_serves_every_process(connected: Any, use_emulator: Any) -> None:
    first = clients.client(connected)
    assert len(first.active_sessions()) == len(clients.client(connected).active_sessions())
    assert first.tokens == clients.client(connected).tokens
    assert KsefLogin.objects.count() == 1


def test_an_access_token_that_ran_out_is_renewed_and_shared(connected: Any) -> None:
    before = clients.client(connected).tokens
    assert before is not None
    late = before.access_valid_until + timedelta(minutes=1)
    client = clients.client(connected, clock=lambda: late)
    client.active_sessions()
    after = clients.client(connected).tokens
    assert after is not None and after.access != before.access
    assert after.refresh == before.refresh, "renewed, not logged in anew"


def test_a_login_that_ran_out_is_made_anew(connected: Any) -> None:
    KsefLogin.objects.all().delete()
    clients.client(connected).active_sessions()
    assert KsefLogin.objects.count() == 1


def test_tokens_are_sealed(connected: Any) -> None:
    tokens = clients.client(connected).tokens
    assert tokens is not None
    sealed = bytes(KsefLogin.objects.get().sealed_tokens)
    assert tokens.refresh.encode() not in sealed and tokens.access.encode() not in sealed


def test_removal_forgets_the_key_and_ends_the_login(connected: Any, owner: Any, browse: Any) -> None:
    tokens = clients.client(connected).tokens
    address = f"/firmy/{connected.pk}/ustawienia/ksef/usun/authentication/"
    browser = browse(owner)
    assert "Usunąć certyfikat z programu?" in browser.get(address).content.decode()
    assert StoredCertificate.objects.exists(), "looking removes nothing"
    answer = browser.post(address, follow=True)
    assert "zostały usunięte" in answer.content.decode()
    assert not StoredCertificate.objects.exists() and not KsefLogin.objects.exists()
    with pytest.raises(NotConnected, match="not-connected"):
        clients.client(connected)
    from liczydlo import ksef

    dead = clients.client_with(connected, connected.files.credential, tokens=tokens)
    assert dead.tokens is not None
    with pytest.raises(ksef.LoginRefused):
        dead.refresh()


def test_removal_works_while_ksef_is_away(connected: Any, ksef_away: None) -> None:
    storing.remove(connected, Purpose.AUTHENTICATION, patience=0.1)
    assert not StoredCertificate.objects.exists()


def test_a_late_answer_does_not_bring_back_a_removed_login(connected: Any) -> None:
    client = clients.client(connected)
    storing.remove(connected, Purpose.AUTHENTICATION)
    client.login()
    assert not KsefLogin.objects.exists()


def test_a_certificate_of_another_ksef_is_refused(
    company: Any, owner: Any, browse: Any, send: Any, nothing_stored: Any, ksef_files: Any, settings: Any
) -> None:
    from ksef_emulator.testing import running_emulator

    mine = ksef_files(company)
    with running_emulator() as other:
        settings.LICZYDLO_EMULATOR_URL = other.url
        for language, said in (("pl", "nie zna tego certyfikatu"), ("en", "does not know this certificate")):
            answer = send(
                browse(owner, language=language),
                company,
                key=mine.key,
                certificate=mine.certificate,
                password=mine.password,
            )
            page = answer.content.decode()
            assert answer.status_code == 422
            assert 'data-error="other-environment"' in page and said in page
    assert nothing_stored()


def test_somebody_elses_certificate_is_refused(
    company: Any, owner: Any, stranger: Any, nothing_stored: Any, ksef_files: Any
) -> None:
    theirs = ksef_files(stranger.companies.get())
    with pytest.raises(NotStored, match="other-company") as refusal:
        storing.store_authentication(company, theirs.key, theirs.certificate, theirs.password, owner)
    assert company.nip in explain(refusal.value, "pl") and company.nip in explain(refusal.value, "en")
    assert refusal.value.ksef_code == "415"
    assert nothing_stored()


def test_a_revoked_certificate_is_refused(connected: Any, owner: Any, stranger: Any) -> None:
    with clients.client(connected) as client:
        client.revoke_certificate(connected.files.credential.serial)
    mine = connected.files
    with pytest.raises(NotStored, match=r"other-environment|ksef-refused"):
        storing.store_authentication(connected, mine.key, mine.certificate, mine.password, owner)
    assert StoredCertificate.objects.count() == 1, "the earlier one stays as it was"


def test_the_offline_certificate_is_asked_about(
    connected: Any, owner: Any, ksef_files: Any, files: Any
) -> None:
    mine = ksef_files(connected, "Offline")
    stored = storing.store_offline(connected, mine.key, mine.certificate, mine.password, owner)
    assert stored.proved_at is not None
    unknown = files("Offline", nip=connected.nip, serial=77)
    with pytest.raises(NotStored, match="other-environment"):
        storing.store_offline(connected, unknown.key, unknown.certificate, unknown.password, owner)
    with clients.client(connected) as client:
        client.revoke_certificate(stored.serial)
    with pytest.raises(NotStored, match="revoked"):
        storing.store_offline(connected, mine.key, mine.certificate, mine.password, owner)
    assert clients.offline_credential(connected).serial == mine.credential.serial


def test_the_connection_can_be_tried(
    connected: Any, owner: Any, browse: Any, settings: Any, use_emulator: Any
) -> None:
    address = f"/firmy/{connected.pk}/ustawienia/ksef/sprawdz/"
    before = StoredCertificate.objects.get().proved_at
    assert "połączenie działa" in browse(owner).post(address, follow=True).content.decode()
    assert StoredCertificate.objects.get().proved_at > before


def test_an_expired_certificate_is_named(connected: Any) -> None:
    later = timezone.now() + timedelta(days=3000)
    with pytest.raises(NotConnected, match="certificate-expired") as expired:
        clients.client(connected, clock=lambda: later)
    assert "wygasł" in explain(expired.value, "pl") and "expired" in explain(expired.value, "en")


def test_the_strip_says_how_ksef_is(connected: Any, owner: Any, browse: Any, use_emulator: Any) -> None:
    if httpx2.get(f"{use_emulator.url}/latarnia/status", trust_env=False).status_code == 404:
        pytest.skip("the emulator has no Latarnia yet")
    page = browse(owner).get(f"/firmy/{connected.pk}/ustawienia/ksef/stan/").content.decode()
    assert "KSeF: dostępny" in page
    assert "Połącz z KSeF" not in page


def test_another_process_goes_on_with_the_same_login(connected: Any, settings: Any, tmp_path: Path) -> None:
    """What one process sealed, another one opens with the same key file."""
    sealed = bytes(KsefLogin.objects.get().sealed_tokens).hex()
    label = KsefLogin.objects.get().label
    script = (
        "import sys;from django.conf import settings;settings.configure(LICZYDLO_DATA=sys.argv[1],"
        "LICZYDLO_MASTER_KEY='',LICZYDLO_MASTER_PASSPHRASE='',INSTALLED_APPS=[]);"
        "from liczydlo.connection import vault;from liczydlo.ksef import Tokens;"
        f"print(Tokens.from_json(vault.unseal(bytes.fromhex('{sealed}'),**{label!r}).decode()).refresh_valid_until)"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(liczydlo.__file__).parents[1])},
    )
    assert said.stdout.strip() == str(KsefLogin.objects.get().refresh_valid_until)
