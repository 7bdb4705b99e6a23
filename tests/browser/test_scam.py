"""A scam caught in Chromium: a changed account is warned of in the list, explained, and reported as an abuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from ksef_emulator.testing import Running
from liczydlo.demo.firms import COMPANY

from tests.browser.conftest import enter, faults, reload_until
from tests.processes import Application

pytestmark = pytest.mark.browser


@pytest.fixture
def defrauded(page: Any, fresh: tuple[Application, str], ksef: Running) -> Any:
    """A page of the owner of a connected firm to which contractors have sent a scam."""
    done = fresh[0].drive("connect", ksef.control_url)
    assert done.returncode == 0, done.stderr
    body = {"buyer": COMPANY.nip, "buyerName": COMPANY.name, "scam": "account"}
    httpx2.post(f"{ksef.control_url}/invoices", json=body, trust_env=False).raise_for_status()
    return enter(page)


def test_a_scam_is_caught(defrauded: Any, picture: Callable[[str], None]) -> None:
    page = defrauded
    page.get_by_role("link", name="Zakupy").first.click()
    page.get_by_role("button", name="Pobierz z KSeF").click()
    page.get_by_text("Nowa", exact=True).first.wait_for()
    page.locator("#progress[hx-get]").wait_for(state="detached")
    warned = page.get_by_text("Zmieniony rachunek", exact=True)
    reload_until(page, warned)  # the documents are read just after they are stored
    page.get_by_label("Ostrzeżenia").select_option("open")
    page.get_by_role("button", name="Filtruj").click()
    warned.wait_for()
    picture("190-ostrzezenia")
    assert not faults(page)
    page.locator("tr", has=warned).get_by_role("link").first.click()
    page.get_by_role("heading", name="Zanim zapłacisz").wait_for()
    picture("191-zmieniony-rachunek")
    assert not faults(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    picture("192-zmieniony-rachunek-telefon-ciemny")
    assert not faults(page)
    page.get_by_role("link", name="Zgłoś nadużycie").click()
    page.get_by_role("heading", name="Opis do wklejenia").wait_for()
    picture("193-zglos-naduzycie")
    assert not faults(page)
    page.get_by_role("button", name="Zgłoszenie poszło").click()
    page.get_by_text("Ta faktura jest zgłoszona jako nadużycie.").wait_for()
    page.get_by_label("Notatka: kto i jak sprawdził").first.fill("Zadzwoniłam, to nie ich rachunek")
    page.get_by_role("button", name="Sprawdzone").first.click()
    page.get_by_text("Zadzwoniłam, to nie ich rachunek").first.wait_for()
    assert not faults(page)
