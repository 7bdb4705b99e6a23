"""The stand-in for VIES: valid, invalid, not known; a proof only for a requester; both shapes of an answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx2
import pytest
from ksef_emulator.public_services import vies

from ..control.conftest import _clients, door
from ..invoicing.conftest import enter
from ..login.conftest import Door, owner, running

__all__ = ["_clients", "door", "enter", "owner", "running"]
US = {"requesterMemberStateCode": "PL", "requesterNumber": "5265877635"}


def ask(door: Door, number: str, state: str = "FR", **requester: str) -> dict[str, Any]:
    address = f"{door.running.url}/uslugi/vies/rest-api/ms/{state}/vat/{number}"
    answer = door.http.get(address, params=requester)
    assert answer.status_code == 200
    return answer.json()  # type: ignore[no-any-return]


def post(door: Door, path: str = "check-vat-number", **body: str) -> httpx2.Response:
    return door.http.post(f"{door.running.url}/uslugi/vies/rest-api/{path}", json=body)


def test_a_registered_number_is_a_proof_for_who_asks(door: Door) -> None:
    said = ask(door, "27552032534", **US)
    assert (said["isValid"], said["userError"]) == (True, "VALID")
    assert said["name"] == "MADE-UP COMPANY FR27552032534" and "\n" in said["address"]
    assert said["requestIdentifier"].startswith("WAPI")
    assert said["requestDate"].endswith("Z") and datetime.fromisoformat(said["requestDate"]).tzinfo
    assert said["viesApproximate"]["matchName"] == 3
    assert ask(door, "27552032534")["requestIdentifier"] == ""
    assert ask(door, "fr 27.552-032 534".removeprefix("fr "), "fr")["vatNumber"] == "27552032534"


def test_one_that_is_not(door: Door) -> None:
    said = ask(door, "27552032539", **US)
    assert (said["isValid"], said["userError"], said["name"]) == (False, "INVALID", "---")
    assert said["requestIdentifier"], "a „no” is a proof too"


def test_a_state_that_hides_names(door: Door) -> None:
    said = ask(door, "136695976", "DE", **US)
    assert said["isValid"] and said["name"] == said["address"] == "---"


@pytest.mark.parametrize(("number", "code"), vies.TRIED.items())
def test_numbers_of_the_test_service(door: Door, number: str, code: str) -> None:
    said = ask(door, number, **US)
    assert (said["userError"], said["isValid"]) == (code, code == "VALID")
    assert bool(said["requestIdentifier"]) == (code in ("VALID", "INVALID"))
    for path in ("check-vat-number", "check-vat-test-service"):
        answer = post(door, path, countryCode="FR", vatNumber=number, **US).json()
        if code in ("VALID", "INVALID"):
            assert answer["valid"] == (code == "VALID") and answer["requestIdentifier"]
        else:
            assert answer == {"actionSucceed": False, "errorWrappers": [{"error": code}]}


@pytest.mark.parametrize(
    ("state", "number", "more", "code"),
    [
        ("GR", "123456788", {}, "INVALID_INPUT"),  # Greece is EL
        ("US", "123456788", {}, "INVALID_INPUT"),
        ("FR", "1", {}, "INVALID_INPUT"),
        ("FR", "1234567890123", {}, "INVALID_INPUT"),
        ("FR", "27552032534", {**US, "requesterNumber": "5265877636"}, "INVALID_REQUESTER_INFO"),
        ("FR", "27552032534", {"requesterNumber": "5265877635"}, "INVALID_REQUESTER_INFO"),
        ("EL", "123456788", US, "VALID"),
        ("XI", "123456788", US, "VALID"),
    ],
)
def test_what_cannot_be_asked(door: Door, state: str, number: str, more: dict[str, str], code: str) -> None:
    assert ask(door, number, state, **more)["userError"] == code


def test_the_states(door: Door) -> None:
    said = door.http.get(f"{door.running.url}/uslugi/vies/rest-api/check-status").json()
    assert said["vow"] == {"available": True} and len(said["countries"]) == 28
    assert post(door).json()["errorWrappers"] == [{"error": "INVALID_INPUT"}]
