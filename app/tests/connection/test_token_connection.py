"""Connecting by token: the page, each refusal, the certificate that goes first, removal, strangers and roles."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from liczydlo import ksef
from liczydlo.audit.models import Entry
from liczydlo.companies import nips
from liczydlo.connection import clients, vault
from liczydlo.connection.credentials import storing
from liczydlo.connection.models import KsefLogin, StoredCertificate, StoredToken

from app.tests.conftest import make_company

NIP = "5265877635"
OTHER_NIP = "8567346215"

pytestmark = pytest.mark.django_db
SHAPED = f"20261124-EC-319D7EE000-B67F415CDC-C9|nip-{NIP}|{'0a' * 32}"


def address(company: Any, rest: str = "") -> str:
    return f"/firmy/{company.pk}/ustawienia/ksef/token/{rest}"


def nothing_stored() -> bool:
    return not StoredToken.objects.exists() and not KsefLogin.objects.exists() and not Entry.objects.exists()


def test_a_pasted_token_connects(company: Any, owner: Any, browse: Any, make_token: Any, caplog: Any) -> None:
    text = make_token(company.nip, "InvoiceRead", "InvoiceWrite")
    caplog.set_level(logging.DEBUG)
    page = browse(owner).post(address(company), {"token": f"  {text}\n"}, follow=True)
    content = page.content.decode()
    assert "Aktywne połączenie z KSeF" in content
    assert "wystawianie faktur" in content and "przeglądanie faktur" in content
    assert "31 grudnia 2026" in content
    stored = StoredToken.objects.get()
    secret = text.rpartition("|")[2]
    assert stored.reference in content and secret not in content
    assert (stored.author, stored.description) == (f"NIP {company.nip}", "Program do faktur")
    assert vault.unseal(bytes(stored.sealed_token), **stored.label).decode() == text
    assert secret.encode() not in bytes(stored.sealed_token)
    assert secret not in caplog.text
    entry = Entry.objects.get()
    assert (entry.action, entry.reference, entry.by) == ("token-stored", stored.reference, owner)
    assert secret not in str(entry.details)
    assert clients.is_connected(company)
    with clients.client(company) as client:
        assert client.tokens is not None, "the login of the check is shared"
        assert client.active_sessions()


def test_a_nip_that_another_owner_proved(
    company: Any, owner: Any, stranger: Any, browse: Any, make_token: Any
) -> None:
    nips.claim(make_company(company.nip, "Ta sama firma", stranger))
    page = browse(owner).post(address(company), {"token": make_token(company.nip)}, follow=True)
    assert "prowadzona w tej instalacji przez: Obcy Człowiek" in page.content.decode()
    assert nothing_stored()


def test_english(company: Any, owner: Any, browse: Any, make_token: Any) -> None:
    browser = browse(owner, language="en")
    page = browser.post(address(company), {"token": make_token(company.nip)}, follow=True).content.decode()
    assert "Active connection to KSeF" in page and "issuing invoices" in page


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_token_in_a_file_connects(
    encoding: str, company: Any, owner: Any, browse: Any, make_token: Any
) -> None:
    file = SimpleUploadedFile("token.txt", make_token(company.nip).encode(encoding))
    assert browse(owner).post(address(company), {"file": file}).status_code == 302
    assert StoredToken.objects.get().permissions == ["InvoiceRead", "InvoiceWrite"]


def test_a_token_without_the_rights_for_work_is_told(
    company: Any, owner: Any, browse: Any, make_token: Any
) -> None:
    token = make_token(company.nip, "InvoiceRead")
    page = browse(owner).post(address(company), {"token": token}, follow=True).content.decode()
    assert "Temu tokenowi brakuje uprawnień" in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Nie podano tokena"),
        ("abc", "trzy części"),
        ("x" * 5000, "trzy części"),
        ("x" + SHAPED, "Pierwsza część"),
        (SHAPED.replace("nip-", "pesel-"), "Druga część"),
        (SHAPED[:-40], "Trzecia część"),
        (SHAPED.replace(NIP, OTHER_NIP), f"dla firmy o NIP {OTHER_NIP}"),
        (SHAPED.replace(f"nip-{NIP}", f"internalid-{NIP}-00001"), "jednostki wewnętrznej"),
    ],
)
def test_a_wrong_part_is_named_before_anybody_is_asked(
    text: str, words: str, company: Any, owner: Any, browse: Any, settings: Any
) -> None:
    settings.LICZYDLO_EMULATOR_URL = "http://127.0.0.1:1"
    answer = browse(owner).post(address(company), {"token": text})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page and "0a0a0a" not in page
    assert nothing_stored()


def test_files_that_are_no_token(company: Any, owner: Any, browse: Any) -> None:
    for content in (b"\x30\x82\xff\xfe", b"x" * 20_000, b"a\0b"):
        answer = browse(owner).post(address(company), {"file": SimpleUploadedFile("t.txt", content)})
        assert answer.status_code == 422 and "nie zawiera tekstu tokena" in answer.content.decode()
    both = {"token": SHAPED, "file": SimpleUploadedFile("t.txt", SHAPED.encode())}
    assert "i wklejony, i w pliku" in browse(owner).post(address(company), both).content.decode()
    assert nothing_stored()


def test_ksef_does_not_know_it(company: Any, owner: Any, browse: Any, use_emulator: Any) -> None:
    answer = browse(owner).post(address(company), {"token": SHAPED})
    page = answer.content.decode()
    assert answer.status_code == 422 and "nie uznał tego tokena" in page and ">450<" in page
    assert nothing_stored()


def test_a_revoked_token(company: Any, owner: Any, browse: Any, make_token: Any) -> None:
    answer = browse(owner).post(address(company), {"token": make_token(company.nip, revoked=True)})
    assert answer.status_code == 422 and "nie uznał tego tokena" in answer.content.decode()
    assert nothing_stored()


def test_ksef_is_away(company: Any, owner: Any, browse: Any, ksef_away: None) -> None:
    answer = browse(owner).post(address(company), {"token": SHAPED})
    assert answer.status_code == 422 and "KSeF teraz nie odpowiada" in answer.content.decode()
    assert nothing_stored()


def test_the_certificate_goes_first(
    company: Any, owner: Any, browse: Any, make_token: Any, ksef_files: Any
) -> None:
    mine = ksef_files(company)
    storing.store_authentication(company, mine.key, mine.certificate, mine.password, owner)
    browser = browse(owner)
    page = browser.post(address(company), {"token": make_token(company.nip)}, follow=True).content.decode()
    assert "Token jest w zapasie" in page
    with clients.client(company) as client:
        assert isinstance(client._credential, ksef.Credential)
    StoredCertificate.objects.update(not_after=timezone.now() - timedelta(days=1))
    assert clients.is_connected(company)
    with clients.client(company) as client:
        assert isinstance(client._credential, ksef.KsefToken)
        assert client.active_sessions()
    storing.remove(company, clients.Purpose.AUTHENTICATION)
    with clients.client(company) as client:
        assert client.active_sessions()


def test_a_new_token_replaces_the_old(company: Any, owner: Any, browse: Any, make_token: Any) -> None:
    browser = browse(owner)
    browser.post(address(company), {"token": make_token(company.nip)})
    second = make_token(company.nip, "InvoiceRead")
    browser.post(address(company), {"token": second})
    assert StoredToken.objects.get().reference == second.partition("|")[0]
    assert KsefLogin.objects.get().fingerprint == f"token/{second.partition('|')[0]}"
    assert browser.post(address(company), {"token": "abc"}).status_code == 422
    assert StoredToken.objects.count() == 1, "a refused one leaves the old one"


def test_check_tells_of_a_revoked_token(company: Any, owner: Any, browse: Any, make_token: Any) -> None:
    text = make_token(company.nip)
    browser = browse(owner)
    browser.post(address(company), {"token": text})
    assert "token działa" in browser.post(address(company, "sprawdz/"), follow=True).content.decode()
    kept = StoredToken.objects.get()
    altered = text[:-1] + ("0" if text[-1] != "0" else "1")
    kept.sealed_token = vault.seal(altered.encode(), **kept.label)
    kept.save()
    assert "KSeF nie uznał tokena" in browser.post(address(company, "sprawdz/"), follow=True).content.decode()


def test_removal_asks_first_and_leaves_nothing(
    company: Any, owner: Any, browse: Any, make_token: Any
) -> None:
    browser = browse(owner)
    browser.post(address(company), {"token": make_token(company.nip)})
    assert "Usunąć token" in browser.get(address(company, "usun/")).content.decode()
    assert StoredToken.objects.count() == 1
    browser.post(address(company, "usun/"))
    assert not StoredToken.objects.exists() and not KsefLogin.objects.exists()
    assert not clients.is_connected(company)
    assert Entry.objects.order_by("-number").first().action == "token-deleted"  # type: ignore[union-attr]
    assert browser.get(address(company, "usun/")).status_code == 302
    assert browser.post(address(company, "usun/")).status_code == 302


def test_a_lost_master_key_is_told(company: Any, owner: Any, browse: Any, make_token: Any) -> None:
    browser = browse(owner)
    browser.post(address(company), {"token": make_token(company.nip)})
    StoredToken.objects.update(sealed_token=b"LV1" + bytes(200))
    page = browser.post(address(company, "sprawdz/"), follow=True).content.decode()
    assert "Zapisanego tokena nie da się odszyfrować" in page


@pytest.mark.parametrize("role", ["accountant", "issuer", "viewer"])
def test_other_roles_see_and_change_nothing(role: str, company: Any, member: Any, browse: Any) -> None:
    browser = browse(member(role))
    page = browser.get(address(company))
    assert page.status_code == 200 and "Token dodaje właściciel" in page.content.decode()
    assert browser.post(address(company), {"token": SHAPED}).status_code == 403
    assert browser.post(address(company, "usun/")).status_code == 403
    assert nothing_stored()


def test_a_stranger_gets_404(company: Any, stranger: Any, browse: Any) -> None:
    browser = browse(stranger)
    assert browser.get(address(company)).status_code == 404
    assert browser.post(address(company), {"token": SHAPED}).status_code == 404
    assert browser.post(address(company, "sprawdz/")).status_code == 404
    assert browser.post(address(company, "usun/")).status_code == 404
    assert browse().get(address(company)).status_code == 302


def test_tokens_are_rewrapped_with_the_master_key() -> None:
    assert (StoredToken, "sealed_token") in list(vault.sealed_columns())


def test_other_pages_know_of_the_token(company: Any, owner: Any, browse: Any, make_token: Any) -> None:
    browser = browse(owner)
    assert "nie jest połączona" in browser.get(f"/firmy/{company.pk}/").content.decode()
    browser.post(address(company), {"token": make_token(company.nip)})
    assert "nie jest połączona" not in browser.get(f"/firmy/{company.pk}/").content.decode()
    page = browser.get(f"/firmy/{company.pk}/ustawienia/ksef/").content.decode()
    assert "Firma łączy się z KSeF tokenem" in page
    assert "nie jest połączona" not in browser.get(f"/firmy/{company.pk}/sprzedaz/").content.decode()
