"""Logging in: the whole conversation, its refusals, and how a client keeps its login alive."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from liczydlo import ksef
from liczydlo.ksef import login
from liczydlo.ksef.errors import Refused, Unavailable
from lxml import etree
from signxml.xades import XAdESVerifier

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


def test_the_whole_way(script: Any, credential: Any, now: datetime) -> None:
    pair = credential()
    played = script([CHALLENGE, STARTED, status(100), status(100), status(200), REDEEMED])
    tokens = played.play(conversation(pair, now))
    assert (tokens.access, tokens.refresh) == ("ACCESS", "REFRESH")
    assert tokens.access_valid_until == now + timedelta(minutes=15)
    paths = [request.path for request in played.requests]
    reference = STARTED["referenceNumber"]
    assert paths == [
        "/auth/challenge",
        "/auth/xades-signature",
        *[f"/auth/{reference}"] * 3,
        "/auth/token/redeem",
    ]
    assert [request.bearer for request in played.requests] == ["", "", *["OPERATION"] * 4]
    assert len(played.pauses) == 2
    signed = played.requests[1].xml
    assert etree.fromstring(signed).findtext("{*}Challenge") == CHALLENGE["challenge"]
    XAdESVerifier().verify(signed, x509_cert=pair.certificate, expect_references=2)


@pytest.mark.parametrize(
    ("code", "detail", "words"),
    [
        (415, "Brak przypisanych uprawnień", "uprawnień"),
        (425, "", "unieważnione"),
        (450, "Nieprawidłowy token", "tokena"),
        (460, "Certyfikat odwołany", "certyfikatu"),
        (470, "", "zmarłej"),
        (480, "", "zablokował"),
    ],
)
def test_final_statuses_are_refusals(
    code: int, detail: str, words: str, script: Any, credential: Any
) -> None:
    played = script([CHALLENGE, STARTED, status(code, "niepowodzenie", detail)])
    with pytest.raises(Refused) as caught:
        played.play(conversation(credential(), NOON))
    assert (caught.value.status, caught.value.code) == (code, str(code))
    assert caught.value.reference == STARTED["referenceNumber"]
    assert words in caught.value.text("pl")
    assert caught.value.text("en") != caught.value.text("pl")


@pytest.mark.parametrize("code", [500, 550])
def test_ksefs_own_failures_are_not_our_fault(code: int, script: Any, credential: Any, now: datetime) -> None:
    with pytest.raises(Unavailable) as caught:
        script([CHALLENGE, STARTED, status(code)]).play(conversation(credential(), now))
    assert (caught.value.code, caught.value.answer_lost) == ("server-error", False)


def test_patience_ends(script: Any, credential: Any, now: datetime) -> None:
    played = script([CHALLENGE, STARTED, status(100), status(100), status(100)])
    with pytest.raises(Unavailable) as caught:
        played.play(conversation(credential(), now, patience=0.3))
    assert caught.value.code == "not-finished"
    assert sum(played.pauses) <= 0.3


def test_a_lost_answer_begins_the_login_anew_once(script: Any, credential: Any, now: datetime) -> None:
    lost = Unavailable("timeout", answer_lost=True)
    played = script([CHALLENGE, STARTED, status(200), lost, CHALLENGE, STARTED, status(200), REDEEMED])
    assert played.play(conversation(credential(), now)).access == "ACCESS"
    with pytest.raises(Unavailable) as caught:
        script([CHALLENGE, lost, CHALLENGE, lost]).play(conversation(credential(), now))
    assert not caught.value.answer_lost, "a login has no effect that could happen twice"


def test_a_refused_signature_is_not_tried_again(script: Any, credential: Any, now: datetime) -> None:
    with pytest.raises(Refused):
        script([CHALLENGE, Refused(status=400, code="9105")]).play(conversation(credential(), now))


def test_tokens_are_kept_and_read(now: datetime) -> None:
    tokens = ksef.Tokens(access="a", access_valid_until=now, refresh="r", refresh_valid_until=now)
    assert ksef.Tokens.from_json(tokens.to_json()) == tokens
    with pytest.raises(ValueError, match="access"):
        ksef.Tokens.from_json("{}")


def test_active_sessions_of_all_pages(script: Any) -> None:
    def item(reference: str, current: bool) -> dict[str, Any]:
        return {
            "referenceNumber": reference,
            "startDate": "2026-03-02T12:00:00+00:00",
            "authenticationMethod": "InternalCertificate",
            "authenticationMethodInfo": {
                "category": "XadesSignature",
                "code": "x",
                "displayName": "Certyfikat",
            },
            **status(200),
            "isCurrent": current,
        }

    played = script(
        [
            {"continuationToken": "next", "items": [item("A", True)]},
            {"continuationToken": None, "items": [item("B", False)]},
        ]
    )
    found = played.play(login.active_sessions())
    assert [(one.reference, one.is_current) for one in found] == [("A", True), ("B", False)]
    assert played.requests[1].headers == {"x-continuation-token": "next"}


class Ksef:
    """Just enough of KSeF to log in, refresh and be asked something."""

    def __init__(self) -> None:
        self.logins = 0
        self.refreshes = 0
        self.good = ""
        self.refuse_refresh = False

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path.removeprefix("/v2")
        if path == "/auth/challenge":
            return httpx2.Response(200, json=CHALLENGE)
        if path == "/auth/xades-signature":
            return httpx2.Response(202, json=STARTED)
        if path == "/auth/token/redeem":
            self.logins += 1
            self.good = f"ACCESS-{self.logins}"
            access = {"token": self.good, "validUntil": "2026-03-02T12:15:00+00:00"}
            return httpx2.Response(200, json={**REDEEMED, "accessToken": access})
        if path == "/auth/token/refresh":
            if self.refuse_refresh:
                return httpx2.Response(401)
            self.refreshes += 1
            self.good = f"FRESH-{self.refreshes}"
            access = {"token": self.good, "validUntil": "2026-03-02T13:00:00+00:00"}
            return httpx2.Response(200, json={"accessToken": access})
        if path.startswith("/auth/"):
            return httpx2.Response(200, json=status(200))
        if request.headers.get("authorization") != f"Bearer {self.good}":
            return httpx2.Response(401)
        return httpx2.Response(200, text="<Faktura/>")


@pytest.fixture
def world(server: Any) -> Ksef:
    world = Ksef()

    class Always(list[Any]):
        def pop(self, index: Any = -1) -> Any:
            return world

    server.handlers = Always()
    return world


def test_a_client_logs_in_when_it_must_and_says_so(server: Any, world: Ksef, credential: Any) -> None:
    kept: list[ksef.Tokens] = []
    client = server.client(credential=credential(), context=CONTEXT, on_tokens=kept.append)
    assert client.invoice("N") == b"<Faktura/>"
    assert client.invoice("N") == b"<Faktura/>"
    assert world.logins == 1
    assert [tokens.access for tokens in kept] == ["ACCESS-1"]


def test_a_login_of_before_is_used(server: Any, world: Ksef, now: datetime) -> None:
    world.good = "OLD"
    tokens = ksef.Tokens(
        access="OLD",
        access_valid_until=now + timedelta(minutes=5),
        refresh="R",
        refresh_valid_until=now + timedelta(days=1),
    )
    assert server.client(tokens=tokens).invoice("N")
    assert (world.logins, world.refreshes) == (0, 0)


def test_an_access_token_is_renewed_before_it_expires(server: Any, world: Ksef, now: datetime) -> None:
    tokens = ksef.Tokens(
        access="OLD",
        access_valid_until=now + timedelta(seconds=30),
        refresh="R",
        refresh_valid_until=now + timedelta(days=1),
    )
    client = server.client(tokens=tokens)
    client.invoice("N")
    assert (world.refreshes, client.tokens.refresh) == (1, "R")


def test_a_401_renews_and_repeats_even_a_deed(server: Any, world: Ksef, now: datetime) -> None:
    tokens = ksef.Tokens(
        access="REVOKED",
        access_valid_until=now + timedelta(hours=1),
        refresh="R",
        refresh_valid_until=now + timedelta(days=1),
    )
    assert server.client(tokens=tokens).invoice("N") == b"<Faktura/>"
    assert world.refreshes == 1


def test_a_dead_refresh_token_leads_to_a_new_login(
    server: Any, world: Ksef, credential: Any, now: datetime
) -> None:
    world.refuse_refresh = True
    tokens = ksef.Tokens(
        access="REVOKED",
        access_valid_until=now + timedelta(hours=1),
        refresh="R",
        refresh_valid_until=now + timedelta(days=1),
    )
    client = server.client(tokens=tokens, credential=credential(), context=CONTEXT)
    assert client.invoice("N")
    assert world.logins == 1
    with pytest.raises(Refused) as caught:
        server.client(tokens=tokens).invoice("N")
    assert caught.value.status == 401


def test_nobody_to_log_in_as(server: Any) -> None:
    with pytest.raises(Refused) as caught:
        server.client().invoice("N")
    assert caught.value.code == "not-logged-in"
    assert "certyfikatem" in caught.value.text("pl")
    with pytest.raises(Refused):
        server.client().refresh()
    assert server.requests == []


def test_threads_share_one_login(server: Any, world: Ksef, credential: Any) -> None:
    client = server.client(credential=credential(), context=CONTEXT)
    threads = [threading.Thread(target=client.invoice, args=("N",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.logins == 1
