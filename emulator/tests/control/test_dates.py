"""Moments at the ends of the calendar: refused in words by everything that takes one, and nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from ..login.conftest import Door

FAR = [
    "9999-12-31T23:59:59.999999-14:00",
    "9999-12-31T23:59:59Z",
    "2300-01-01T00:00:00Z",
    "1989-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    253402300799,
    1e30,
]
SEAL = {"kind": "seal", "nip": "9992000202", "name": "x"}
WHERE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "clock": ("PUT", "/clock", {"set": None}),
    "certificate from": (
        "POST",
        "/certificates",
        SEAL | {"validFrom": None},
    ),
    "certificate to": (
        "POST",
        "/certificates",
        SEAL | {"validTo": None},
    ),
    "maintenance from": ("POST", "/latarnia/maintenance", {"start": None, "end": "2026-01-01T00:00:00Z"}),
    "maintenance to": ("POST", "/latarnia/maintenance", {"start": "2026-01-01T00:00:00Z", "end": None}),
    "failure": ("POST", "/latarnia/failures", {"start": None}),
}


@pytest.fixture
def panel(door: Door) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=door.running.control_url, trust_env=False, timeout=20) as http:
        yield http


@pytest.mark.parametrize("far", FAR)
def test_far_moments(far: Any, panel: httpx2.Client) -> None:
    for method, path, body in WHERE.values():
        name = next(key for key, value in body.items() if value is None)
        answer = panel.request(method, path, json=body | {name: far})
        assert answer.status_code == 400, (path, answer.text)
        assert name in answer.text
    event = panel.post("/latarnia/failures", json={}).json()["eventId"]
    assert panel.post(f"/latarnia/failures/{event}/end", json={"end": far}).status_code == 400
    now = datetime.fromisoformat(panel.get("/clock").json()["now"])
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("year", [2000, 2199])
def test_the_clock_at_its_ends(year: int, panel: httpx2.Client) -> None:
    """Everything still works there, and it does not go further."""
    assert panel.put("/clock", json={"set": f"{year}-06-01T00:00:00Z"}).status_code == 200
    beyond = panel.put("/clock", json={"move": (1 if year > 2100 else -1) * 3e9})
    assert "od roku 2000 do 2199" in beyond.text
    for path in ("/", "/panel/zegar", "/panel/zdarzenia", "/panel/latarnia", "/panel/certyfikaty", "/health"):
        assert panel.get(path).status_code == 200, path
    assert panel.post("/certificates", json=SEAL).status_code == 201
