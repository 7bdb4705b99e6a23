"""Answers of KSeF to who logs in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from liczydlo import ksef
from liczydlo.ksef import login

CHALLENGE = {
    "challenge": "20250604-CR-461EA5B000-537A6BA15D-D7",
    "timestamp": "2026-03-02T12:00:00+00:00",
    "timestampMs": 1,
    "clientIp": "127.0.0.1",
}


STARTED = {
    "referenceNumber": "20250604-AU-461EA5B000-537A6BA15D-D7",
    "authenticationToken": {"token": "OPERATION", "validUntil": "2026-03-02T12:10:00+00:00"},
}


REDEEMED = {
    "accessToken": {"token": "ACCESS", "validUntil": "2026-03-02T12:15:00+00:00"},
    "refreshToken": {"token": "REFRESH", "validUntil": "2026-03-09T12:00:00+00:00"},
}


NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


CONTEXT = ksef.Context(value="5265877635")


def status(code: int, description: str = "opis", *details: str) -> dict[str, Any]:
    return {"status": {"code": code, "description": description, "details": list(details) or None}}


def conversation(pair: ksef.Credential, now: datetime, **options: Any) -> Any:
    return login.certificate_login(CONTEXT, pair, clock=lambda: now, **options)
