"""Signing and samples for those whose tools can do neither: curl logs in and sends with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx2
import pytest
from lxml import etree

from ..invoicing.conftest import Firm, enter
from ..login.conftest import Door, code, document, new_nip

__all__ = ["enter"]


@pytest.fixture
def panel(door: Door) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=door.running.control_url, trust_env=False, timeout=20) as http:
        yield http


def signed(panel: httpx2.Client, xml: bytes, **who: str) -> bytes:
    answer = panel.post("/sign", content=xml, params=who)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml"), answer.text
    return answer.content


def test_a_seal_of_a_company(door: Door, panel: httpx2.Client) -> None:
    nip = new_nip()
    xml = document(door.challenge(), ("Nip", nip))
    submitted = door.send(signed(panel, xml, nip=nip, name="Dom i Ogród Wisła sp. z o.o."))
    assert submitted.status_code == 202, submitted.text
    assert door.status(submitted)["code"] == 200
    assert door.redeem(submitted).status_code == 200


def test_a_test_person_and_anybody(door: Door, panel: httpx2.Client) -> None:
    """Anna, who is always there, owns a firm by PESEL; of others KSeF knows what its registers say."""
    for pesel, expected in (("85041212344", 200), ("02270803624", 415)):
        xml = document(door.challenge(), ("Nip", "7771234567"))
        assert door.status(door.send(signed(panel, xml, pesel=pesel)))["code"] == expected


@pytest.mark.parametrize(
    ("who", "xml", "expected"),
    [
        ({}, b"<a/>", 21405),
        ({"nip": "7771234567", "pesel": "85041212344"}, b"<a/>", 21405),
        ({"nip": "123"}, b"<a/>", 21405),
        ({"nip": "7771234567", "name": ""}, b"<a/>", 21405),
        ({"nip": "7771234567"}, b"", 21001),
        ({"nip": "7771234567"}, b"not xml", 21001),
        ({"nip": "7771234567"}, b"<!DOCTYPE a><a/>", 9101),
        ({"nip": "7771234567"}, b"<a>" + b" " * 1_000_001 + b"</a>", 9101),
    ],
)
def test_what_cannot_be_signed(who: dict[str, str], xml: bytes, expected: int, panel: httpx2.Client) -> None:
    assert code(panel.post("/sign", content=xml, params=who)) == expected


def test_a_sample_is_accepted_as_it_stands(door: Door, panel: httpx2.Client, enter: type[Firm]) -> None:
    """Valid against the official schema, dated by the emulator's clock, with a number of its own each time."""
    door.emulator.clock.move(timedelta(days=20))
    firm = enter()
    session = firm.open()
    today = datetime.now(ZoneInfo("Europe/Warsaw")).date() + timedelta(days=20)
    for expected in (
        {},
        {},
        {"gross": "0.01"},
        {"gross": "9999999.99", "buyer": "9992000202", "number": "A/1"},
    ):
        answer = panel.get("/samples/fa3.xml", params={"nip": firm.nip, **expected})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml")
        root = etree.fromstring(answer.content)
        result = {etree.QName(element).localname: element.text for element in root.iter("*")}
        assert result["P_1"] == str(today)
        assert result["P_15"] == expected.get("gross", "123.00")
        assert result["P_2"] == expected.get("number", result["P_2"])
        shown = firm.status(session, firm.send(session, answer.content))
        assert shown["status"]["code"] == 200, shown
        assert shown["ksefNumber"].startswith(f"{firm.nip}-")


def test_wrong_samples(panel: httpx2.Client) -> None:
    for expected in (
        {},
        {"nip": "1"},
        {"nip": "7771234567", "gross": "0"},
        {"nip": "7771234567", "buyer": "x"},
    ):
        assert code(panel.get("/samples/fa3.xml", params=expected)) == 21405
