"""Logging in: the whole conversation, its refusals, and how a client keeps its login alive."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from liczydlo import ksef
from liczydlo.ksef import login
from liczydlo.ksef.conversation import Answer
from liczydlo.ksef.errors import LoginRefused, Refused, Unavailable
from liczydlo.web.reasons import explain
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
    assert [request.method for request in played.requests] == ["POST", "POST", "GET", "GET", "GET", "POST"]
    assert [request.repeatable for request in played.requests] == [True, False, True, True, True, False]
    assert tokens.refresh_valid_until == datetime(2026, 3, 9, 12, tzinfo=UTC)
    signed = played.requests[1].xml
    assert etree.fromstring(signed).findtext("{*}Challenge") == CHALLENGE["challenge"]
    XAdESVerifier().verify(signed, x509_cert=pair.certificate, expect_references=2)


def test_a_challenge_is_read(script: Any) -> None:
    found = script([CHALLENGE]).play(login.challenge())
    assert (found.challenge, found.timestamp, found.timestamp_ms) == (CHALLENGE["challenge"], NOON, 1)


@pytest.mark.parametrize("schema", ["2.0", "2.1"])
@pytest.mark.parametrize(
    ("identified", "kind"), [(True, "certificateSubject"), (False, "certificateFingerprint")]
)
def test_the_login_document(schema: Any, identified: bool, kind: str) -> None:
    """Its parts in the schema's order, in the schema's namespace; the context by its own kind of identifier."""
    context = ksef.Context(kind="InternalId", value="5265877635-00001")
    xml = login.login_document(context, "20250604-CR", identified=identified, schema=schema)
    root = etree.fromstring(xml)
    assert root.tag == f"{{http://ksef.mf.gov.pl/auth/token/{schema}}}AuthTokenRequest"
    names = [etree.QName(each).localname for each in root.iter()]
    assert names == [
        "AuthTokenRequest", "Challenge", "ContextIdentifier", "InternalId", "SubjectIdentifierType"
    ]  # fmt: skip
    assert {etree.QName(each).namespace for each in root.iter()} == {etree.QName(root).namespace}
    assert root.findtext("{*}Challenge") == "20250604-CR"
    assert root.findtext("{*}ContextIdentifier/{*}InternalId") == "5265877635-00001"
    assert root.findtext("{*}SubjectIdentifierType") == kind
    assert xml.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert login.login_document(context, "x") == login.login_document(
        context, "x", identified=True, schema="2.1"
    )


def test_a_certificate_without_a_nip_signs_by_its_fingerprint(script: Any, credential: Any) -> None:
    for nip, kind in (("5265877635", "certificateSubject"), (None, "certificateFingerprint")):
        played = script([CHALLENGE, STARTED, status(200), REDEEMED])
        played.play(conversation(credential(nip=nip), NOON, schema="2.0"))
        root = etree.fromstring(played.requests[1].xml)
        assert root.findtext("{*}SubjectIdentifierType") == kind
        assert etree.QName(root).namespace == "http://ksef.mf.gov.pl/auth/token/2.0"


def test_an_operation_is_kept_and_read() -> None:
    operation = login.Operation(reference="R", token="SECRET")
    assert login.Operation.from_json(operation.to_json()) == operation
    assert "SECRET" not in repr(operation)
    for text in ("{}", "[]", "x", '{"reference": "R"}'):
        with pytest.raises(ValueError, match=r"."):
            login.Operation.from_json(text)


@pytest.mark.parametrize(("code", "decided"), [(100, False), (200, True)])
def test_a_login_is_decided_or_not(code: int, decided: bool, script: Any) -> None:
    operation = login.Operation(reference="A/B", token="T")
    played = script([status(code)])
    assert played.play(login.is_decided(operation)) is decided
    assert [(each.path, each.bearer) for each in played.requests] == [("/auth/A%2FB", "T")]


@pytest.mark.parametrize(("code", "error"), [(201, Refused), (499, Refused), (500, Unavailable)])
def test_every_other_status_is_a_refusal_below_500(code: int, error: type[Exception], script: Any) -> None:
    with pytest.raises(error) as caught:
        script([status(code, "opis", "szczegół")]).play(
            login.is_decided(login.Operation(reference="R", token="T"))
        )
    failure: Any = caught.value
    assert (failure.reference, failure.status) == ("R", code)
    if error is Refused:
        assert (failure.description, failure.details, failure.operation) == ("opis", ("szczegół",), "login")


def test_a_new_access_token_leaves_the_refresh_token(script: Any, now: datetime) -> None:
    week = now + timedelta(days=7)
    tokens = ksef.Tokens(access="OLD", access_valid_until=now, refresh="R", refresh_valid_until=week)
    played = script([{"accessToken": {"token": "NEW", "validUntil": "2026-03-02T12:30:00+00:00"}}])
    found = played.play(login.refresh(tokens))
    assert found == ksef.Tokens(
        access="NEW",
        access_valid_until=now + timedelta(minutes=30),
        refresh="R",
        refresh_valid_until=week,
    )
    (request,) = played.requests
    assert (request.method, request.path, request.bearer) == ("POST", "/auth/token/refresh", "R")
    assert request.repeatable


def test_tokens_are_not_in_what_is_printed(now: datetime) -> None:
    tokens = ksef.Tokens(access="ACCESS", access_valid_until=now, refresh="REFRESH", refresh_valid_until=now)
    assert "ACCESS" not in repr(tokens)
    assert "REFRESH" not in repr(tokens)


def test_leaving(script: Any) -> None:
    played = script([Answer()])
    played.play(login.end_current_session())
    (request,) = played.requests
    assert (request.method, request.path, request.expects) == ("DELETE", "/auth/sessions/current", "nothing")


@pytest.mark.parametrize(
    ("code", "detail", "told"),
    [
        (415, "Brak przypisanych uprawnień", "uprawnień"),
        (425, "", "unieważnione"),
        (450, "Nieprawidłowy token", "tokena"),
        (460, "Certyfikat odwołany", "certyfikatu"),
        (470, "", "zmarłej"),
        (480, "", "zablokował"),
    ],
)
def test_final_statuses_are_refusals(code: int, detail: str, told: str, script: Any, credential: Any) -> None:
    played = script([CHALLENGE, STARTED, status(code, "niepowodzenie", detail)])
    with pytest.raises(Refused) as caught:
        played.play(conversation(credential(), NOON))
    assert (caught.value.status, caught.value.code) == (code, str(code))
    assert caught.value.reference == STARTED["referenceNumber"]
    assert told in explain(caught.value, "pl")
    assert explain(caught.value, "en") != explain(caught.value, "pl")


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
    assert (caught.value.reference, caught.value.answer_lost) == (STARTED["referenceNumber"], False)


def test_a_login_is_waited_for_a_minute(script: Any, credential: Any, now: datetime) -> None:
    """An issuer's OCSP may take that long."""
    played = script([CHALLENGE, STARTED, *[status(100)] * 100])
    with pytest.raises(Unavailable):
        played.play(conversation(credential(), now))
    assert 50 <= sum(played.pauses) <= 60


def test_a_lost_answer_begins_the_login_anew_once(script: Any, credential: Any, now: datetime) -> None:
    lost = Unavailable("timeout", answer_lost=True)
    played = script([CHALLENGE, STARTED, status(200), lost, CHALLENGE, STARTED, status(200), REDEEMED])
    assert played.play(conversation(credential(), now)).access == "ACCESS"
    with pytest.raises(Unavailable) as caught:
        script([CHALLENGE, lost, CHALLENGE, lost]).play(conversation(credential(), now))
    assert not caught.value.answer_lost, "a login has no effect that could happen twice"
    away = Unavailable("server-error", status=503)
    with pytest.raises(Unavailable) as other:
        script([CHALLENGE, lost, CHALLENGE, away]).play(conversation(credential(), now))
    assert other.value is away


def test_a_refused_signature_is_not_tried_again(script: Any, credential: Any, now: datetime) -> None:
    with pytest.raises(Refused):
        script([CHALLENGE, Refused(status=400, code="9105")]).play(conversation(credential(), now))


def test_tokens_are_kept_and_read(now: datetime) -> None:
    later = now + timedelta(days=7)
    tokens = ksef.Tokens(access="a", access_valid_until=now, refresh="r", refresh_valid_until=later)
    assert ksef.Tokens.from_json(tokens.to_json()) == tokens
    with pytest.raises(ValueError, match="access"):
        ksef.Tokens.from_json("{}")


def test_active_sessions_of_all_pages(script: Any) -> None:
    def item(reference: str, current: bool, **more: Any) -> dict[str, Any]:
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
            **more,
        }

    redeemed = {"isTokenRedeemed": True, "refreshTokenValidUntil": "2026-03-09T12:00:00+00:00"}
    played = script(
        [
            {"continuationToken": "next", "items": [item("A", True, **redeemed)]},
            {"continuationToken": None, "items": [item("B", False)]},
        ]
    )
    found = played.play(login.active_sessions())
    assert [(one.reference, one.is_current) for one in found] == [("A", True), ("B", False)]
    assert [each.headers for each in played.requests] == [{}, {"x-continuation-token": "next"}]
    assert {(each.method, each.path) for each in played.requests} == {("GET", "/auth/sessions")}
    assert {each.query["pageSize"] for each in played.requests} == {"100"}
    first, second = found
    assert (first.started, first.method, first.status, first.description) == (NOON, "Certyfikat", 200, "opis")
    assert (first.redeemed, first.refresh_valid_until) == (True, datetime(2026, 3, 9, 12, tzinfo=UTC))
    assert (second.redeemed, second.refresh_valid_until) == (False, None)


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
    with pytest.raises(LoginRefused) as caught:
        server.client(tokens=tokens).invoice("N")
    assert caught.value.status == 401


def test_nobody_to_log_in_as(server: Any) -> None:
    with pytest.raises(LoginRefused) as caught:
        server.client().invoice("N")
    assert caught.value.code == "not-logged-in"
    assert "certyfikatem" in explain(caught.value, "pl")
    with pytest.raises(LoginRefused):
        server.client().refresh()
    assert server.requests == []


class TestRefusedLogins:
    """A login that is refused is never the refusal of the request that needed it."""

    @pytest.fixture
    def expired(self, now: datetime) -> ksef.Tokens:
        past = now - timedelta(hours=1)
        return ksef.Tokens(access="A", access_valid_until=past, refresh="R", refresh_valid_until=past)

    def refused(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path.removeprefix("/v2")
        if path == "/auth/challenge":
            return httpx2.Response(200, json=CHALLENGE)
        if path == "/auth/xades-signature":
            return httpx2.Response(202, json=STARTED)
        assert path.startswith("/auth/2025"), "nothing but the login is asked for"
        return httpx2.Response(200, json=status(460, "Certyfikat odwołany"))

    def test_it_has_a_class_of_its_own_and_is_told(
        self, server: Any, credential: Any, expired: ksef.Tokens
    ) -> None:
        told: list[LoginRefused] = []
        server.handlers = [self.refused] * 3
        client = server.client(
            tokens=expired, credential=credential(), context=CONTEXT, on_refused=told.append
        )
        session = ksef.OnlineSession(reference="S", key=ksef.SessionKey.new(), valid_until=NOON)
        with pytest.raises(LoginRefused) as caught:
            client.send_invoice(session, b"<Faktura/>")
        assert not isinstance(caught.value, Refused)
        assert (caught.value.status, caught.value.code) == (460, "460")
        assert caught.value.reference == STARTED["referenceNumber"]
        assert "certyfikatu" in explain(caught.value, "pl")
        assert told == [caught.value]

    def test_a_token_that_is_refused_the_moment_it_was_given_is_the_logins_matter(
        self, server: Any, world: Ksef, credential: Any
    ) -> None:
        told: list[LoginRefused] = []
        client = server.client(credential=credential(), context=CONTEXT, on_refused=told.append)
        client.login()
        world.good = "none of them"
        real = world.__call__
        server.handlers = [
            lambda request: httpx2.Response(401) if "/invoices/" in request.url.path else real(request)
        ] * 9
        with pytest.raises(LoginRefused) as caught:
            client.invoice("N")
        assert caught.value.status == 401
        assert told == [caught.value]

    def test_refused_tokens_without_anything_to_log_in_with_are_told(
        self, server: Any, world: Ksef, now: datetime
    ) -> None:
        told: list[LoginRefused] = []
        world.refuse_refresh = True
        tokens = ksef.Tokens(
            access="REVOKED",
            access_valid_until=now + timedelta(hours=1),
            refresh="R",
            refresh_valid_until=now + timedelta(days=1),
        )
        with pytest.raises(LoginRefused):
            server.client(tokens=tokens, on_refused=told.append).invoice("N")
        assert len(told) == 1

    def test_a_login_without_an_answer_is_no_lost_answer_of_the_request(
        self, server: Any, credential: Any, expired: ksef.Tokens
    ) -> None:
        """Nothing of the request has gone out: there is nothing to look for in KSeF."""

        def nonsense(request: httpx2.Request) -> httpx2.Response:
            if request.url.path.endswith("/auth/challenge"):
                return httpx2.Response(200, json=CHALLENGE)
            return httpx2.Response(202, json={"unexpected": 1})

        server.handlers = [nonsense] * 4
        client = server.client(tokens=expired, credential=credential(), context=CONTEXT)
        session = ksef.OnlineSession(reference="S", key=ksef.SessionKey.new(), valid_until=NOON)
        with pytest.raises(Unavailable) as caught:
            client.send_invoice(session, b"<Faktura/>")
        assert (caught.value.code, caught.value.answer_lost) == ("unreadable-answer", False)

    def test_whoever_keeps_the_pauses_is_asked_before_a_login_of_its_own_accord(
        self, server: Any, credential: Any
    ) -> None:
        refusal = LoginRefused(status=415, code="415", description="Brak uprawnień", reference="R-1")

        def not_now() -> None:
            raise refusal

        client = server.client(credential=credential(), context=CONTEXT, before_login=not_now)
        with pytest.raises(LoginRefused) as caught:
            client.ensure_login()
        assert caught.value is refusal
        assert server.requests == []
        server.handlers = [self.refused] * 3
        with pytest.raises(LoginRefused) as asked:
            client.login()  # by name: a person wants to know
        assert asked.value.code == "460"

    def test_its_fields_make_it_anew(self) -> None:
        refusal = LoginRefused(
            status=403,
            code="x",
            description="d",
            details=("a",),
            reference="R",
            required_permissions=("InvoiceRead",),
            operation="login",
        )
        again = LoginRefused(**refusal.fields())
        assert again.fields() == refusal.fields()
        assert again.missing_permissions == ("InvoiceRead",)


def test_threads_share_one_login(server: Any, world: Ksef, credential: Any) -> None:
    client = server.client(credential=credential(), context=CONTEXT)
    threads = [threading.Thread(target=client.invoice, args=("N",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.logins == 1
