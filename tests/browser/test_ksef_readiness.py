"""„Czy jestem gotowy?", the way in by token, and „Dziennik", in real Chromium; light, dark, and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from ksef_emulator.testing import Running
from liczydlo import ksef as client_of_ksef
from liczydlo.demo.firms import COMPANY
from liczydlo.ksef.conversation import Request
from playwright.sync_api import expect

from tests.browser.conftest import faults
from tests.browser.test_first_day import make_account
from tests.browser.test_short_way import SOLE_NIP, firm
from tests.processes import Application

pytestmark = pytest.mark.browser


def owner_of(ksef: Running, nip: str) -> client_of_ksef.Client:
    """A client of the firm's owner, who signs with the firm's seal."""
    issued = ksef.certificate(kind="seal", nip=nip, name="Firma")
    return client_of_ksef.Client(
        client_of_ksef.emulator(ksef.url),
        credential=client_of_ksef.load(issued.privateKey.encode(), issued.certificate.encode()),
        context=client_of_ksef.Context(value=nip),
        trust_env=False,
    )


def make_token(ksef: Running, nip: str, *permissions: str) -> str:
    """A KSeF token, as its owner gets it once."""
    body = {"permissions": list(permissions), "description": "Program do faktur"}
    with owner_of(ksef, nip) as client:
        request = Request(method="POST", path="/tokens", json=body)
        return client._transport.perform(request, client.login().access).object().text("token")


def enter(page: Any) -> None:
    """Log in to the application and go to KSeF's page of the settings."""
    page.goto("/")
    page.get_by_label("Adres e-mail").fill("ala@example.com")
    page.get_by_label("Hasło", exact=True).fill("Kwiecień-plecień 2026")
    page.get_by_role("button", name="Zaloguj się", exact=True).click()
    page.get_by_role("link", name="Dane i ustawienia").first.click()
    page.get_by_role("link", name="KSeF", exact=True).click()


def dark_phone(page: Any) -> None:
    """The smallest screen, at night."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")


def test_green_and_then_what_to_do(
    page: Any, fresh: tuple[Application, str], ksef: Running, picture: Callable[[str], None]
) -> None:
    done = fresh[0].drive("connect", ksef.control_url)
    assert done.returncode == 0, done.stderr
    enter(page)
    page.get_by_role("link", name="Czy jestem gotowy?").click()
    picture("120-gotowosc-przed")
    assert not faults(page)
    page.get_by_role("button", name="Sprawdź teraz").click()
    page.get_by_text("Tak. Możesz wystawiać i odbierać faktury").wait_for()
    expect(page.locator('[data-state="ok"]')).to_have_count(9)
    picture("121-gotowosc-zielono")
    assert not faults(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Otwórz próbny link weryfikacyjny").click()
    opened.value.get_by_text("Wystawca jest autentyczny").wait_for()
    opened.value.close()

    with owner_of(ksef, COMPANY.nip) as client:
        for one in client.query_certificates(kind="Offline", status="Active"):
            client.revoke_certificate(one.serial)
    ksef.emulator.announcements.failure(title="Awaria bazy danych")
    page.get_by_role("button", name="Sprawdź jeszcze raz").click()
    page.get_by_text("rzeczy do poprawy: 2").wait_for()
    expect(page.locator('[data-check="offline"][data-state="bad"]')).to_be_visible()
    expect(page.locator('[data-check="kod2"]').get_by_text("Certyfikat nie jest aktywny")).to_be_visible()
    picture("122-gotowosc-do-poprawy")
    assert not faults(page)
    dark_phone(page)
    picture("123-gotowosc-telefon-ciemny")
    assert not faults(page)


def test_a_token_connects_and_leaves_its_audit_log(
    page: Any, ksef: Running, picture: Callable[[str], None]
) -> None:
    make_account(page, lambda _name: None)
    firm(page, SOLE_NIP, "Kwiaciarnia Pod Jaworem", "sole")
    token = make_token(ksef, SOLE_NIP, "InvoiceRead")
    page.get_by_role("link", name="Dane i ustawienia").first.click()
    page.get_by_role("link", name="KSeF", exact=True).click()
    page.get_by_role("link", name="Wklej token").click()
    page.get_by_label("Token KSeF").fill(token[:-50])
    page.get_by_role("button", name="Połącz z KSeF").click()
    page.get_by_text("Trzecia część tokena").wait_for()
    expect(page.get_by_label("Token KSeF")).to_have_value("")
    picture("124-token-blad")
    assert not faults(page)
    page.get_by_label("Token KSeF").fill(token)
    page.get_by_role("button", name="Połącz z KSeF").click()
    page.get_by_text("Temu tokenowi brakuje uprawnień").wait_for()
    page.get_by_text("Wymień token na nowy").click()
    page.get_by_label("albo plik tekstowy z tokenem").set_input_files(
        {
            "name": "token.txt",
            "mimeType": "text/plain",
            "buffer": make_token(ksef, SOLE_NIP, "InvoiceRead", "InvoiceWrite").encode(),
        }
    )
    page.get_by_role("button", name="Wymień i zaloguj się do KSeF").click()
    page.get_by_text("wystawianie faktur").first.wait_for()
    page.get_by_text("Temu tokenowi brakuje uprawnień").wait_for(state="detached")
    picture("125-token-polaczono")
    assert not faults(page)
    page.get_by_role("link", name="Czy jestem gotowy?").click()
    page.get_by_role("button", name="Sprawdź teraz").click()
    page.get_by_text("Program loguje się tokenem").wait_for()
    expect(page.locator('[data-check="login"][data-state="ok"]')).to_be_visible()

    page.get_by_role("link", name="Dziennik").click()
    page.get_by_role("button", name="Sprawdź dziennik").click()
    page.get_by_text(re.compile("Dziennik jest nienaruszony. Sprawdzono wpisów: 2")).wait_for()
    expect(page.get_by_role("row").filter(has_text="Połączono z KSeF tokenem")).to_have_count(2)
    picture("126-dziennik")
    assert not faults(page)
    with page.expect_download() as got:
        page.get_by_role("link", name="Pobierz CSV").click()
    assert re.fullmatch(rf"dziennik-{SOLE_NIP}-\d{{4}}-\d\d-\d\d\.csv", got.value.suggested_filename)
    page.get_by_label("Od dnia").fill("2030-01-01")
    page.get_by_role("button", name="Filtruj").click()
    page.get_by_text("Nic tu nie pasuje").wait_for()
    page.get_by_role("link", name="Wyczyść filtry").click()
    dark_phone(page)
    picture("127-dziennik-telefon-ciemny")
    assert not faults(page)
    page.get_by_role("link", name="KSeF", exact=True).click()
    page.get_by_role("link", name="Wklej token").click()
    picture("128-token-telefon-ciemny")
    assert not faults(page)
    page.get_by_role("link", name="Usuń token").click()
    page.get_by_role("button", name="Usuń token").click()
    page.get_by_text("Token został usunięty z programu").wait_for()
