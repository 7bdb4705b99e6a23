"""Anything at all, sent to every operation: never a 5xx, and always an answer that the OpenAPI describes.

What the answers look like is held by the ``undescribed`` fixture of the conftest above: it fails a test after which it
is not empty. Here it is said what must be refused, and with which code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from ksef_emulator.api.contract.operations import OPERATIONS, Operation
from ksef_emulator.config import Config
from ksef_emulator.model.time.progress import AT_ONCE
from ksef_emulator.testing import Running, running_emulator

from ..invoicing.conftest import Firm
from ..login.conftest import Door, new_nip, self_signed
from ..login.quick import let_in
from ..valid_bodies import PATHS

NAMED = {f"{operation.method} {operation.path}": operation for operation in OPERATIONS}
FOR_EU_ENTITIES = ("POST /permissions/eu-entities/grants",)
"""Not for a context of the type Nip."""

WITH_PATH = [name for name, operation in NAMED.items() if "{" in operation.path]


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with running_emulator(Config(progress=AT_ONCE, rate_limits="off")) as one:
        yield one


@pytest.fixture(scope="module")
def door(running: Running) -> Iterator[Door]:
    with httpx2.Client(trust_env=False, timeout=60) as http:
        yield Door(running=running, http=http)


def enter(door: Door) -> Firm:
    """Somebody new, logged in to a context of their own."""
    nip = new_nip()
    access, _ = let_in(door, self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip))
    return Firm(door=door, nip=nip, token=access)


@pytest.fixture
def firm(door: Door) -> Firm:
    """Whose context may be spoiled."""
    return enter(door)


@pytest.fixture(scope="module")
def anybody(door: Door) -> Firm:
    """Whose context stays as it is."""
    return enter(door)


class Refused(list[str]):
    """Answers with 5xx, each with what was sent."""

    def note(self, answer: httpx2.Response, what: object) -> None:
        if answer.status_code >= 500:
            self.append(f"{answer.status_code} {str(what)[:200]}: {answer.text[:200]}")


@contextmanager
def never_broken() -> Iterator[Refused]:
    refused = Refused()
    yield refused
    assert not refused, "\n".join(refused)


def place(operation: Operation, **parameters: str) -> str:
    return operation.path.format(**(PATHS | parameters))


def send(firm: Firm, operation: Operation, **more: Any) -> httpx2.Response:
    path = more.pop("path", None) or place(operation)
    if "content" in more:
        more["headers"] = {"Content-Type": "application/json"} | more.get("headers", {})
    return firm.door.call(operation.method, path, more.pop("token", firm.token), **more)


def as_json(body: Any) -> bytes:
    """Also what no encoder of text would write."""
    return json.dumps(body).encode()
