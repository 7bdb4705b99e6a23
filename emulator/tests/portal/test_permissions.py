"""Permissions and ZAW-FA in the portal without a browser: what is refused, and what a stranger sees."""

from __future__ import annotations

from typing import Any

import pytest
from ksef_emulator.pages.fields import nip_holds

from ..login.conftest import Door, new_nip
from .conftest import Browser

GIVE = "/portal/uprawnienia/nadaj"
FORM = {
    "identifier": "Pesel",
    "value": "77060100197",
    "first": "Jan",
    "last": "Kowalski",
    "scope": "InvoiceRead",
}


def test_given_and_taken_away(browser: Browser, another: Browser, door: Door) -> None:
    browser.log_in()
    door.emulator.permissions.grants.remove(subject_value="77060100197")
    answer = browser.post(GIVE, data=FORM)
    assert "Zakończono pomyślnie" in answer.text
    assert "PESEL: 77060100197" in answer.text
    assert "Lista certyfikatów" in another.log_in("7771234567", "-2").text
    assert "Nie widzisz tu uprawnień" in another.get("/portal/uprawnienia").text
    assert "Nie zarządzasz tu uprawnieniami" in another.get(GIVE).text
    (grant,) = door.emulator.permissions.grants.find(subject_value="77060100197")
    page = f"/portal/uprawnienia/{grant.uid}/odbierz"
    assert another.get(page).status_code == 404
    browser.post(page)
    assert door.emulator.permissions.grants.find(subject_value="77060100197") == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": "77060100190"}, "PESEL składa się z 11 cyfr"),
        ({"identifier": "Nip", "value": "7771234568"}, "NIP składa się z 10 cyfr"),
        ({"who": "fingerprint", "fingerprint": "ABC"}, "64 znaki"),
        ({"first": "J"}, "od 2 do 30 znaków"),
        ({"last": "K" * 82}, "od 2 do 81 znaków"),
        ({"scope": ""}, "co najmniej jedno"),
        ({"scope": "Owner"}, "Kod 21405"),
    ],
)
def test_refused(browser: Browser, door: Door, changes: dict[str, str], said: str) -> None:
    browser.log_in()
    before = len(door.emulator.permissions.grants.find())
    answer = browser.post(GIVE, data=FORM | changes)
    assert answer.status_code == 400
    assert said in answer.text
    assert f'value="{(FORM | changes)["last"]}"' in answer.text
    assert len(door.emulator.permissions.grants.find()) == before


def test_zaw_fa(browser: Browser, door: Door) -> None:
    nip = next(nip for nip in iter(new_nip, "") if nip_holds(nip))
    form: dict[str, Any] = {"nip": nip, "pesel": "77060100197", "first": "Jan", "last": "Kowalski"}
    assert browser.post("/portal/urzad-skarbowy", data=form | {"pesel": "1"}).status_code == 400
    assert "Brak przypisanych uprawnień" in browser.log_in(nip, "-2").text
    assert "Przyjęto" in browser.post("/portal/urzad-skarbowy", data=form).text
    assert "Lista certyfikatów" in browser.log_in(nip, "-2").text
    assert "Zarządzanie uprawnieniami" in browser.get("/portal/uprawnienia").text
