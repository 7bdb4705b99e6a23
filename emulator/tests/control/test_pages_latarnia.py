"""The editor of Latarnia."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ..login.conftest import Door
from ..portal.conftest import Browser

HERE = "/panel/latarnia"


def announce(desk: Browser, name: str, **data: str) -> Any:
    """Send one of its forms."""
    return desk.post(f"{HERE}/{name}", on=HERE, data=data)


def status(door: Door) -> Any:
    return door.http.get(f"{door.running.url}/latarnia/status").json()


class TestAnnouncing:
    def test_a_failure_and_its_end(self, desk: Browser, door: Door) -> None:
        answer = announce(desk, "awaria", title="Nie działa", text="Szukamy przyczyny")
        assert "Ogłoszone: awaria K/" in answer.text
        message = status(door)
        assert message["status"] == "FAILURE"
        assert message["messages"][0]["title"] == "Nie działa"
        assert "Ogłoś koniec" in answer.text
        event = str(message["messages"][0]["eventId"])
        assert "Ogłoszone: koniec awarii" in announce(desk, "koniec", event=event).text
        assert status(door) == {"status": "AVAILABLE"}
        assert announce(desk, "koniec", event=event).status_code == 400

    def test_a_total_failure(self, desk: Browser, door: Door) -> None:
        assert "awaria całkowita" in announce(desk, "awaria", total="1").text
        assert status(door)["status"] == "TOTAL_FAILURE"

    def test_maintenance(self, desk: Browser, door: Door) -> None:
        answer = announce(desk, "prace", start="2026-02-01T20:00", end="2026-02-01T23:00")
        assert "01.02.2026 20:00" in answer.text
        door.emulator.announcements.withdraw(1)
        now = door.emulator.clock.now()
        announce(desk, "prace", start=now.isoformat(), end=(now + timedelta(hours=1)).isoformat())
        assert status(door)["status"] == "MAINTENANCE"

    def test_withdrawn(self, desk: Browser, door: Door) -> None:
        announce(desk, "awaria")
        event = str(status(door)["messages"][0]["eventId"])
        assert "Niczego nie ogłoszono" in announce(desk, "wycofaj", event=event).text
        assert status(door) == {"status": "AVAILABLE"}

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("prace", {"start": "2026-02-01T20:00", "end": "2026-02-01T20:00"}),
            ("prace", {"start": "2026-02-01T20:00"}),
            ("prace", {"start": "kiedyś", "end": "2026-02-01T20:00"}),
            ("awaria", {"title": "x" * 201}),
            ("koniec", {"event": "7"}),
            ("koniec", {"event": "x"}),
            ("wycofaj", {}),
        ],
    )
    def test_refusals(self, name: str, data: dict[str, str], desk: Browser, door: Door) -> None:
        answer = announce(desk, name, **data)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
        assert not door.emulator.announcements.recent()

    def test_a_failure_that_is_yet_to_come_has_no_end(self, desk: Browser, door: Door) -> None:
        start = door.emulator.clock.now() + timedelta(days=1)
        announce(desk, "awaria", since=start.isoformat())
        assert "jeszcze się nie zaczęła" in announce(desk, "koniec", event="1").text

    def test_no_such_form(self, desk: Browser) -> None:
        assert announce(desk, "wojna").status_code == 404


class TestSilence:
    def test_on_and_off(self, desk: Browser, door: Door) -> None:
        answer = desk.post("/panel/usterki/latarnia-down", on=HERE, data={"back": HERE})
        assert answer.url.path == HERE
        assert "brak odpowiedzi (502)" in answer.text
        for path in ("status", "messages"):
            assert door.http.get(f"{door.running.url}/latarnia/{path}").status_code == 502
        desk.post("/panel/usterki/latarnia-down", on=HERE, data={"off": "1"})
        assert status(door) == {"status": "AVAILABLE"}

    def test_by_json_too(self, desk: Browser, door: Door) -> None:
        assert desk.http.put("/latarnia/silence", json={"on": True}).json() == {"on": True}
        assert door.http.get(f"{door.running.url}/latarnia/status").status_code == 502
        assert desk.http.get("/latarnia").json()["silent"]
        assert desk.http.put("/latarnia/silence", json={"on": False}).json() == {"on": False}
        assert status(door) == {"status": "AVAILABLE"}
