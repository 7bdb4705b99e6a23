"""Turning the clock on its page, and what is going to happen by it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ksef_emulator.control.pages.clock import later

from ..login.conftest import Door
from ..portal.conftest import Browser

HERE = "/panel/zegar"
MINUTE = timedelta(minutes=1)


class TestClock:
    @pytest.mark.parametrize(
        ("step", "ahead"),
        [
            ("-1d", timedelta(days=-1)),
            ("1h", timedelta(hours=1)),
            ("1d", timedelta(days=1)),
            ("7d", timedelta(7)),
        ],
    )
    def test_moved(self, step: str, ahead: timedelta, desk: Browser, door: Door) -> None:
        answer = desk.post(HERE, data={"step": step})
        assert answer.status_code == 200
        assert "Zrobione" in answer.text
        assert abs(door.emulator.clock.ahead - ahead) < MINUTE

    def test_a_month_and_a_year_are_the_calendars(self, desk: Browser, door: Door) -> None:
        door.emulator.clock.set(datetime(2026, 1, 31, 9, tzinfo=UTC))
        desk.post(HERE, data={"step": "1m"})
        assert (door.emulator.clock.now().month, door.emulator.clock.now().day) == (2, 28)
        desk.post(HERE, data={"step": "12m"})
        assert door.emulator.clock.now().year == 2027

    def test_the_hour_in_poland_stays(self) -> None:
        assert later(datetime(2026, 2, 15, 9, tzinfo=UTC), 6) == datetime(2026, 8, 15, 8, tzinfo=UTC)

    def test_set_in_polish_time_and_back(self, desk: Browser, door: Door) -> None:
        answer = desk.post(HERE, data={"to": "2026-02-01T08:00"})
        assert "01.02.2026 08:00" in answer.text
        assert abs(door.emulator.clock.now() - datetime(2026, 2, 1, 7, tzinfo=UTC)) < MINUTE
        desk.post(HERE, data={"reset": "1"})
        assert door.emulator.clock.ahead == timedelta()

    @pytest.mark.parametrize("to", ["", "jutro", "1999-12-31T08:00", "2200-02-01T08:00", "0001-01-01T00:00"])
    def test_refused_in_place(self, to: str, desk: Browser, door: Door) -> None:
        answer = desk.post(HERE, data={"to": to})
        assert answer.status_code == 400
        assert 'aria-describedby="wrong"' in answer.text
        assert f'value="{to}"' in answer.text
        assert door.emulator.clock.ahead == timedelta()

    def test_only_to_pages_of_its_own(self, desk: Browser) -> None:
        answer = desk.post(HERE, data={"step": "1h", "back": "https://example.com/"})
        assert answer.url.path == HERE


class TestEvents:
    def test_nothing(self, desk: Browser) -> None:
        assert "Nic nie jest zaplanowane" in desk.get("/panel/zdarzenia").text

    def test_in_order(self, desk: Browser, door: Door) -> None:
        now = datetime(2026, 6, 1, 8, tzinfo=UTC)
        door.emulator.clock.set(now)
        announcements = door.emulator.announcements
        announcements.maintenance(now + timedelta(days=2), now + timedelta(days=2, hours=3))
        announcements.failure(now + timedelta(days=1))
        usage = door.emulator.keys.published[0].usage
        door.emulator.keys.rotate(usage, overlap=timedelta(days=3))
        answer = desk.post(
            "/panel/usterki/maintenance", on="/panel/zdarzenia", data={"back": "/panel/zdarzenia"}
        )
        assert answer.url.path == "/panel/zdarzenia"
        places = [
            answer.text.find(text)
            for text in (
                "Początek przerwy",
                "Początek: awaria",
                "Początek: prace",
                "Koniec: prace",
                "Wycofanie klucza",
            )
        ]
        assert places == sorted(places)
        assert min(places) > 0
        assert "01.06.2026 16:00" in answer.text

    def test_the_clock_goes_there(self, desk: Browser, door: Door) -> None:
        start = door.emulator.clock.now() + timedelta(days=40)
        door.emulator.announcements.maintenance(start, start + timedelta(hours=1))
        page = desk.get("/panel/zdarzenia").text
        to: Any = re.findall(r'name="to"\s+value="([^"]+)"', page)[0]
        answer = desk.post(HERE, data={"to": to, "back": "/panel/zdarzenia"})
        assert answer.url.path == "/panel/zdarzenia"
        left = start - door.emulator.clock.now()
        assert timedelta(minutes=4) < left <= timedelta(minutes=5)
