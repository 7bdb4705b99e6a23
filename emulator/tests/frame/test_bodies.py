"""What comes in: how much of it, how its end is told, and how slowly, on both ports."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from ksef_emulator.http import cutting
from ksef_emulator.http.bodies import MOST, MOST_OF_DOCUMENT
from ksef_emulator.testing import Running
from starlette.testclient import TestClient

from ..login.conftest import Door, door, running

__all__ = ["Door", "door", "running"]

INVOICES = "/v2/sessions/online/20260101-SO-0000000000-0000000000-00/invoices"
PLACES = {
    "api": ("public", "/v2/auth/ksef-token", MOST),
    "older address": ("public", "/api/v2/auth/ksef-token", MOST),
    "invoice": ("public", INVOICES, MOST_OF_DOCUMENT),
    "login": ("public", "/v2/auth/xades-signature", MOST_OF_DOCUMENT),
    "portal": ("public", "/portal/logowanie/gov", MOST),
    "verification": ("public", "/qr/invoice/1/2/3", MOST),
    "nowhere": ("public", "/nowhere", MOST),
    "control": ("control", "/seed", MOST),
    "panel": ("control", "/panel/zegar", MOST),
}


def address(running: Running, port: str) -> str:
    return running.control_url if port == "control" else running.url


def chunks(size: int) -> Iterator[bytes]:
    """JSON without an end."""
    yield b'{"a": "'
    for _ in range(size // 65_536 + 1):
        yield b"x" * 65_536


@pytest.mark.parametrize("place", PLACES)
def test_a_body_by_its_length(place: str, door: Door) -> None:
    """Refused before any of it is read: the answer comes although the body does not."""
    port, path, most = PLACES[place]
    host, _, number = address(door.running, port).rpartition("/")[2].partition(":")
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {most + 1}\r\n\r\n"
    with socket.create_connection((host, int(number)), timeout=5) as connection:
        connection.sendall(head.encode())
        answer = b""
        while not answer.endswith(b"}}"):
            part = connection.recv(65_536)
            assert part, answer
            answer += part
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"exceptionCode":413' in answer
    assert str(most).encode() in answer


@pytest.mark.parametrize("place", ["api", "older address", "control"])
def test_a_body_in_chunks(place: str, door: Door) -> None:
    """Counted as it is read. Forms of people have limits of their own for each field, and hear of those first."""
    port, path, most = PLACES[place]
    url = address(door.running, port) + path
    answer = door.http.post(url, content=chunks(most), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413, answer.text
    assert answer.json()["exception"]["exceptionDetailList"][0]["exceptionCode"] == 413


def test_what_nobody_reads_is_not_kept(door: Door) -> None:
    answer = door.http.post(f"{door.running.url}/nowhere", content=chunks(3 * MOST))
    assert answer.status_code == 404


def test_up_to_the_limit(door: Door) -> None:
    """Read to the end, and found to be no JSON, or of nobody who is logged in: not too large."""
    places = (("/auth/ksef-token", MOST, 400), (INVOICES.removeprefix("/v2"), MOST_OF_DOCUMENT, 401))
    for path, most, expected in places:
        answer = door.call("POST", path, content=b" " * most, headers={"Content-Type": "application/json"})
        assert answer.status_code == expected, path


def test_a_large_body_leaves_the_connection_as_it_was(door: Door) -> None:
    """Whoever sends all of it before reading hears the refusal, too, and goes on over the same connection."""
    answer = door.call("POST", "/auth/challenge", content=b"x" * (MOST + 1))
    assert answer.status_code == 413
    assert door.call("POST", "/auth/challenge").status_code == 200


@pytest.mark.parametrize("port", ["public", "control"])
def test_two_ways_of_telling_the_end(port: str, door: Door) -> None:
    """Request smuggling: proxies and servers have disagreed about which one holds."""
    host, _, number = address(door.running, port).rpartition("/")[2].partition(":")
    path = "/v2/auth/challenge" if port == "public" else "/reset"
    for first, second in (
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("transfer-encoding: chunked", "content-length: 5"),
    ):
        request = f"POST {path} HTTP/1.1\r\nHost: x\r\n{first}\r\n{second}\r\n\r\n0\r\n\r\n"
        smuggled = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
        with socket.create_connection((host, int(number)), timeout=5) as connection:
            connection.sendall(request.encode() + smuggled)
            answer = everything(connection)
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert b"21001" in answer
        assert answer.count(b"HTTP/1.1") == 1


def everything(connection: socket.socket) -> bytes:
    """What comes until the other side closes."""
    result = bytearray()
    try:
        while part := connection.recv(65_536):
            result += part
    except ConnectionResetError:
        pass
    return bytes(result)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "HEADERS_WITHIN", 0.3)
    monkeypatch.setattr(cutting, "BODY_WITHIN", 0.3)


HEAD = b"POST /v2/auth/ksef-token HTTP/1.1\r\nHost: x\r\n"
STALLED = {
    "nothing": b"",
    "half a line": b"POST /v2/au",
    "headers without an end": HEAD,
    "body": HEAD + b"Content-Length: 1000\r\n\r\n0123456789",
    "chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n",
    "part of a batch": b"PUT /storage/batch-parts/x/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n0",
}


@pytest.mark.parametrize("port", ["public", "control"])
@pytest.mark.usefixtures("impatient")
def test_a_connection_that_stalls_is_closed(port: str, door: Door) -> None:
    """Each of them, all at the same time; one that waits between requests stays."""
    host, _, number = address(door.running, port).rpartition("/")[2].partition(":")
    with httpx2.Client(base_url=address(door.running, port), trust_env=False) as patient:
        patient.get("/health")
        connections = {}
        for name, data in STALLED.items():
            connections[name] = socket.create_connection((host, int(number)), timeout=5)
            connections[name].sendall(data)
        for name, connection in connections.items():
            with connection:
                assert b"HTTP/1.1 200" not in everything(connection), name
        pool: Any = patient._transport._pool  # type: ignore[attr-defined]
        (kept,) = pool.connections
        assert kept.is_idle()
        assert not kept.has_expired()


@pytest.mark.usefixtures("impatient")
def test_bytes_one_by_one_are_a_stall(door: Door) -> None:
    host, _, number = door.running.url.rpartition("/")[2].partition(":")
    with socket.create_connection((host, int(number)), timeout=5) as connection:
        connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            for _ in range(100):
                connection.sendall(b"0")
                time.sleep(0.05)


@pytest.mark.usefixtures("impatient")
def test_a_slow_answer_is_no_stall(door: Door) -> None:
    door.emulator.faults.set("slow", seconds=1.5)
    try:
        answer = door.call("POST", "/auth/challenge", content=b"x" * 1_000_000)
        assert answer.status_code == 200
    finally:
        door.emulator.faults.clear()


def test_both_applications_have_the_limit(door: Door) -> None:
    """Without the wires, too."""
    from ksef_emulator.http.server import build

    for app, path in zip(build(door.emulator), ("/v2/auth/challenge", "/reset"), strict=True):
        assert TestClient(app).post(path, content=b"x" * (MOST + 1)).status_code == 413
