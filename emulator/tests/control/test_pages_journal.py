"""The journal of requests on pages."""

from __future__ import annotations

import pytest

from ..login.conftest import Door, new_nip, self_signed
from ..portal.conftest import Browser

HERE = "/panel/dziennik"


def rows(desk: Browser, query: str = "") -> int:
    return desk.get(f"{HERE}{query}").text.count('<td class="path">')


def test_nothing_yet(desk: Browser) -> None:
    assert "Nikt jeszcze o nic nie pytał" in desk.get(HERE).text


def test_filters(desk: Browser, door: Door) -> None:
    nip = new_nip()
    access, _ = door.tokens(self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip))
    desk.post(HERE, on="/panel/zegar")
    door.call("GET", "/auth/sessions", access)
    door.call("GET", "/auth/sessions")
    door.call("POST", "/auth/challenge")
    assert rows(desk) == 3
    for query, count in (
        ("?method=GET", 2),
        ("?path=challenge", 1),
        ("?path=/v2/*/sessions", 2),
        ("?status=401", 1),
        (f"?context={nip}", 1),
        (f"?context={nip}&method=POST", 0),
        ("?status=x&page=99", 3),
    ):
        assert rows(desk, query) == count, query
    assert "Żadne żądanie nie pasuje" in desk.get(f"{HERE}?method=DELETE").text
    assert f"Nip:{nip}" in desk.get(HERE).text
    listed = desk.http.get("/requests", params={"context": nip}).json()["requests"]
    assert [item["context"] for item in listed] == [f"Nip:{nip}"]


def test_pages(desk: Browser, door: Door) -> None:
    for _ in range(51):
        door.call("POST", "/auth/challenge")
    assert rows(desk) == 50
    assert "następna" in desk.get(HERE).text
    assert rows(desk, "?page=2") == 1
    assert "?page=2&amp;path=challenge" in desk.get(f"{HERE}?path=challenge").text


def test_both_sides_without_secrets(desk: Browser, door: Door, undescribed: list[str]) -> None:
    nip = new_nip()
    access, refresh = door.tokens(self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip))
    door.call("GET", "/auth/sessions", access)
    whole = ""
    for entry in door.emulator.requests.entries():
        page = desk.get(f"{HERE}/{entry.number}")
        assert page.status_code == 200
        whole += page.text
    assert access not in whole
    assert refresh not in whole
    assert "authorization: ***" in whole
    assert "&lt;AuthTokenRequest" in whole
    assert "&#34;token&#34;: &#34;***&#34;" in whole
    assert f"Nip:{nip}" in whole
    door.call("POST", "/auth/xades-signature", content=b"\xff\x00\x80")
    newest = door.emulator.requests.entries()[-1].number
    assert "Dane binarne w Base64" in desk.get(f"{HERE}/{newest}").text
    undescribed.clear()


def test_what_is_cut_stands_as_it_came(desk: Browser, door: Door, undescribed: list[str]) -> None:
    door.send(b"<a>" + b"x" * 20_000)
    newest = door.emulator.requests.entries()[-1].number
    assert "tu widać jej początek" in desk.get(f"{HERE}/{newest}").text
    undescribed.clear()


def test_a_fault_is_named(desk: Browser, door: Door, undescribed: list[str]) -> None:
    door.emulator.faults.set("bad-gateway", times=1)
    door.call("POST", "/auth/challenge")
    newest = door.emulator.requests.entries()[-1].number
    assert 'href="/panel/usterki/bad-gateway"' in desk.get(f"{HERE}/{newest}").text
    undescribed.clear()


def test_forgotten(desk: Browser, door: Door) -> None:
    door.call("POST", "/auth/challenge")
    newest = door.emulator.requests.entries()[-1].number
    assert "Dziennik jest pusty" in desk.post(HERE).text
    assert desk.get(f"{HERE}/{newest}").status_code == 404


@pytest.mark.parametrize("number", ["0", "x", "9" * 30, "99999"])
def test_no_such_exchange(number: str, desk: Browser) -> None:
    assert desk.get(f"{HERE}/{number}").status_code == 404
