"""„Uprawnienia" in Chromium: an office, a person, and what is taken away; on a desk, on a phone, in the dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import faults

pytestmark = pytest.mark.browser


def test_given_and_taken_away(installed: Any, picture: Callable[[str], None]) -> None:
    page = installed
    page.goto("/firmy/1/ustawienia/ksef/uprawnienia/")
    page.get_by_role("heading", name="Nikt jeszcze nie dostał uprawnień").wait_for()
    picture("150-uprawnienia-puste")
    assert not faults(page)
    page.get_by_role("link", name="Nadaj uprawnienie").click()
    picture("151-komu")
    assert not faults(page)
    page.get_by_role("link", name="Biuru rachunkowemu").click()
    page.get_by_label("NIP biura").fill("5252344079")
    page.get_by_label("Pełna nazwa biura").fill("Biuro Rachunkowe Liczyk sp. z o.o.")
    page.get_by_role("button", name="Nadaj uprawnienie").click()
    page.get_by_text("To nie jest NIP").wait_for()
    picture("152-biuro-literowka")
    assert not faults(page)
    page.get_by_label("NIP biura").fill("5252344078")
    page.get_by_role("button", name="Nadaj uprawnienie").click()
    page.get_by_role("link", name="Wróć do listy").click()
    page.get_by_role("heading", name="Biuro Rachunkowe Liczyk").wait_for()
    page.get_by_role("link", name="Nadaj uprawnienie").click()
    page.get_by_role("link", name="Osobie, która pracuje w tej firmie").click()
    page.get_by_label("Imię").fill("Zofia")
    page.get_by_label("Nazwisko").fill("Brzęczyszczykiewicz-Szczebrzeszyńska")
    page.get_by_label("PESEL albo NIP").fill("84890609752")
    picture("153-osoba")
    assert not faults(page)
    page.get_by_role("button", name="Nadaj uprawnienie").click()
    page.get_by_role("link", name="Wróć do listy").click()
    page.get_by_role("heading", name=re.compile("^Zofia")).wait_for()
    picture("154-nadane")
    assert not faults(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    picture("155-nadane-telefon-ciemny")
    assert not faults(page)
    page.goto("/firmy/1/ustawienia/ksef/uprawnienia/moje/")
    picture("156-moje-telefon-ciemny")
    assert not faults(page)
    page.goto("/firmy/1/ustawienia/ksef/uprawnienia/")
    page.get_by_role("link", name=re.compile("^Odbierz.*wystawianie faktur.*Zofia")).click()
    picture("157-odebrac-telefon-ciemny")
    assert not faults(page)
    page.get_by_role("button", name="Odbierz").click()
    page.get_by_text("KSeF odebrał uprawnienie").wait_for()
    assert not faults(page)
    page.get_by_role("link", name="Wróć do listy").click()

    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    page.get_by_role("link", name="Tokeny i sesje").click()
    page.get_by_role("heading", name="Firma nie ma tokenów").wait_for()
    assert not faults(page)
    page.get_by_role("link", name="Nowy token").click()
    page.get_by_label("Do czego posłuży").fill("Sklep internetowy z ceramiką bolesławiecką")
    picture("158-nowy-token")
    assert not faults(page)
    page.get_by_role("button", name="Utwórz token").click()
    page.get_by_role("button", name="Pokaż token").click()
    page.get_by_text("Skopiuj go teraz").wait_for()
    assert not faults(page)
    page.locator("#token").evaluate(
        "one => { one.textContent = one.textContent.replace(/[0-9A-F]{40,}$/i, '…') }"
    )
    picture("159-token-raz")
    page.get_by_role("link", name="Wróć do listy").click()
    page.get_by_text("jeszcze nieużyty").wait_for()
    picture("160-tokeny")
    assert not faults(page)
    page.get_by_role("link", name=re.compile("^Unieważnij.*Sklep")).click()
    page.get_by_role("button", name="Unieważnij").click()
    page.get_by_text("jest unieważniony").wait_for()
    page.get_by_role("link", name="Wróć do listy").click()
    page.get_by_role("link", name="Sesje logowania").click()
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    picture("161-sesje-telefon-ciemny")
    assert not faults(page)
    page.get_by_role("link", name=re.compile("^Zakończ")).first.click()
    assert not faults(page)
    page.get_by_role("button", name="Zakończ").click()
    page.get_by_text("Sesja logowania jest zakończona").wait_for()
