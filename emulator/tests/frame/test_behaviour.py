"""Where the live system and its documentation differ: the live way unless the documented one is wanted. Every answer of
these tests is held against the OpenAPI, or its named exceptions, by ``conformance``."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest
from ksef_emulator.config import Config
from ksef_emulator.model.time.progress import AT_ONCE
from ksef_emulator.testing import Running, running_emulator

from ..conformance import LIVE_MOMENT, moments
from ..invoicing.conftest import Firm, enter, firm, problem
from ..login.conftest import Door, door

__all__ = ["Door", "Firm", "door", "enter", "firm"]


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with running_emulator(Config(progress=AT_ONCE, answers="documented", sha1="refused")) as one:
        yield one


@pytest.fixture(autouse=True)
def panel(running: Running) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=running.control_url, trust_env=False) as http:
        yield http
    running.emulator.reset()


def answers(firm: Firm) -> tuple[str, dict[str, object], dict[str, object], dict[str, object]]:
    """The media type of 401, and three lists with nothing more to come."""
    session = firm.open()
    firm.issue(session)
    refused = firm.door.call("GET", "/auth/sessions").headers["content-type"]
    paths = (f"/sessions/{session}/invoices/failed", "/sessions?sessionType=Online", "/tokens")
    one, two, three = (firm.get(path).json() for path in paths)
    return refused, one, two, three


def test_as_documented(firm: Firm) -> None:
    refused, failed, sessions, tokens = answers(firm)
    assert refused == "application/problem+json"
    assert failed == {"continuationToken": None, "invoices": []}
    assert sessions["continuationToken"] is None
    assert tokens == {"continuationToken": None, "tokens": []}


def test_as_live(firm: Firm, panel: httpx2.Client) -> None:
    expected = {"answers": "live", "sha1": "accepted"}
    assert panel.put("/behaviour", json=expected).json() == panel.get("/behaviour").json() == expected
    refused, failed, sessions, tokens = answers(firm)
    assert refused == "application/json"
    assert failed == {}
    assert "continuationToken" not in sessions
    assert tokens == {"tokens": []}
    assert panel.post("/reset").status_code == 204
    assert panel.get("/behaviour").json() == {"answers": "documented", "sha1": "refused"}
    assert panel.put("/behaviour", json=expected | {"sha1": "maybe"}).status_code == 400


def test_moments_have_seven_digits(firm: Firm) -> None:
    session = firm.open()
    one = firm.issue(session)
    shown = [
        *moments(firm.get(f"/sessions/{session}").json()),
        *moments(firm.status(session, one["referenceNumber"])),
    ]
    shown += moments(firm.get("/sessions/20260101-SO-0000000000-0000000000-00").json())
    assert len(shown) >= 6
    assert all(LIVE_MOMENT.fullmatch(item) for item in shown)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/invoices/ksef/{}", 21164),
        ("/sessions/{session}/invoices/ksef/{}/upo", 21178),
    ],
)
def test_a_ksef_number_with_a_wrong_checksum_is_one_that_is_not_there(
    firm: Firm, path: str, expected: int
) -> None:
    session = firm.open()
    number = firm.issue(session)["ksefNumber"]
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    assert problem(firm.get(path.format(wrong, session=session)))[0] == expected
    assert firm.get(path.format(number, session=session)).status_code == 200
    of_invoice = firm.get(f"/collective-identifiers/ksef/{wrong}")
    assert of_invoice.json() == {"collectiveIdentifiers": []}
