"""Announcing planned work and failures on the control port, and what Latarnia tells everybody of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from ..login.conftest import Door

HOUR = timedelta(hours=1)


@pytest.fixture
def panel(door: Door) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=door.running.control_url, trust_env=False) as http:
        http.post("/reset").raise_for_status()
        yield http


def status(door: Door) -> dict[str, Any]:
    return door.http.get(f"{door.running.url}/latarnia/status").json()


def messages(door: Door) -> list[dict[str, Any]]:
    return door.http.get(f"{door.running.url}/latarnia/messages").json()


def now(door: Door) -> datetime:
    return door.running.emulator.clock.now()


def test_nothing_is_wrong_at_first(door: Door, panel: httpx2.Client) -> None:
    assert status(door) == {"status": "AVAILABLE"}
    assert messages(door) == []


def test_planned_work_is_known_before_and_counts_while_it_lasts(door: Door, panel: httpx2.Client) -> None:
    start, end = now(door) + HOUR, now(door) + 3 * HOUR
    made = panel.post("/latarnia/maintenance", json={"start": start.isoformat(), "end": end.isoformat()})
    assert made.status_code == 201
    assert status(door) == {"status": "AVAILABLE"}
    (message,) = messages(door)
    assert message == made.json()
    assert (message["category"], message["type"]) == ("MAINTENANCE", "MAINTENANCE_ANNOUNCEMENT")
    assert datetime.fromisoformat(message["start"]) == start
    assert datetime.fromisoformat(message["end"]) == end
    panel.post("/clock", json={"move": 2 * 3600})
    assert status(door) == {"status": "MAINTENANCE", "messages": [message]}
    panel.post("/clock", json={"move": 2 * 3600})
    assert status(door) == {"status": "AVAILABLE"}


def test_a_failure_lasts_until_its_end_is_announced(door: Door, panel: httpx2.Client) -> None:
    began = panel.post("/latarnia/failures", json={"title": "Awaria przyjmowania faktur"}).json()
    assert "end" not in began
    assert began["title"] == "Awaria przyjmowania faktur"
    assert began["id"] == f"K/{now(door).year}/AWR/01"
    assert status(door) == {"status": "FAILURE", "messages": [began]}
    over = panel.post(f"/latarnia/failures/{began['eventId']}/end", json={}).json()
    assert (over["type"], over["eventId"], over["start"]) == ("FAILURE_END", began["eventId"], began["start"])
    assert status(door) == {"status": "AVAILABLE"}
    assert messages(door) == [over, began]


def test_the_severest_event_decides(door: Door, panel: httpx2.Client) -> None:
    start, end = now(door) - HOUR, now(door) + HOUR
    panel.post("/latarnia/maintenance", json={"start": start.isoformat(), "end": end.isoformat()})
    panel.post("/latarnia/failures", json={})
    assert status(door)["status"] == "FAILURE"
    total = panel.post("/latarnia/failures", json={"total": True}).json()
    assert total["category"] == "TOTAL_FAILURE"
    result = status(door)
    assert result["status"] == "TOTAL_FAILURE"
    assert len(result["messages"]) == 3
    assert panel.get("/latarnia").json()["status"] == "TOTAL_FAILURE"


def test_thirty_days_later_it_is_forgotten(door: Door, panel: httpx2.Client) -> None:
    event = panel.post("/latarnia/failures", json={}).json()["eventId"]
    panel.post(f"/latarnia/failures/{event}/end", json={})
    panel.post("/clock", json={"move": 29 * 86400})
    assert len(messages(door)) == 2
    panel.post("/clock", json={"move": 2 * 86400})
    assert messages(door) == []


def test_what_was_withdrawn_was_never_said(door: Door, panel: httpx2.Client) -> None:
    event = panel.post("/latarnia/failures", json={}).json()["eventId"]
    assert panel.delete(f"/latarnia/{event}").status_code == 204
    assert status(door) == {"status": "AVAILABLE"}
    assert messages(door) == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/latarnia/maintenance", {"start": "2026-01-02T10:00:00Z", "end": "2026-01-02T10:00:00Z"}),
        ("/latarnia/maintenance", {"start": "2026-01-02T10:00:00", "end": "2026-01-02T11:00:00"}),
        ("/latarnia/maintenance", {"start": "2026-01-02T10:00:00Z"}),
        ("/latarnia/failures", {"start": "wczoraj"}),
        ("/latarnia/failures/7/end", {}),
        ("/latarnia/failures/0/end", {}),
    ],
)
def test_refused(door: Door, panel: httpx2.Client, path: str, body: dict[str, Any]) -> None:
    assert panel.post(path, json=body).status_code == 400
    assert messages(door) == []


def test_an_end_before_the_start_and_a_second_end_are_refused(door: Door, panel: httpx2.Client) -> None:
    event = panel.post("/latarnia/failures", json={}).json()["eventId"]
    past = datetime(2020, 1, 1, tzinfo=UTC).isoformat()
    assert panel.post(f"/latarnia/failures/{event}/end", json={"end": past}).status_code == 400
    assert panel.post(f"/latarnia/failures/{event}/end", json={}).status_code == 201
    assert panel.post(f"/latarnia/failures/{event}/end", json={}).status_code == 400
    assert len(messages(door)) == 2
