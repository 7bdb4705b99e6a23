"""Latarnia: what it says, and that its silence says nothing."""

from __future__ import annotations

import json
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
        result = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(result, Exception):
            raise result
        result.stream = httpx2.ByteStream(result.content)
        return result

    return httpx2.Client(transport=httpx2.MockTransport(answer))


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latarnia.time, "sleep", lambda seconds: None)


@pytest.mark.parametrize("state", ["AVAILABLE", "MAINTENANCE", "FAILURE", "TOTAL_FAILURE"])
def test_states(state: str) -> None:
    body = {"status": state} if state == "AVAILABLE" else {"status": state, "messages": [message()]}
    http = client(httpx2.Response(200, json=body))
    question: list[httpx2.Request] = []
    http.event_hooks = {"request": [question.append]}
    result = latarnia.status(ksef.emulator(), http=http)
    assert result.state == state
    assert [(request.method, request.url.path) for request in question] == [("GET", "/latarnia/status")]
    assert not http.is_closed, "another's client stays open"
    assert len(result.messages) == (state != "AVAILABLE")


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


def outages_of(*announced: dict[str, Any]) -> tuple[Any, ...]:
    return latarnia.outages(
        latarnia.messages(ksef.emulator(), http=client(httpx2.Response(200, json=list(announced))))
    )


def test_a_failure_declared_total_is_total() -> None:
    """Under one event, in whichever order the announcements are listed."""
    total = message("K/2026/AWC/02", category="TOTAL_FAILURE", published="2026-03-02T12:00:00+00:00")
    for announced in ([message(), total], [total, message()]):
        (result,) = outages_of(*announced)
        assert (result.kind, result.start) == ("total-failure", datetime(2026, 3, 2, 8, tzinfo=UTC))


def test_an_outage_has_the_name_of_its_event_and_the_newest_title() -> None:
    ending = message(
        "K/2026/AWR/03", title="Koniec awarii", start=None, end="2026-03-02T10:00:00+00:00",
        published="2026-03-02T10:05:00+00:00",
    )  # fmt: skip
    for announced in ([message(), ending], [ending, message()]):
        (result,) = outages_of(*announced)
        assert (result.event, result.title) == ("7", "Koniec awarii")


def test_a_client_of_its_own_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    for answer in (httpx2.Response(200, json={"status": "AVAILABLE"}), httpx2.ConnectError("no")):
        own = client(answer)
        monkeypatch.setattr(latarnia.transport, "http_client", lambda own=own: own)
        latarnia.status(ksef.emulator())
        assert own.is_closed


def test_an_end_is_corrected_to_an_earlier_moment() -> None:
    late = message(
        "K/2026/AWR/03", start=None, end="2026-03-03T10:00:00+00:00", published="2026-03-02T12:00:00+00:00"
    )
    early = message(
        "K/2026/AWR/04", start=None, end="2026-03-02T18:00:00+00:00", published="2026-03-03T07:00:00+00:00"
    )
    for announced in ([message(), late, early], [early, late, message()]):
        (result,) = outages_of(*announced)
        assert result.end == datetime(2026, 3, 2, 18, tzinfo=UTC)


def test_an_event_begins_with_the_earliest_start() -> None:
    ending = message("K/2026/AWR/03", start="2026-03-02T09:00:00+00:00", end="2026-03-02T10:00:00+00:00")
    for announced in ([message(), ending], [ending, message()]):
        (result,) = outages_of(*announced)
        assert result.start.hour == 8


def test_an_earlier_version_that_comes_later_is_ignored() -> None:
    newer = message(version=2, start="2026-03-02T07:00:00+00:00")
    for announced in ([message(), newer], [newer, message()], [newer, message(version=2)]):
        (result,) = outages_of(*announced)
        assert result.start.hour == 7


def test_what_is_no_outage_is_left_out() -> None:
    """A category of another kind, and an event whose start nobody told; an end before the start is no end."""
    assert outages_of(message(category="INFORMATION")) == ()
    assert outages_of(message(start=None)) == ()
    (result,) = outages_of(message(end="2026-03-02T07:59:59+00:00"))
    assert result.end is None
    (moment,) = outages_of(message(end="2026-03-02T08:00:00+00:00"))
    assert moment.end == moment.start


def test_outages_stand_in_the_order_of_their_starts() -> None:
    first = message("A", eventId="a", start="2026-03-01T08:00:00+00:00")
    assert [outage.start.day for outage in outages_of(message("B", eventId="b"), first)] == [1, 2]


def test_every_part_of_a_message_is_read() -> None:
    body = message(end="2026-03-02T10:00:00+00:00", version=3)
    question: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        question.append(request)
        content = httpx2.ByteStream(json.dumps([body]).encode())
        return httpx2.Response(200, headers={"content-type": "application/json"}, stream=content)

    (result,) = latarnia.messages(ksef.emulator(), http=httpx2.Client(transport=httpx2.MockTransport(answer)))
    assert (result.id, result.event, result.category, result.type) == (
        "K/2026/AWR/02", "7", "FAILURE", "FAILURE_START"
    )  # fmt: skip
    assert (result.title, result.text, result.version) == ("Awaria", "KSeF nie działa.", 3)
    assert (result.start, result.end, result.published) == (
        datetime(2026, 3, 2, 8, tzinfo=UTC),
        datetime(2026, 3, 2, 10, tzinfo=UTC),
        datetime(2026, 3, 2, 8, 5, tzinfo=UTC),
    )
    assert [(request.method, request.url.path) for request in question] == [("GET", "/latarnia/messages")]
    assert "authorization" not in question[0].headers, "Latarnia asks for no login"
