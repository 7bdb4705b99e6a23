"""„Dostępność KSeF" in Chromium: an announced failure, the next maintenance, a total failure entered by the owner."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from ksef_emulator.testing import Running
from liczydlo.demo.proofs import scan

from tests.browser.conftest import faults
from tests.browser.test_first_day import fill_invoice

pytestmark = pytest.mark.browser
WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.fixture
def announced(ksef: Running) -> None:
    """A failure that lasts, told before the application looks for the first time."""
    answer = httpx2.post(f"{ksef.control_url}/latarnia/failures", json={}, trust_env=False)
    assert answer.is_success, answer.text


def test_outages(announced: None, installed: Any, picture: Callable[[str], None]) -> None:
    page = installed
    page.get_by_role("link", name="KSeF: awaria").click()
    page.get_by_text("Końca jeszcze nie ogłoszono.").wait_for()
    picture("160-dostepnosc")
    assert not faults(page)
    page.get_by_role("link", name="Wpisz awarię całkowitą").click()
    page.get_by_label("Kiedy ją ogłoszono").fill(f"{datetime.now(WARSAW) + timedelta(days=2):%Y-%m-%dT%H:%M}")
    page.get_by_label("Gdzie ją ogłoszono").fill("Komunikat w TVP1 i na stronie Ministerstwa Finansów")
    page.get_by_role("button", name="Zapisz").click()
    page.get_by_text("Ta chwila jeszcze nie nadeszła.").wait_for()
    picture("161-awaria-calkowita-blad")
    assert not faults(page)
    page.get_by_label("Kiedy ją ogłoszono").fill(f"{datetime.now(WARSAW) - timedelta(days=1):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Zapisz").click()
    page.get_by_text("Zapisano awarię całkowitą.").wait_for()
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    picture("162-dostepnosc-telefon-ciemny")
    assert not faults(page)
    page.get_by_role("link", name="Popraw").click()
    assert not faults(page)
    page.get_by_role("button", name="To pomyłka: usuń ten wpis").click()
    page.get_by_text("Usunięto wpisaną awarię.").wait_for()


def test_at_the_counter_during_a_failure(
    announced: None, installed: Any, picture: Callable[[str], None], tmp_path: Path
) -> None:
    """From the preview to a print with both codes in three clicks; the page says why, and that the count waits."""
    page = installed
    page.get_by_role("link", name="KSeF: awaria").wait_for()
    page.get_by_role("link", name="Sprzedaż").first.click()
    page.get_by_role("link", name="Nowa faktura").first.click()
    fill_invoice(page)
    page.get_by_role("button", name="Dalej: podgląd").last.click()
    page.get_by_text("Ministerstwo ogłosiło awarię KSeF").first.wait_for()
    picture("163-podglad-w-czasie-awarii")
    assert not faults(page)
    page.get_by_role("button", name="Wystaw w trybie awaryjnym").first.click()
    picture("164-wystaw-w-trybie-awaryjnym")
    assert not faults(page)
    page.get_by_role("dialog").get_by_role("button", name="Wystaw w trybie awaryjnym").click()
    page.get_by_text("Termin to siódmy dzień roboczy po jej końcu").first.wait_for()
    picture("165-faktura-awaryjna")
    assert not faults(page)
    with page.expect_download() as started:
        page.get_by_role("link", name=re.compile("Pobierz PDF")).first.click()
    path = tmp_path / "awaryjna.pdf"
    started.value.save_as(path)
    assert len(scan(path.read_bytes())) == 2
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    picture("166-faktura-awaryjna-telefon-ciemny")
    assert not faults(page)
