"""Latarnia: what it says, and that its silence says nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from liczydlo import ksef
from liczydlo.ksef import latarnia


def message(identifier: str = "K/2026/AWR/02", **fields: Any) -> dict[str, Any]:
    return {
        "id": identifier,
        "eventId": 7,
        "category": "FAILURE",
        "type": "FAILURE_START",
        "title": "Awaria",
        "text": "KSeF nie działa.",
        "start": "2026-03-02T08:00:00+00:00",
        "end": None,
        "version": 1,
        "published": "2026-03-02T08:05:00+00:00",
        **fields,
    }


def client(*answers: Any) -> httpx2.Client:
    waiting = list(answers)

    def answer(request: httpx2.Request) -> httpx2.Response:
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(found, Exception):
            raise found
        found.stream = httpx2.ByteStream(found.content)
        return found

    return httpx2.Client(transport=httpx2.MockTransport(answer))


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latarnia.time, "sleep", lambda seconds: None)


@pytest.mark.parametrize("state", ["AVAILABLE", "MAINTENANCE", "FAILURE", "TOTAL_FAILURE"])
def test_states(state: str) -> None:
    body = {"status": state} if state == "AVAILABLE" else {"status": state, "messages": [message()]}
    found = latarnia.status(ksef.emulator(), http=client(httpx2.Response(200, json=body)))
    assert found.state == state
    assert len(found.messages) == (state != "AVAILABLE")


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(502, html="<html>502</html>"),
        httpx2.Response(200, html="<html>"),
        httpx2.Response(200, json={"status": "CHWIEJNY"}),
        httpx2.Response(200, json={}),
        httpx2.Response(429),
        httpx2.ConnectError("no"),
        httpx2.ReadTimeout("slow"),
    ],
)
def test_no_sense_is_no_word(answer: Any) -> None:
    assert latarnia.status(ksef.emulator(), http=client(answer)).state == "UNKNOWN"


def test_there_is_no_lighthouse_for_demo() -> None:
    assert latarnia.status(ksef.DEMO).state == "UNKNOWN"
    assert latarnia.messages(ksef.DEMO) == ()


def test_start_and_end_of_an_event_are_joined_newest_version_first() -> None:
    announced = [
        message(),
        message(version=2, start="2026-03-02T07:00:00+00:00"),
        message("K/2026/AWR/03", type="FAILURE_END", start=None, end="2026-03-02T10:00:00+00:00"),
        message(
            "K/2026/PRC/01",
            eventId=8,
            category="MAINTENANCE",
            type="MAINTENANCE_ANNOUNCEMENT",
            start="2026-03-01T22:00:00+00:00",
            end="2026-03-02T02:00:00+00:00",
        ),
        message("K/2026/AWC/01", eventId=9, category="TOTAL_FAILURE", type="TOTAL_FAILURE_START"),
        message("K/2026/AWR/09", eventId=10, start=None),
    ]
    read = latarnia.messages(ksef.emulator(), http=client(httpx2.Response(200, json=announced)))
    works, failure, total = latarnia.outages(read)
    assert (works.kind, works.end) == ("maintenance", datetime(2026, 3, 2, 2, tzinfo=UTC))
    assert (failure.kind, failure.start.hour, failure.end.hour) == ("failure", 7, 10)  # type: ignore[union-attr]
    assert (total.kind, total.end) == ("total-failure", None)
