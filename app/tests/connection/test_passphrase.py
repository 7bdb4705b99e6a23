"""Keys under the owner's passphrase: set, open for a session, closed, taken off; what waits; what a thief finds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from liczydlo.audit.models import Entry
from liczydlo.connection import clients, vault
from liczydlo.connection.credentials import storing
from liczydlo.connection.errors import NotConnected
from liczydlo.connection.models import KsefLogin, Passphrase, Purpose, StoredCertificate
from liczydlo.connection.passphrase import wrapping
from liczydlo.sales import services as sales
from liczydlo.sales.models import Invoice

from app.tests.sales.world import Worker, connect, document, let_in, sender

__all__ = ["sender"]
WORDS = "cztery zielone słonie nad Wisłą"


@pytest.fixture
def firm(company: Any, ksef_files: Any, emulator: Any) -> Any:
    """A company with both certificates."""
    let_in(company, ksef_files, emulator)
    connect(company, ksef_files, "Offline")
    return company


def at(company: Any, rest: str = "") -> str:
    return f"/firmy/{company.pk}/ustawienia/ksef/haslo/{rest}"


def put_on(browser: Any, company: Any) -> str:
    answer = browser.post(at(company, "ustaw/"), {"passphrase": WORDS, "repeated": WORDS}, follow=True)
    return str(answer.content.decode())


@settings(max_examples=25)
@given(
    secret=st.binary(max_size=200), private=st.binary(min_size=32, max_size=32), flip=st.integers(0, 10**6)
)
def test_what_is_wrapped_opens_with_its_key_alone(secret: bytes, private: bytes, flip: int) -> None:
    wrapped = wrapping.wrap(secret, wrapping.public_of(private))
    assert wrapping.unwrap(wrapped, private) == secret
    with pytest.raises(wrapping.WrongPassphraseError):
        wrapping.unwrap(wrapped, bytes([private[0] ^ 8]) + private[1:])
    place = flip % len(wrapped)
    with pytest.raises(wrapping.WrongPassphraseError):
        wrapping.unwrap(wrapped[:place] + bytes([wrapped[place] ^ 1]) + wrapped[place + 1 :], private)


@pytest.mark.django_db
def test_closed_keys_do_not_open_and_open_ones_do(firm: Any, owner: Any, browse: Any) -> None:
    browser = browse(owner)
    assert "otwierają się same" in browser.get(at(firm)).content.decode()
    assert "Klucze są otwarte" in put_on(browser, firm), "who has just set it works on"
    with clients.client(firm) as client:
        client.active_sessions()
    assert clients.offline_credential(firm).serial

    browser.post(at(firm, "zamknij/"))
    assert not KsefLogin.objects.exists(), "the login goes with the keys"
    for ask in (lambda: clients.client(firm), lambda: clients.offline_credential(firm)):
        with pytest.raises(NotConnected) as refused:
            ask()
        assert refused.value.code == "key-locked"
    assert "Klucze są zamknięte" in browser.get(at(firm)).content.decode()
    strip = browser.get(f"/firmy/{firm.pk}/ustawienia/ksef/stan/").content.decode()
    assert "Otwórz klucze" in strip

    answer = browser.post(at(firm, "otworz/"), {"passphrase": WORDS + "?"})
    assert answer.status_code == 422 and "To nie jest hasło" in answer.content.decode()
    browser.post(at(firm, "otworz/"), {"passphrase": WORDS})
    with clients.client(firm) as client:
        client.active_sessions()
    assert [entry.action for entry in Entry.objects.order_by("number")][-3:] == [
        "passphrase-set",
        "keys-closed",
        "keys-opened",
    ]


@pytest.mark.django_db
def test_a_thief_of_the_database_and_the_master_key_gets_no_closed_key(
    firm: Any, owner: Any, browse: Any, tmp_path: Path
) -> None:
    browser = browse(owner)
    put_on(browser, firm)
    browser.post(at(firm, "zamknij/"))
    for stored in StoredCertificate.objects.all():
        inner = vault.unseal(bytes(stored.sealed_key), **stored.label)
        with pytest.raises(ValueError, match=r"deserialize|parse|ASN"):
            load_der_private_key(inner, password=None)
    row = Passphrase.objects.get()
    assert bytes(row.sealed_open) == b"" and row.private() is None
    call_command("dumpdata", output=str(tmp_path / "everything.json"))
    assert WORDS not in (tmp_path / "everything.json").read_text()


@pytest.mark.django_db
def test_the_session_ends_by_itself_and_with_the_person(firm: Any, owner: Any, browse: Any) -> None:
    browser = browse(owner)
    put_on(browser, firm)
    row = Passphrase.objects.get()
    assert row.is_open() and not row.is_open(timezone.now() + dt.timedelta(hours=8, seconds=1))
    assert row.private(timezone.now() + dt.timedelta(hours=9)) is None
    browser.logout()
    with pytest.raises(NotConnected):
        clients.offline_credential(firm)


@pytest.mark.django_db
def test_an_invoice_waits_for_the_keys_and_goes_when_they_open(
    firm: Any, owner: Any, browse: Any, sender: Worker
) -> None:
    browser = browse(owner)
    put_on(browser, firm)
    browser.post(at(firm, "zamknij/"))
    invoice = sales.issue(firm, document(firm.nip), by=owner)
    sender.run(firm)
    page = browser.get(f"/firmy/{firm.pk}/sprzedaz/{invoice.pk}/").content.decode()
    assert "zamknięte hasłem" in page and at(firm) in page
    browser.post(at(firm, "otworz/"), {"passphrase": WORDS})
    sender.until(firm, lambda: bool(Invoice.objects.get(pk=invoice.pk).entry.ksef_number))


@pytest.mark.django_db
def test_a_new_certificate_goes_under_it_though_nobody_types_it(
    firm: Any, owner: Any, browse: Any, ksef_files: Any
) -> None:
    browser = browse(owner)
    put_on(browser, firm)
    connect(firm, ksef_files, "Offline")
    stored = clients.certificate(firm, Purpose.OFFLINE)
    assert stored is not None and stored.under_passphrase
    browser.post(at(firm, "zamknij/"))
    connect(firm, ksef_files, "Offline")
    with pytest.raises(NotConnected):
        clients.offline_credential(firm)
    browser.post(at(firm, "otworz/"), {"passphrase": WORDS})
    stored = clients.certificate(firm, Purpose.OFFLINE)
    assert stored is not None and clients.offline_credential(firm).serial == stored.serial


@pytest.mark.django_db
def test_it_is_taken_off_with_the_passphrase_alone(firm: Any, owner: Any, browse: Any) -> None:
    browser = browse(owner)
    put_on(browser, firm)
    browser.post(at(firm, "zamknij/"))
    assert browser.post(at(firm, "zdejmij/"), {"passphrase": "nie to"}).status_code == 422
    assert Passphrase.objects.exists()
    browser.post(at(firm, "zdejmij/"), {"passphrase": WORDS})
    assert not Passphrase.objects.exists()
    assert clients.offline_credential(firm).serial
    assert not StoredCertificate.objects.filter(under_passphrase=True).exists()


@pytest.mark.django_db
def test_guessing_is_stopped(firm: Any, owner: Any, browse: Any) -> None:
    browser = browse(owner)
    put_on(browser, firm)
    browser.post(at(firm, "zamknij/"))
    for _ in range(5):
        browser.post(at(firm, "otworz/"), {"passphrase": "zgaduję"})
    answer = browser.post(at(firm, "otworz/"), {"passphrase": WORDS})
    assert "Za dużo prób" in answer.content.decode() and not Passphrase.objects.get().is_open()


@pytest.mark.django_db
def test_a_forgotten_one_ends_with_the_last_certificate(firm: Any, owner: Any, browse: Any) -> None:
    put_on(browse(owner), firm)
    storing.remove(firm, Purpose.AUTHENTICATION)
    assert Passphrase.objects.exists()
    storing.remove(firm, Purpose.OFFLINE)
    assert not Passphrase.objects.exists()


@pytest.mark.django_db
def test_no_copy_of_a_closed_key(firm: Any, owner: Any, browse: Any) -> None:
    browser = browse(owner)
    put_on(browser, firm)
    browser.post(at(firm, "zamknij/"))
    form = {"password": "Zupełnie-inne-1", "repeated": "Zupełnie-inne-1"}
    answer = browser.post(f"/firmy/{firm.pk}/ustawienia/ksef/certyfikaty/kopia/offline/", form)
    assert answer.status_code == 422 and "Kopia nie powstała" in answer.content.decode()
    assert not Entry.objects.filter(action="copied").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("one", "two", "words"), [("krótkie", "krótkie", "12"), (WORDS, WORDS + "!", "Hasła się różnią")]
)
def test_a_passphrase_that_will_not_do(
    firm: Any, owner: Any, browse: Any, one: str, two: str, words: str
) -> None:
    answer = browse(owner).post(at(firm, "ustaw/"), {"passphrase": one, "repeated": two})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Passphrase.objects.exists()


@pytest.mark.django_db
def test_strangers_and_other_roles(firm: Any, owner: Any, stranger: Any, member: Any, browse: Any) -> None:
    put_on(browse(owner), firm)
    for rest in ("ustaw/", "otworz/", "zamknij/", "zdejmij/"):
        assert browse(stranger).post(at(firm, rest)).status_code == 404
    reader = browse(member("viewer"))
    for rest in ("ustaw/", "otworz/", "zdejmij/"):
        assert reader.post(at(firm, rest), {"passphrase": WORDS}).status_code == 403
    assert Passphrase.objects.get().is_open()
    reader.post(at(firm, "zamknij/"))
    assert not Passphrase.objects.get().is_open(), "anybody of the company may shut the door"


@pytest.mark.django_db
def test_every_page_says_that_the_keys_are_closed(firm: Any, owner: Any, browse: Any) -> None:
    browser = browse(owner)
    put_on(browser, firm)
    browser.post(at(firm, "zamknij/"))
    ksef = f"/firmy/{firm.pk}/ustawienia/ksef/"
    browser.post(ksef + "gotowosc/")
    for rest in ("gotowosc/", "certyfikaty/", "uprawnienia/", "tokeny/", "tokeny/sesje/"):
        answer = browser.get(ksef + rest)
        assert answer.status_code == 200 and "zamknięte hasłem" in answer.content.decode(), rest
    for rest in ("", "polacz/", "offline/", "token/"):
        assert browser.get(ksef + rest).status_code == 200, rest
    answer = browser.post(ksef + "sprawdz/", follow=True)
    assert "zamknięte hasłem" in answer.content.decode()
