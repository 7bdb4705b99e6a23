"""„Kolejka" in Chromium while KSeF is away: countdowns, why, „Wyślij teraz"; empty once KSeF is back, and sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ksef_emulator.testing import Running

from tests.browser.conftest import enter, faults
from tests.processes import Application

pytestmark = pytest.mark.browser


@pytest.fixture
def waiting(page: Any, fresh: tuple[Application, str], ksef: Running) -> Any:
    """A page of the owner of a firm with invoices that KSeF, which is away, does not take."""
    ksef.faults.set("bad-gateway", path="/v2/sessions/*")
    done = fresh[0].drive("queue", ksef.control_url)
    assert done.returncode == 0, done.stderr
    return enter(page)


def test_the_queue(waiting: Any, ksef: Running, picture: Callable[[str], None]) -> None:
    page = waiting
    page.get_by_role("link", name="Sprzedaż").first.click()
    page.get_by_role("link", name="Kolejka").first.click()
    page.get_by_text("spóźniona o 1 dzień").wait_for()
    page.get_by_text("Faktury czekają na wysłanie").wait_for()
    picture("170-kolejka")
    assert not faults(page)
    page.get_by_role("link", name="FK/999").click()
    page.get_by_role("button", name="Zatrzymaj i popraw").wait_for()
    picture("171-czeka-na-numer")
    assert not faults(page)
    page.go_back()
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    picture("171-kolejka-telefon-ciemny")
    assert not faults(page)
    ksef.faults.clear()
    page.get_by_role("button", name="Wyślij wszystkie teraz").click()
    page.get_by_text("Nic nie czeka").wait_for()
    assert not faults(page)
    page.get_by_role("link", name="Sesje").click()
    page.set_viewport_size({"width": 1280, "height": 860})
    picture("172-sesje")
    assert not faults(page)
    page.get_by_role("row").nth(1).get_by_role("link").click()
    page.get_by_text("Numer referencyjny").wait_for()
    picture("173-sesja")
    page.set_viewport_size({"width": 390, "height": 844})
    assert not faults(page)
