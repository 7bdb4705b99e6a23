"""The stand-in for Biała lista: the live service's paths, answers, error codes and limits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from ksef_emulator.control.contractors.amounts import account
from ksef_emulator.control.contractors.people import SELLERS
from ksef_emulator.intake.polish_time import polish_day

from ..control.conftest import _clients, door
from ..invoicing.conftest import enter
from ..login.conftest import Door, owner, running

__all__ = ["_clients", "door", "enter", "owner", "running"]
NIP, ACCOUNT = "5265877635", "61109010140000071219812874"
STRANGER = "8567346215"


@pytest.fixture
def panel(door: Door) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=door.running.control_url, trust_env=False) as http:
        http.post("/reset").raise_for_status()
        yield http


def ask(door: Door, path: str, day: Any = None) -> httpx2.Response:
    day = day or polish_day(door.emulator.clock.now())
    return door.http.get(f"{door.running.url}/uslugi/biala-lista/api/{path}", params={"date": str(day)})


def test_payers_are_found_by_their_nips(door: Door, panel: httpx2.Client) -> None:
    panel.put(f"/white-list/payers/{NIP}", json={"name": "Alfa", "accounts": [ACCOUNT]}).raise_for_status()
    seller = SELLERS[0]
    answer = ask(door, f"search/nips/{NIP},{seller.nip},{STRANGER},123")
    assert answer.status_code == 200
    first, second, third, bad = answer.json()["result"]["entries"]
    (alfa,) = first["subjects"]
    assert (alfa["name"], alfa["statusVat"], alfa["accountNumbers"]) == ("Alfa", "Czynny", [ACCOUNT])
    assert second["subjects"][0]["accountNumbers"] == [account(seller.nip)]
    assert third["subjects"] == []
    assert bad["error"]["code"] == "WL-113"
    result = answer.json()["result"]
    assert result["requestId"] and len(result["requestDateTime"]) == len("28-11-2026 12:00:00")
    assert ask(door, f"search/nip/{STRANGER}").json()["result"]["subject"] is None


def test_a_virtual_account_is_known_to_check_alone(door: Door, panel: httpx2.Client) -> None:
    body = {"accounts": [], "masks": [f"XX{ACCOUNT[2:18]}XXXXXXXX"]}
    panel.put(f"/white-list/payers/{NIP}", json=body).raise_for_status()
    subject = ask(door, f"search/nip/{NIP}").json()["result"]["subject"]
    assert subject["accountNumbers"] == [] and subject["hasVirtualAccounts"] is True
    assert ask(door, f"check/nip/{NIP}/bank-account/{ACCOUNT}").json()["result"]["accountAssigned"] == "TAK"
    other = account(NIP)
    assert ask(door, f"check/nip/{NIP}/bank-account/{other}").json()["result"]["accountAssigned"] == "NIE"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"check/nip/{NIP}/bank-account/123", "WL-109"),
        (f"check/nip/{NIP}/bank-account/{ACCOUNT[:-1]}x", "WL-110"),
        (f"check/nip/{NIP}/bank-account/{ACCOUNT[:-1]}0", "WL-111"),
        (f"check/nip/5265877636/bank-account/{ACCOUNT}", "WL-115"),
        (f"check/nip/526587763x/bank-account/{ACCOUNT}", "WL-114"),
        (f"search/nips/{','.join([NIP] * 31)}", "WL-130"),
    ],
)
def test_what_is_refused(door: Door, panel: httpx2.Client, path: str, code: str) -> None:
    answer = ask(door, path)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_the_day(door: Door, panel: httpx2.Client) -> None:
    tomorrow = polish_day(door.emulator.clock.now()) + timedelta(days=1)
    assert ask(door, f"search/nip/{NIP}", tomorrow).json()["code"] == "WL-103"
    assert ask(door, f"search/nip/{NIP}", "jutro").json()["code"] == "WL-102"


def test_limits_of_a_day_and_an_update(door: Door, panel: httpx2.Client) -> None:
    panel.put("/white-list/limits", json={"search": 1, "check": 1}).raise_for_status()
    assert ask(door, f"search/nip/{NIP}").status_code == 200
    assert ask(door, f"search/nip/{NIP}").json()["code"] == "WL-191"
    assert ask(door, f"check/nip/{NIP}/bank-account/{ACCOUNT}").status_code == 200
    assert ask(door, f"check/nip/{NIP}/bank-account/{ACCOUNT}").json()["code"] == "WL-191"
    panel.post("/clock", json={"move": 86_400})
    assert ask(door, f"search/nip/{NIP}").status_code == 200
    panel.put("/white-list/limits", json={"updating": True}).raise_for_status()
    assert ask(door, f"search/nip/{NIP}").json()["code"] == "WL-195"


def test_a_reset_forgets(door: Door, panel: httpx2.Client) -> None:
    panel.put(f"/white-list/payers/{NIP}", json={"accounts": [ACCOUNT]}).raise_for_status()
    panel.post("/reset")
    assert ask(door, f"search/nip/{NIP}").json()["result"]["subject"] is None
