"""Faults that befall requests, as a client on the wire meets them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from ksef_emulator.config import Config
from ksef_emulator.faults import Faults
from ksef_emulator.http.server import build
from ksef_emulator.testing import running_emulator
from starlette.testclient import TestClient

from ..invoicing.conftest import Firm, fa3, yesterday
from ..login.conftest import Door

SENDING = "POST /sessions/online/{referenceNumber}/invoices"
UNANSWERED = (httpx2.RemoteProtocolError, httpx2.ReadError)


def test_cut_before_the_work(firm: Firm, faults: Faults) -> None:
    session = firm.open()
    faults.set("cut", operations=(SENDING,), times=1)
    with pytest.raises(UNANSWERED):
        firm.send(session, fa3(seller=firm.nip, day=yesterday()))
    assert "invoiceCount" not in firm.get(f"/sessions/{session}").json()
    firm.issue(session)


def test_answer_lost_after_the_work(firm: Firm, faults: Faults, panel: Any) -> None:
    session = firm.open()
    xml = fa3(seller=firm.nip, day=yesterday())
    faults.set("answer-lost", operations=(SENDING,), times=1)
    with pytest.raises(UNANSWERED):
        firm.send(session, xml)
    (lost,) = firm.get(f"/sessions/{session}/invoices").json()["invoices"]
    assert lost["status"]["code"] == 200, "it was sent all the same"
    again = firm.status(session, firm.send(session, xml))
    assert again["status"]["code"] == 440, "and who sends it again learns so"
    assert again["status"]["extensions"]["originalKsefNumber"] == lost["ksefNumber"]
    seen = panel.get("/requests", params={"path": "*/invoices", "method": "POST"}).json()["requests"]
    assert [(item["status"], item["fault"]) for item in seen] == [(202, None), (None, "answer-lost")]


def test_the_next_connection_works(door: Door, faults: Faults) -> None:
    faults.set("cut", probability=0.5, seed=4)
    outcomes = []
    for _ in range(20):
        try:
            outcomes.append(door.call("POST", "/auth/challenge").status_code)
        except UNANSWERED:
            outcomes.append(0)
    assert set(outcomes) == {0, 200}
    assert door.http.get(f"{door.running.control_url}/health").is_success


def test_bad_gateway_is_a_page(door: Door, faults: Faults, undescribed: list[str]) -> None:
    faults.set("bad-gateway", times=1)
    answer = door.call("POST", "/auth/challenge")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html")
    assert "<h1>502 Bad Gateway</h1>" in answer.text
    assert door.call("POST", "/auth/challenge").is_success
    undescribed.clear()


@pytest.mark.parametrize("status", [500, 503])
def test_server_error_is_a_problem(status: int, door: Door, faults: Faults, undescribed: list[str]) -> None:
    faults.set("server-error", status=status)
    answer = door.call("POST", "/auth/challenge", headers={"X-Error-Format": "problem-details"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    undescribed.clear()


def test_slow(door: Door, faults: Faults) -> None:
    faults.set("slow", seconds=0.3)
    began = time.perf_counter()
    assert door.call("POST", "/auth/challenge").is_success
    assert time.perf_counter() - began >= 0.3


def test_slow_and_then_an_error(door: Door, faults: Faults, undescribed: list[str]) -> None:
    faults.set("slow", seconds=0.2)
    faults.set("server-error", status=500)
    began = time.perf_counter()
    assert door.call("POST", "/auth/challenge").status_code == 500
    assert time.perf_counter() - began >= 0.2
    undescribed.clear()


def test_by_path_stored_files_and_pages_too(door: Door, faults: Faults) -> None:
    faults.set("bad-gateway")
    assert door.http.get(f"{door.running.url}/storage/upo/1/x").status_code == 502
    assert door.http.get(f"{door.running.url}/portal").status_code == 200, "pages only when they are meant"
    faults.set("bad-gateway", path="/portal*")
    assert door.http.get(f"{door.running.url}/portal").status_code == 502
    assert door.http.get(f"{door.running.url}/storage/upo/1/x").status_code != 502


@pytest.mark.parametrize(
    ("moment", "down"),
    [
        ("2026-02-01T14:59:50+00:00", False),
        ("2026-02-01T15:00:01+00:00", True),
        ("2026-02-01T16:59:00+00:00", True),
        ("2026-02-01T17:00:01+00:00", False),
        ("2026-07-01T14:00:01+00:00", True),
        ("2026-07-01T16:00:01+00:00", False),
    ],
)
@pytest.mark.parametrize("prefix", ["/v2", "/api/v2"])
def test_maintenance(
    prefix: str, moment: str, down: bool, door: Door, faults: Faults, undescribed: list[str]
) -> None:
    """From 16 to 18 in Warsaw, in winter and summer."""
    faults.set("maintenance")
    door.emulator.clock.set(datetime.fromisoformat(moment))
    answer = door.http.post(f"{door.running.url}{prefix}/auth/challenge")
    assert answer.status_code == (502 if down else 200)
    assert door.http.get(f"{door.running.url}/latarnia/status").is_success
    undescribed.clear()


def test_no_maintenance_unless_switched_on(door: Door) -> None:
    door.emulator.clock.set(datetime(2026, 2, 1, 15, 30, tzinfo=UTC))
    assert door.call("POST", "/auth/challenge").is_success


def test_latarnia_down(door: Door, faults: Faults) -> None:
    faults.set("latarnia-down")
    for path in ("/latarnia/status", "/latarnia/messages"):
        assert door.http.get(door.running.url + path).status_code == 502
    assert door.call("POST", "/auth/challenge").is_success


def test_without_a_connection_it_is_an_error(door: Door, faults: Faults) -> None:
    """A client that calls the application itself, without sockets."""
    faults.set("cut")
    with TestClient(build(door.emulator)[0]) as client, pytest.raises(ConnectionAbortedError):
        client.post("/v2/auth/challenge")


@pytest.mark.parametrize("fault", ["cut", "answer-lost"])
def test_over_tls_too(fault: str) -> None:
    with (
        running_emulator(Config(tls=True)) as running,
        httpx2.Client(trust_env=False, verify=False) as http,
    ):
        running.faults.set(fault, times=1)
        with pytest.raises(UNANSWERED):
            http.post(f"{running.api}/auth/challenge")
        assert http.post(f"{running.api}/auth/challenge").is_success
