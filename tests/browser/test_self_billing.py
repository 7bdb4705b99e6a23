"""Self-billing in Chromium: refused without the supplier's permission, given in the portal, accepted, one purchase."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from ksef_emulator.testing import Running
from liczydlo.demo.firms import COMPANY
from playwright.sync_api import expect

from tests.browser.conftest import chromium_at, faults
from tests.browser.test_portal_permissions import FIRM, at_once, choose, give, owner

pytestmark = pytest.mark.browser
SUPPLIER: Final = FIRM


def granted(page: Any) -> None:
    """The supplier logs in to his own firm and lets the buyer issue in his name."""
    owner(page)
    choose(page, "Podmiotowe, np. do samofakturowania")
    page.get_by_label("Samofakturowanie").check()
    page.get_by_label("Wartość identyfikatora").fill(COMPANY.nip)
    page.get_by_label("Pełna nazwa podmiotu").fill(COMPANY.name)
    give(page)


def seen(page: Any, picture: Callable[[str], None], name: str) -> None:
    """Wide and light, then a phone in the dark."""
    picture(name)
    assert not faults(page), name
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    picture(f"{name}-telefon-ciemny")
    assert not faults(page), name
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 860})


def test_from_the_refusal_to_one_purchase(
    installed: Any, ksef: Running, picture: Callable[[str], None]
) -> None:
    page = installed
    at_once(ksef)
    page.goto("/firmy/1/zakupy/")
    page.get_by_role("link", name="Wystawione za dostawców").click()
    page.get_by_role("heading", name="Wystawione za dostawców").wait_for()
    seen(page, picture, "300-za-dostawcow-puste")
    page.get_by_role("link", name="Nowa samofaktura").click()
    page.get_by_label("NIP dostawcy").fill(SUPPLIER)
    page.get_by_label("Nazwa albo imię i nazwisko").fill("Tartak Dębina sp. z o.o.")
    page.get_by_label("Ulica i numer", exact=True).fill("Leśna 4")
    page.get_by_label("Kod pocztowy i miejscowość", exact=True).fill("08-110 Siedlce")
    page.locator("#id_lines-0-name").fill("Deski dębowe")
    page.locator("#id_lines-0-price").fill("1000")
    page.get_by_text("1 230,00 zł").first.wait_for()
    seen(page, picture, "301-samofaktura")
    page.get_by_role("button", name="Dalej: podgląd").last.click()
    page.get_by_role("heading", name="Co zostanie wysłane").wait_for()
    expect(page.get_by_text("Wystawia fakturę w imieniu sprzedawcy")).to_be_visible()
    seen(page, picture, "302-samofaktura-podglad")
    page.locator("[data-opens=sheet-online]").first.click()
    page.locator("#sheet-online button.button-primary").click()
    refused = page.get_by_text("nada Twojej firmie uprawnienie „samofakturowanie”")
    expect(refused).to_be_visible(timeout=60_000)
    seen(page, picture, "303-samofaktura-odrzucona")

    with chromium_at(ksef.url) as portal:
        granted(portal)
    page.get_by_role("button", name="Wyślij ponownie").click()
    number = page.locator("#ksef-number")
    number.wait_for(timeout=60_000)
    given = number.inner_text()
    assert given.startswith(SUPPLIER)
    seen(page, picture, "304-samofaktura-przyjeta")

    page.goto("/firmy/1/zakupy/")
    page.get_by_role("button", name="Pobierz z KSeF").click()
    page.locator("#progress[hx-get]").wait_for(state="detached", timeout=60_000)
    page.goto(f"/firmy/1/zakupy/?q={given}")
    expect(page.locator(".inbox-name a")).to_have_count(1)
    page.goto("/firmy/1/sprzedaz/za-dostawcow/")
    expect(page.get_by_role("link", name="Tartak")).to_have_count(0)
    expect(page.get_by_text("Tartak Dębina sp. z o.o.")).to_have_count(1)
    expect(page.get_by_text("Do zapłaty").last).to_be_visible()
    seen(page, picture, "305-za-dostawcow")
    page.goto("/firmy/1/sprzedaz/")
    page.get_by_role("heading", name="Sprzedaż").wait_for()
    expect(page.get_by_text("Tartak Dębina sp. z o.o.")).to_have_count(0)
