"""The document's two flows and the other ways in, each with the emulator's portal, from an empty installation.

The short way of both kinds of firm is walked and counted in ``test_short_way``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ksef_emulator.testing import Running
from playwright.sync_api import expect

from tests.browser.conftest import camera, faults, reload_until
from tests.browser.test_first_day import make_account
from tests.browser.test_portal import PASSWORD, enter, obtain
from tests.browser.test_short_way import SOLE_NIP, download, firm, sign

pytestmark = pytest.mark.browser
COMPANY = "5217994952"


@pytest.fixture
def tab(page: Any, ksef: Running) -> Iterator[Any]:
    """The portal in a window of its own, as the document has it."""
    window = page.context.browser.new_context(base_url=ksef.url, locale="pl-PL", accept_downloads=True)
    yield window.new_page()
    window.close()


def in_portal(tab: Any, nip: str, person: str) -> None:
    """Into the portal by the trusted profile."""
    enter(tab, "Zaloguj przez login.gov.pl", nip)
    tab.get_by_label(person).check()
    tab.get_by_role("button", name="Podpisz").click()
    tab.get_by_role("heading", name="Lista certyfikatów").wait_for()


def start(page: Any, picture: Callable[[str], None], name: str) -> None:
    """„Usługi dodatkowe → Dowiedz się więcej → Uruchom KSeF", to the choice of a way."""
    page.get_by_role("link", name="Usługi dodatkowe").first.click()
    page.get_by_role("link", name="Dowiedz się więcej").click()
    picture(f"{name}-dowiedz-sie")
    assert not faults(page)
    page.get_by_role("link", name="Uruchom KSeF").click()
    page.get_by_role("heading", name="Połącz z KSeF").wait_for()
    picture(f"{name}-sposob")
    assert not faults(page)


def give(page: Any, pair: tuple[Path, Path], *, button: str) -> None:
    """A key, its certificate and the password into the form of either tab."""
    page.get_by_label(re.compile("^Klucz prywatny")).set_input_files(pair[0])
    page.get_by_label(re.compile("^Certyfikat \\(plik")).set_input_files(pair[1])
    page.get_by_label("Hasło do klucza prywatnego").fill(PASSWORD)
    page.get_by_role("button", name=button).click()


def remove(page: Any) -> None:
    """„Usuń certyfikat", asked and answered."""
    page.get_by_role("link", name="Usuń certyfikat").click()
    page.get_by_role("dialog").get_by_role("button", name="Usuń certyfikat").click()
    page.get_by_text("zostały usunięte").wait_for()


def by_token(page: Any, tab: Any) -> None:
    """A token from the portal, pasted."""
    tab.get_by_role("link", name="Tokeny").click()
    tab.get_by_role("link", name="Generuj token").click()
    tab.get_by_label("Nazwa tokena").fill("Program do faktur")
    tab.get_by_text("Przeglądanie faktur").click()
    tab.get_by_text("Wystawianie faktur").click()
    tab.get_by_role("button", name="Generuj token").click()
    token = tab.get_by_label("Token", exact=True).input_value()
    page.get_by_role("link", name="Wklej token").click()
    page.get_by_label("Token KSeF").fill(token)
    page.get_by_role("button", name="Połącz z KSeF").click()
    page.get_by_role("heading", name="Aktywne połączenie z KSeF").wait_for()
    page.get_by_text("Temu tokenowi brakuje").wait_for(state="detached")


def test_a_sole_proprietor_by_certificate_and_by_token(
    page: Any, tab: Any, tmp_path: Path, picture: Callable[[str], None]
) -> None:
    """The document's first flow, steps 1 to 13 and 28 to 34; then the token's way."""
    make_account(page, lambda _name: None)
    firm(page, SOLE_NIP, "Kwiaciarnia Pod Jaworem", "sole")
    start(page, picture, "170-jednoosobowa")
    page.get_by_role("link", name="Wgraj certyfikat").click()
    picture("171-wgraj-certyfikat")
    assert not faults(page)
    in_portal(tab, SOLE_NIP, "Anna Nowak")
    first = obtain(tab, tmp_path, "Certyfikat uwierzytelniający", "Uwierzytelnienie w systemie KSeF")
    second = obtain(tab, tmp_path, "Certyfikat offline", "Podpis linku do weryfikacji wystawcy")
    give(page, (second[0], first[1]), button="Połącz z KSeF")
    page.locator("[data-error]").wait_for()
    picture("172-klucz-drugiego")
    assert not faults(page)
    give(page, second, button="Połącz z KSeF")
    page.locator("[data-error='offline-as-authentication']").wait_for()
    give(page, first, button="Połącz z KSeF")
    page.get_by_role("heading", name="Aktywne połączenie z KSeF").wait_for()
    picture("173-aktywne-polaczenie")
    page.get_by_role("link", name="Dodaj certyfikat offline").click()
    picture("174-offline")
    give(page, second, button="Dodaj certyfikat offline")
    page.get_by_role("heading", name="Certyfikat offline jest aktywny").wait_for()
    picture("175-gotowe")
    assert not faults(page)
    under_a_passphrase(page, picture)
    page.get_by_role("link", name=re.compile("^Połączenie z KSeF")).click()
    remove(page)
    by_token(page, tab)


def under_a_passphrase(page: Any, picture: Callable[[str], None]) -> None:
    """The keys closed with the owner's passphrase, and opened again."""
    page.get_by_role("link", name="Certyfikaty", exact=True).click()
    page.get_by_role("link", name="Zabezpiecz klucze hasłem").click()
    picture("190-haslo-do-kluczy")
    assert not faults(page)
    page.get_by_label("Hasło do kluczy").fill("cztery zielone słonie")
    page.get_by_label("Powtórz hasło").fill("cztery zielone słonie")
    page.get_by_role("button", name="Zabezpiecz klucze hasłem").click()
    page.get_by_role("heading", name="Klucze są otwarte").wait_for()
    picture("191-klucze-otwarte")
    page.get_by_role("button", name="Zamknij teraz").click()
    page.get_by_role("heading", name="Klucze są zamknięte").wait_for()
    page.get_by_label("Hasło do kluczy").first.fill("trzy zielone słonie")
    page.get_by_role("button", name="Otwórz na czas pracy").click()
    page.get_by_text("To nie jest hasło do kluczy").wait_for()
    picture("192-klucze-zamkniete")
    assert not faults(page)
    page.get_by_label("Hasło do kluczy").first.fill("cztery zielone słonie")
    page.get_by_role("button", name="Otwórz na czas pracy").click()
    page.get_by_role("heading", name="Klucze są otwarte").wait_for()
    page.get_by_role("link", name="Certyfikaty KSeF").click()


def test_a_company_without_a_seal(
    page: Any, tab: Any, ksef: Running, tmp_path: Path, picture: Callable[[str], None]
) -> None:
    """The document's second flow with ZAW-FA, the short way and the permissions; then by certificate and by token."""
    make_account(page, lambda _name: None)
    firm(page, COMPANY, "Żółw i Spółka sp. z o.o.", "company")
    start(page, picture, "180-spolka")
    page.get_by_role("button", name="Nie mamy pieczęci").click()
    picture("181-zaw-fa")
    assert not faults(page)
    with page.expect_popup() as office:
        page.get_by_role("link", name="Urząd skarbowy w emulatorze").click()
    notice = office.value
    notice.get_by_label("NIP spółki").fill(COMPANY)
    notice.get_by_label("Imię osoby").fill("Maria")
    notice.get_by_label("Nazwisko osoby").fill("Wiśniewska")
    notice.get_by_label("PESEL").fill("90011500129")
    notice.get_by_role("button", name="Złóż zawiadomienie").click()
    notice.get_by_text("Przyjęto").wait_for()
    notice.close()
    page.get_by_label("Kogo wskazano").fill("Maria Wiśniewska")
    page.get_by_role("button", name="Zawiadomienie złożone").click()
    picture("182-czeka-na-urzad")
    assert not faults(page)
    page.goto("/firmy/1/ustawienia/ksef/")  # the browser was closed, the step was kept
    page.get_by_text("złożone, czeka na urząd").wait_for()
    page.get_by_role("link", name="Zobacz kroki ZAW-FA").click()
    page.get_by_role("button", name="Urząd je przyjął").click()
    picture("183-przyjete")
    page.get_by_role("link", name="Połącz w 3 krokach").click()
    document = download(page, tmp_path)
    page.get_by_label("Podpisany dokument").set_input_files(
        sign(page, ksef, document, person="Maria Wiśniewska")
    )
    page.get_by_role("link", name="Wystaw fakturę").wait_for()
    page.goto("/firmy/1/ustawienia/ksef/zaw-fa/")
    with_rights = page.get_by_text("Program ma uprawnienia do wystawiania i przeglądania")
    reload_until(page, with_rights)  # a job gives them right after the connection
    picture("184-uprawnienia-nadane")
    assert not faults(page)
    page.get_by_role("link", name="Moje uprawnienia").click()
    page.get_by_text("Program loguje się do KSeF jako: Maria Wiśniewska").wait_for()
    expect(page.get_by_role("link", name=re.compile("Nadaj sobie: wystawianie"))).to_have_count(0)

    in_portal(tab, COMPANY, "Maria Wiśniewska")
    first = obtain(tab, tmp_path, "Certyfikat uwierzytelniający", "Uwierzytelnienie w systemie KSeF")
    page.get_by_role("link", name=re.compile("^Połączenie z KSeF")).click()
    remove(page)
    page.get_by_role("link", name="Wgraj certyfikat").click()
    page.get_by_label("Nazwa certyfikatu").fill("Certyfikat Marii")
    give(page, first, button="Połącz z KSeF")
    page.get_by_role("heading", name="Aktywne połączenie z KSeF").wait_for()
    page.get_by_text("Certyfikat Marii").wait_for()
    remove(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    camera(page)("185-sposob-telefon-ciemny")
    assert not faults(page)
    page.goto("/firmy/1/ustawienia/ksef/zaw-fa/")
    camera(page)("186-zaw-fa-telefon-ciemny")
    assert not faults(page)
    page.goto("/firmy/1/ustawienia/ksef/")
    by_token(page, tab)
