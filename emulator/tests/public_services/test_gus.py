"""The stand-in for GUS's REGON register: a session, a search, its several answers, and each way to be refused."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from html import escape

import httpx2
import pytest
from ksef_emulator.control.contractors.people import FARMERS, SELLERS
from ksef_emulator.public_services import gus
from ksef_emulator.public_services.register import KEY, MADE_UP
from lxml import etree

from ..control.conftest import _clients, door
from ..invoicing.conftest import enter
from ..login.conftest import Door, owner, running

__all__ = ["_clients", "door", "enter", "owner", "running"]
CLOSED, SEVERAL = MADE_UP
STRANGER = "8567346215"


@pytest.fixture
def panel(door: Door) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=door.running.control_url, trust_env=False) as http:
        http.post("/reset").raise_for_status()
        yield http
        http.put("/gus/state", json={}).raise_for_status()


def post(door: Door, operation: str, inner: str, sid: str = "", action: str = "") -> httpx2.Response:
    space = gus.COMMON if operation == "GetValue" else gus.PUBLIC
    contract = "IUslugaBIR" if operation == "GetValue" else "IUslugaBIRzewnPubl"
    body = (
        f'<soap:Envelope xmlns:soap="{gus.SOAP}" xmlns:ns="{space}" xmlns:dat="{gus.DATA}">'
        f'<soap:Header xmlns:wsa="{gus.ADDRESSING}"><wsa:To>{door.running.url}{gus.PATH}</wsa:To>'
        f"<wsa:Action>{action or f'{space}/{contract}/{operation}'}</wsa:Action></soap:Header>"
        f"<soap:Body><ns:{operation}>{inner}</ns:{operation}></soap:Body></soap:Envelope>"
    )
    headers = {"Content-Type": "application/soap+xml; charset=utf-8"} | ({"sid": sid} if sid else {})
    return door.http.post(f"{door.running.url}{gus.PATH}", content=body.encode(), headers=headers)


def ask(door: Door, operation: str, inner: str, sid: str = "") -> str:
    answer = post(door, operation, inner, sid)
    assert answer.status_code == 200, answer.text
    head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    (part,) = message_from_bytes(head + answer.content).get_payload()  # type: ignore[misc]
    assert part.get_content_type() == "application/xop+xml"  # type: ignore[union-attr]
    envelope = etree.fromstring(part.get_payload(decode=True))  # type: ignore[union-attr, arg-type]
    return envelope.findtext(f".//{{*}}{operation}Result") or ""


def log_in(door: Door, key: str = KEY) -> str:
    return ask(door, "Zaloguj", f"<ns:pKluczUzytkownika>{key}</ns:pKluczUzytkownika>")


def search(door: Door, sid: str, *nips: str) -> list[dict[str, str]]:
    named = f"<dat:Nip>{nips[0]}</dat:Nip>" if len(nips) == 1 else f"<dat:Nipy>{','.join(nips)}</dat:Nipy>"
    result = ask(
        door, "DaneSzukajPodmioty", f"<ns:pParametryWyszukiwania>{named}</ns:pParametryWyszukiwania>", sid
    )
    rows = etree.fromstring(result) if result else ()
    return [{one.tag: one.text or "" for one in row} for row in rows]


def value(door: Door, name: str, sid: str = "") -> str:
    return ask(door, "GetValue", f"<ns:pNazwaParametru>{escape(name)}</ns:pNazwaParametru>", sid)


def test_a_session_and_a_search(door: Door, panel: httpx2.Client) -> None:
    sid = log_in(door)
    assert len(sid) == 20 and value(door, "StatusSesji", sid) == "1"
    seller, sole = SELLERS[0], SELLERS[1]
    (row,) = search(door, sid, seller.nip)
    assert (row["Nazwa"], row["Typ"], row["SilosID"]) == (seller.name, "P", "6")
    assert (row["Ulica"], row["NrNieruchomosci"], row["KodPocztowy"]) == ("ul. Ołówkowa", "7", "00-950")
    assert len(row["Regon"]) == 9
    (person,) = search(door, sid, sole.nip)
    assert (person["Typ"], person["SilosID"], person["NrLokalu"]) == ("F", "1", "3")
    assert search(door, sid, FARMERS[0].nip)[0]["SilosID"] == "2"
    assert value(door, "KomunikatKod", sid) == "0"
    assert ask(door, "Wyloguj", f"<ns:pIdentyfikatorSesji>{sid}</ns:pIdentyfikatorSesji>") == "true"
    assert value(door, "StatusSesji", sid) == "0"


def test_entries_that_have_ended_and_several(door: Door, panel: httpx2.Client) -> None:
    sid = log_in(door)
    assert search(door, sid, CLOSED)[0]["DataZakonczeniaDzialalnosci"] == "2024-06-30"
    assert [row["SilosID"] for row in search(door, sid, SEVERAL)] == ["2", "1", "4"]
    both = search(door, sid, CLOSED, STRANGER)
    assert [row.get("ErrorCode", "") for row in both] == ["", "4"]


def test_nobody_has_the_number(door: Door, panel: httpx2.Client) -> None:
    sid = log_in(door)
    (row,) = search(door, sid, STRANGER)
    assert row["ErrorCode"] == "4" and row["Nip"] == STRANGER
    assert value(door, "KomunikatKod", sid) == "4" and "Nie znaleziono" in value(door, "KomunikatTresc", sid)
    panel.put(f"/white-list/payers/{STRANGER}", json={"name": "Alfa & Syn"}).raise_for_status()
    assert search(door, sid, STRANGER)[0]["Nazwa"] == "Alfa & Syn"


def test_sessions_that_are_none(door: Door, panel: httpx2.Client) -> None:
    assert log_in(door, "abcde12345abcde12346") == ""
    for sid in ("", "0" * 20):
        assert search(door, sid, CLOSED) == [] and value(door, "KomunikatKod", sid) == "7"
    sid = log_in(door)
    panel.post("/clock", json={"move": 3601})
    assert search(door, sid, CLOSED) == [] and value(door, "KomunikatKod", sid) == "7"


def test_a_break_a_captcha_and_too_many(door: Door, panel: httpx2.Client) -> None:
    sid = log_in(door)
    assert search(door, sid, *[CLOSED] * 21) == [] and value(door, "KomunikatKod", sid) == "2"
    panel.put("/gus/state", json={"message": 1}).raise_for_status()
    assert search(door, sid, CLOSED) == [] and value(door, "KomunikatKod", sid) == "1"
    panel.put("/gus/state", json={"status": 2}).raise_for_status()
    assert search(door, sid, CLOSED) == [] and value(door, "StatusUslugi") == "2"
    assert panel.put("/gus/state", json={"status": 9}).status_code >= 400


def test_what_is_no_request(door: Door, panel: httpx2.Client) -> None:
    assert post(door, "Zaloguj", "", action="urn:other").status_code == 500
    assert "<s:Fault>" in post(door, "DanePobierzPelnyRaport", "").text
    address = f"{door.running.url}{gus.PATH}"
    soap = {"Content-Type": "application/soap+xml"}
    assert door.http.post(address, content=b"<a>", headers=soap).status_code == 500
    assert door.http.post(address, content=b"<a/>", headers=soap).status_code == 500
    assert door.http.post(address, content=b"<a/>").status_code == 415
