"""What all pages of the control panel do alike, the overview and the reset."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from ..login.conftest import Door
from ..portal.conftest import Browser

PAGES = (
    "/",
    "/panel/zdarzenia",
    "/panel/zegar",
    "/panel/usterki",
    "/panel/usterki/slow",
    "/panel/ustawienia",
    "/panel/latarnia",
    "/panel/podmioty",
    "/panel/podmioty/osoba",
    "/panel/podmioty/firma",
    "/panel/podmioty/certyfikat",
    "/panel/podmioty/uprawnienia",
    "/panel/faktury",
    "/panel/certyfikaty",
    "/panel/dziennik",
    "/panel/api",
    "/panel/reset",
)
FORMS = (
    "/panel/zegar",
    "/panel/usterki",
    "/panel/usterki/slow",
    "/panel/ustawienia/tempo",
    "/panel/latarnia/awaria",
    "/panel/podmioty/osoba",
    "/panel/podmioty/firma",
    "/panel/podmioty/certyfikat",
    "/panel/podmioty/uprawnienia",
    "/panel/faktury",
    "/panel/certyfikaty/0",
    "/panel/dziennik",
    "/panel/reset",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_in_both_languages(path: str, desk: Browser) -> None:
    polish, english = desk.get(path), desk.get(f"{path}?lang=en")
    for answer, band in ((polish, "dane fikcyjne"), (english, "made-up data")):
        assert answer.status_code == 200
        assert band in answer.text
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert "<script" not in answer.text
        assert "style=" not in answer.text
    assert 'lang="pl"' in polish.text
    assert '<html lang="en">' in desk.get(path).text, "the chosen language stays"


@pytest.mark.parametrize("path", FORMS)
def test_forms_of_others_change_nothing(path: str, desk: Browser, door: Door) -> None:
    desk.get("/panel/zegar")
    for data, headers in (
        ({}, {}),
        ({"csrf": "wrong"}, {}),
        ({"csrf": secret(desk)}, {"Origin": "https://example.com"}),
    ):
        answer = desk.http.post(path, data={"step": "1d", "total": "1", **data}, headers=headers)
        assert answer.status_code == 403
        assert "Formularz stracił ważność" in answer.text
    assert door.emulator.clock.ahead == timedelta()
    assert not door.emulator.announcements.recent()


def test_a_secret_belongs_to_its_browser(desk: Browser, door: Door) -> None:
    with httpx2.Client(base_url=door.running.control_url, trust_env=False) as another:
        another.get("/panel/zegar")
        answer = another.post("/panel/zegar", data={"csrf": secret(desk), "step": "1d"})
    assert answer.status_code == 403
    assert door.emulator.clock.ahead == timedelta()


def test_the_public_port_has_no_panel(door: Door) -> None:
    assert door.http.get(f"{door.running.url}/panel/zegar").status_code == 404


def test_what_is_pretended_at_a_glance(desk: Browser, door: Door) -> None:
    usual = desk.get("/").text
    assert "zmienione" not in usual
    assert "3 osoby, 1 firma" in usual
    door.emulator.clock.move(timedelta(days=31))
    door.emulator.faults.set("slow", probability=0.5)
    door.emulator.faults.set("maintenance")
    door.emulator.announcements.failure()
    door.emulator.rate_limits.use("production")
    door.emulator.warning = "Prace o 20:00"
    door.emulator.metadata.lag = timedelta(minutes=5)
    changed = desk.get("/").text
    for message in (
        "przesunięty o 31 dni do przodu",
        "Wolne odpowiedzi, Przerwa codziennie 16–18",
        "2 włączone",
        "awaria",
        "jak na produkcji",
        "„Prace o 20:00”",
        "5 minut",
    ):
        assert message in changed, message
    door.emulator.clock.move(timedelta(days=-62))
    door.emulator.faults.set("latarnia-down")
    english = desk.get("/?lang=en").text
    assert "31 days behind" in english
    assert "no answer (502)" in english


def test_requests_are_counted(desk: Browser, door: Door) -> None:
    before = door.emulator.requests.count
    door.call("POST", "/auth/challenge")
    page = desk.get("/").text
    assert f"<strong>{before + 1}</strong>" in page
    assert "POST /v2/auth/challenge → 200" in page


class TestReset:
    def test_after_a_confirmation(self, desk: Browser, door: Door) -> None:
        door.emulator.clock.move(timedelta(days=1))
        door.emulator.faults.set("cut")
        assert "Tego nie da się cofnąć" in desk.get("/panel/reset").text
        assert door.emulator.faults.setting("cut") is not None, "to look is not to do"
        answer = desk.post("/panel/reset")
        assert (answer.url.path, answer.status_code) == ("/", 200)
        assert "Emulator zaczął od nowa" in answer.text
        assert door.emulator.clock.ahead == timedelta()
        assert door.emulator.faults.idle
        assert "Emulator zaczął od nowa" not in desk.get("/").text, "said once"

    def test_the_same_browser_goes_on(self, desk: Browser) -> None:
        desk.post("/panel/reset")
        assert "Zegar emulatora pokazuje" in desk.post("/panel/zegar", data={"step": "1h"}).text


def secret(browser: Browser) -> str:
    """The secret of this browser's forms."""
    page: Any = browser.get("/panel/zegar").text
    return str(page.split('name="csrf" value="')[1].split('"')[0])
