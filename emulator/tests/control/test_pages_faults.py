"""Faults, pace, limits, the warning, the lag and the keys, set on pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from ksef_emulator.faults import Fault

from ..login.conftest import Door
from ..portal.conftest import Browser

LIST = "/panel/usterki"
SETTINGS = "/panel/ustawienia"


class TestFaults:
    def test_all_of_them_with_words(self, desk: Browser) -> None:
        page = desk.get(LIST).text
        for fault in Fault:
            assert f'href="/panel/usterki/{fault}"' in page
            assert desk.get(f"{LIST}/{fault}").status_code == 200

    def test_on_and_off(self, desk: Browser, door: Door, undescribed: list[str]) -> None:
        assert "Włączone: Strona 502 zamiast JSON" in desk.post(f"{LIST}/bad-gateway", on=LIST).text
        assert door.call("POST", "/auth/challenge").status_code == 502
        undescribed.clear()
        assert "1 raz" in desk.get(LIST).text
        desk.post(f"{LIST}/bad-gateway", on=LIST, data={"off": "1"})
        assert door.call("POST", "/auth/challenge").is_success

    def test_with_every_setting(self, desk: Browser, door: Door) -> None:
        desk.post(
            f"{LIST}/server-error",
            data={
                "percent": "12,5",
                "seed": "7",
                "skip": "2",
                "times": "3",
                "path": "/v2/sessions/*",
                "status": "500",
                "operation": ["POST /sessions/online", "GET /sessions"],
            },
        )
        setting = door.emulator.faults.setting(Fault.SERVER_ERROR)
        assert (setting.probability, setting.seed, setting.skip, setting.times) == (0.125, 7, 2, 3)
        assert (setting.path, setting.status) == ("/v2/sessions/*", 500)
        assert setting.operations == ("POST /sessions/online", "GET /sessions")
        page = desk.get(f"{LIST}/server-error").text
        assert 'value="12.5"' in page
        assert "<option selected>POST /sessions/online</option>" in page

    def test_seconds_have_an_usual_value(self, desk: Browser, door: Door) -> None:
        desk.post(f"{LIST}/slow", data={"percent": "100", "seconds": ""})
        assert door.emulator.faults.setting(Fault.SLOW).seconds == 5

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("percent", "101"),
            ("percent", ""),
            ("percent", "często"),
            ("seed", "-1"),
            ("times", "0"),
            ("times", "1,5"),
            ("seconds", "9999"),
            ("operation", "POST /nowhere"),
            ("percent", "NaN"),
        ],
    )
    def test_refused_in_place(self, field: str, value: str, desk: Browser, door: Door) -> None:
        data = {"percent": "50", "path": "/v2/kept"} | {field: value}
        answer = desk.post(f"{LIST}/slow", data=data)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
        assert 'value="/v2/kept"' in answer.text
        assert door.emulator.faults.idle

    def test_all_off(self, desk: Browser, door: Door) -> None:
        for fault in Fault:
            door.emulator.faults.set(fault, path="/nowhere")
        desk.post(LIST)
        assert door.emulator.faults.idle

    def test_no_such_fault(self, desk: Browser) -> None:
        assert desk.get(f"{LIST}/earthquake").status_code == 404
        assert desk.post(f"{LIST}/earthquake", on=f"{LIST}/slow").status_code == 404


def change(desk: Browser, name: str, **data: str) -> Any:
    """Send one form of the settings."""
    return desk.post(f"{SETTINGS}/{name}", on=SETTINGS, data=data)


class TestSettings:
    def test_pace(self, desk: Browser, door: Door) -> None:
        answer = change(desk, "tempo", polls="3", seconds="2,5")
        assert "po 3 zapytaniach i po 2,5 s" in answer.text
        assert (door.emulator.progress.polls, door.emulator.progress.seconds) == (3, 2.5)

    def test_limits_in_force(self, desk: Browser, door: Door) -> None:
        page = change(desk, "limity", profile="production").text
        assert door.emulator.rate_limits.profile == "production"
        assert "Wysłanie faktury" in page
        assert '<td class="amount">180</td>' in page

    def test_the_warning(self, desk: Browser, door: Door) -> None:
        change(desk, "ostrzezenie", text="Zażółć")
        assert door.call("POST", "/auth/challenge").headers["x-system-warning"] == "Zazolc"
        change(desk, "ostrzezenie", text="")
        assert door.emulator.warning is None

    def test_the_lag(self, desk: Browser, door: Door) -> None:
        assert "1 godzinę" in change(desk, "hwm", lag="3600").text
        assert door.emulator.metadata.lag == timedelta(hours=1)

    def test_keys(self, desk: Browser, door: Door) -> None:
        keys = door.emulator.keys
        before = {key.key_id for key in keys.published}
        change(desk, "klucze", kind="planned", usage="", algorithm="EC", hours="1")
        assert before < {key.key_id for key in keys.published}
        change(desk, "klucze", kind="emergency", usage="", algorithm="RSA", hours="")
        assert not before & {key.key_id for key in keys.published}

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("tempo", {"polls": "1001"}),
            ("tempo", {"seconds": "-1"}),
            ("limity", {"profile": "some"}),
            ("ostrzezenie", {"text": "x" * 1001}),
            ("hwm", {"lag": ""}),
            ("hwm", {"lag": "99999999"}),
            ("klucze", {"kind": "sudden", "algorithm": "RSA"}),
            ("klucze", {"kind": "planned", "algorithm": "DSA"}),
        ],
    )
    def test_refusals(self, name: str, data: dict[str, str], desk: Browser, door: Door) -> None:
        answer = change(desk, name, **data)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text

    def test_no_such_form(self, desk: Browser) -> None:
        assert change(desk, "colour").status_code == 404
