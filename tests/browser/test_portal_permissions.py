"""Every kind of permission through the portal's own forms, in real Chromium: given, refused, listed and taken away."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from ksef_emulator.model.access.grants import Grant, Identifier, Kind
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.model.time.progress import AT_ONCE
from ksef_emulator.receipts.seal import Seal
from ksef_emulator.testing import Running
from playwright.sync_api import expect

from tests.browser.conftest import camera, faults

pytestmark = pytest.mark.browser
FIRM = "7771234567"
CLIENT = "5217994952"
LONG = "Międzynarodowe Towarzystwo Obsługi Faktur Ustrukturyzowanych sp. z o.o. sp. k. w Łodzi"


def owner(page: Any) -> None:
    """Anna Nowak logs in to her own firm."""
    page.goto("/portal/logowanie/gov")
    page.get_by_label("NIP lub identyfikator wewnętrzny").fill(FIRM)
    page.get_by_role("button", name="Uwierzytelnij").click()
    page.get_by_role("button", name="Podpisz").click()
    page.get_by_role("heading", name="Lista certyfikatów").wait_for()


def at_once(ksef: Running) -> None:
    """Nobody waits for logins and operations."""
    ksef.emulator.auth.progress = ksef.emulator.granting.progress = AT_ONCE


def choose(page: Any, kind: str) -> None:
    """The first step: which kind."""
    page.get_by_role("link", name="Nadaj uprawnienie").first.click()
    page.get_by_label("Rodzaj uprawnienia", exact=False).select_option(label=kind)
    page.get_by_role("button", name="Wybierz").click()


def give(page: Any) -> None:
    page.get_by_role("button", name="Nadaj uprawnienia").click()
    page.get_by_text("Zakończono pomyślnie").wait_for()


def maria(page: Any) -> None:
    page.get_by_label("Wartość identyfikatora", exact=False).last.fill("90011500129")
    page.get_by_label("Imię").fill("Maria")
    page.get_by_label("Nazwisko").fill("Wiśniewska")


def look(page: Any, picture: Any, name: str) -> None:
    picture(name)
    assert not faults(page)


def test_every_kind_is_given(portal: Any, ksef: Running) -> None:
    page, picture = portal, camera(portal)
    at_once(ksef)
    owner(page)
    choose(page, "Podmiotowi do obsługi faktur")
    page.get_by_label("NIP podmiotu").fill(FIRM)
    page.get_by_label("Pełna nazwa podmiotu").fill(LONG)
    page.get_by_label("przeglądania faktur", exact=True).check()
    page.get_by_label("z prawem przekazania dalej: przeglądania faktur").check()
    page.get_by_role("button", name="Nadaj uprawnienia").click()
    page.get_by_role("alert").get_by_text("Kod 440").wait_for()
    expect(page.get_by_label("Pełna nazwa podmiotu")).to_have_value(LONG)
    look(page, picture, "80-portal-podmiotowi")
    page.get_by_label("NIP podmiotu").fill(CLIENT)
    give(page)
    assert not faults(page)
    choose(page, "Podmiotowe, np. do samofakturowania")
    page.get_by_label("Wystawianie faktur PEF").check()
    page.get_by_label("Wartość identyfikatora").fill(CLIENT)
    page.get_by_label("Pełna nazwa podmiotu").fill("Dostawca Peppol")
    page.get_by_role("button", name="Nadaj uprawnienia").click()
    page.get_by_role("alert").get_by_text("Kod 450").wait_for()
    page.get_by_label("Identyfikator Peppol").check()
    page.get_by_label("Wartość identyfikatora").fill("PPL990001")
    look(page, picture, "81-portal-podmiotowe")
    give(page)
    choose(page, "Administratorowi jednostki podrzędnej")
    page.get_by_label("Wartość identyfikatora jednostki").fill(f"{FIRM}-12340")
    page.get_by_label("Nazwa jednostki").fill("Oddział w Łodzi")
    maria(page)
    page.get_by_role("button", name="Nadaj uprawnienia").click()
    said = page.get_by_role("alert").get_by_text("tu powinna być").inner_text()
    look(page, picture, "82-portal-jednostka")
    page.get_by_label("Wartość identyfikatora jednostki").fill(f"{FIRM}-1234{said[-2]}")
    give(page)
    choose(page, "W sposób pośredni: osobie do obsługi faktur klientów")
    expect(page.get_by_label("Identyfikator klienta")).to_be_hidden()
    maria(page)
    page.get_by_label("wystawiania faktur", exact=True).check()
    look(page, picture, "83-portal-posrednio")
    give(page)
    by_fingerprint(page, picture)
    the_list(page, picture)


def by_fingerprint(page: Any, picture: Any) -> None:
    """A person whose certificate tells nothing, and who has neither NIP nor PESEL."""
    page.get_by_role("link", name="Nadaj uprawnienie").first.click()
    expect(page.get_by_label("Odcisk palca certyfikatu")).to_be_hidden()
    page.get_by_label("certyfikatem niezawierającym").check()
    page.get_by_label("Odcisk palca certyfikatu").fill("0123456789abcdef" * 4)
    page.get_by_label("Nie – podaję datę").check()
    expect(page.get_by_label("NIP lub PESEL tej osoby")).to_be_hidden()
    page.get_by_label("Imię").fill("Olena")
    page.get_by_label("Nazwisko").fill("Kowalenko-Szewczenko")
    page.get_by_label("Data urodzenia").fill("1990-02-03")
    page.get_by_label("Rodzaj dokumentu").fill("paszport")
    page.get_by_label("Seria i numer").fill("FE 123456")
    page.get_by_label("Kraj wydania").fill("UA")
    page.get_by_text("Pozostałe", exact=True).click()
    page.get_by_label("zarządzania uprawnieniami").check()
    look(page, picture, "84-portal-odcisk-palca")
    give(page)


def the_list(page: Any, picture: Any) -> None:
    """All kinds are there; one is found, looked at and taken away; an authorization by its own operation."""
    page.get_by_role("link", name="Zarządzaj uprawnieniami").last.click()
    rows = page.get_by_role("row")
    expect(rows).to_have_count(6)
    look(page, picture, "86-portal-lista-uprawnien")
    page.get_by_text("Filtrowanie").click()
    page.locator("#f-kind").select_option("authorization")
    page.get_by_role("button", name="Filtruj").click()
    page.get_by_role("cell", name="Wystawianie faktur PEF (Peppol)", exact=True).wait_for()
    expect(rows).to_have_count(2)
    page.get_by_role("link", name=re.compile("Odbierz Wystawianie faktur PEF")).click()
    look(page, picture, "87-portal-odbierz")
    page.get_by_role("button", name="Odbierz").click()
    page.get_by_text("Uprawnienie odebrane").wait_for()
    expect(rows).to_have_count(5)
    assert not faults(page)


def test_what_one_has_on_a_phone_and_in_the_dark(portal: Any, ksef: Running) -> None:
    page, picture = portal, camera(portal)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    at_once(ksef)
    client(ksef)
    owner(page)
    page.get_by_role("link", name="Uprawnienia otrzymane").click()
    page.get_by_role("cell", name=f"NIP: {CLIENT}", exact=True).wait_for()
    look(page, picture, "88-portal-otrzymane-telefon-ciemny")
    page.get_by_role("link", name=re.compile("Przekaż osobie")).click()
    expect(page.get_by_label("Identyfikator klienta")).to_have_value(CLIENT)
    page.get_by_label("Wartość identyfikatora").fill("85041212344")
    page.get_by_label("Imię").fill("Anna")
    page.get_by_label("Nazwisko").fill("Nowak")
    page.get_by_label("przeglądania faktur", exact=True).check()
    assert not faults(page)
    give(page)
    assert not faults(page)
    page.get_by_role("link", name="Moje uprawnienia").click()
    look(page, picture, "89-portal-moje-telefon-ciemny")
    page.get_by_role("link", name="English").click()
    page.get_by_role("heading", name="My permissions").wait_for()


def client(ksef: Running) -> None:
    """A client lets the firm look at its invoices and hand that on."""
    giver, person = Identifier(type="Nip", value=CLIENT), Identifier(type="Pesel", value="77060100197")
    given = Grant(
        kind=Kind.ENTITY,
        context=giver,
        giver=giver,
        author=person,
        subject=Identifier(type="Nip", value=FIRM),
        permission="InvoiceRead",
        can_delegate=True,
        description=LONG,
    )
    ksef.emulator.granting.give(Context(type=ContextType.NIP, value=CLIENT), [given])


def test_a_foreign_entity(portal: Any, ksef: Running, tmp_path: Path) -> None:
    page, picture = portal, camera(portal)
    somebody = certificate()
    digest = somebody.certificate.fingerprint(hashes.SHA256()).hex().upper()
    at_once(ksef)
    owner(page)
    choose(page, "Administratorowi podmiotu unijnego")
    page.get_by_label("Numer VAT UE").fill("DE123456789")
    page.get_by_label("Nazwa podmiotu unijnego").fill("Muster Handelsgesellschaft mbH")
    page.get_by_label("Adres podmiotu unijnego").fill("Unter den Linden 1, 10117 Berlin")
    page.get_by_label("ma certyfikat pieczęci").check()
    page.get_by_label("Odcisk palca").fill(digest)
    page.get_by_label("Pełna nazwa podmiotu z pieczęcią").fill("Muster Handelsgesellschaft mbH")
    page.get_by_label("Adres tego podmiotu").fill("Unter den Linden 1, 10117 Berlin")
    look(page, picture, "85-portal-administrator-ue")
    give(page)
    assert not faults(page)
    page.get_by_role("button", name="Wyloguj").click()
    page.goto("/portal/logowanie/certyfikat")
    page.get_by_label("Identyfikator złożony NIP–VAT UE").check()
    assert not faults(page)
    page.get_by_label("NIP lub identyfikator wewnętrzny").fill(f"{FIRM}-DE123456789")
    page.get_by_role("button", name="Uwierzytelnij").click()
    page.get_by_label("znany po odcisku palca").check()
    page.get_by_role("button", name="Dalej").click()
    with page.expect_download() as request:
        page.get_by_role("link", name="Pobierz żądanie autoryzacyjne").click()
    signed = tmp_path / "podpisane.xml"
    signed.write_bytes(somebody.sign(Path(request.value.path()).read_bytes(), at=datetime.now(UTC)))
    page.get_by_label("Podpisane żądanie autoryzacyjne").set_input_files(signed)
    page.get_by_role("button", name="Uwierzytelnij").click()
    page.get_by_role("link", name="Nadaj uprawnienie").click()
    page.get_by_label("Odcisk palca").fill("F" * 64)
    page.get_by_label("NIP lub PESEL tej osoby").fill("90011500129")
    page.get_by_label("Imię").fill("Maria")
    page.get_by_label("Nazwisko").fill("Wiśniewska")
    page.get_by_label("przeglądania faktur").check()
    assert not faults(page)
    give(page)
    page.get_by_role("link", name="Zarządzaj uprawnieniami").last.click()
    expect(page.get_by_role("row")).to_have_count(6)
    assert not faults(page)


def certificate() -> Seal:
    """A certificate that names nobody, as TEST takes them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Muster Handelsgesellschaft mbH")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    return Seal(key=key, certificate=made)
