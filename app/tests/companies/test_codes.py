"""Codes of two-factor login (RFC 6238): thirty seconds and a step of grace on each side, and never twice."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value
from django.core.cache import cache

pytestmark = pytest.mark.django_db

STEP = 30


class Clock:
    """The machine's clock, which the tests turn."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    cache.clear()
    turned = Clock()
    turned.now = turned.now // STEP * STEP + 2
    monkeypatch.setattr(time, "time", turned)
    return turned


@pytest.fixture
def secret(owner: Any) -> str:
    made: str = generate_totp_secret()
    TOTP.activate(owner, made)
    return made


def code(secret: str, clock: Clock, steps: int = 0) -> str:
    return f"{hotp_value(secret, int(clock.now // STEP) + steps):06d}"


def enter(client: Any, text: str) -> bool:
    """Whether the code opened the door of a person who gave the right password."""
    answer = client.post("/konto/login/", {"login": "ala@example.com", "password": "Kwiecień-plecień 2026"})
    assert answer["Location"].startswith("/konto/2fa/authenticate/")
    answer = client.post("/konto/2fa/authenticate/", {"code": text})
    return answer.status_code == 302


@pytest.mark.parametrize(
    ("steps", "opens"), [(0, True), (-1, True), (1, True), (-2, False), (2, False)], ids=str
)
def test_a_code_of_the_step_before_or_after_opens_too(
    secret: str, clock: Clock, browse: Any, steps: int, opens: bool
) -> None:
    assert enter(browse(), code(secret, clock, steps)) is opens


@pytest.mark.parametrize("later", [0, 20, 31, 58])
def test_a_used_code_opens_nothing_however_it_is_typed(
    secret: str, clock: Clock, browse: Any, later: int
) -> None:
    used = code(secret, clock, 1)
    assert enter(browse(), used)
    clock.now += later
    assert not enter(browse(), used)
    assert not enter(browse(), f"{used[:3]} {used[3:]}")
    assert not enter(browse(), f"{used[:3]}-{used[3:]}")
    assert enter(browse(), code(secret, clock, 1 if later > STEP else 0)), "another one opens"


def test_a_used_code_confirms_nothing(secret: str, clock: Clock, browse: Any) -> None:
    client = browse()
    used = code(secret, clock, 1)
    assert enter(client, used)
    clock.now += STEP * 2 - 3
    answer = client.post("/konto/2fa/reauthenticate/", {"code": used})
    assert answer.status_code == 200, "the code is refused on its page"
    assert client.post("/konto/2fa/reauthenticate/", {"code": code(secret, clock, 1)}).status_code == 302
