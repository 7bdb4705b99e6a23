"""Logging in: the whole conversation and its refusals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from liczydlo import ksef
from liczydlo.ksef import login
from liczydlo.ksef.conversation import Answer
from liczydlo.ksef.errors import Refused, Unavailable
from liczydlo.web.reasons import explain
from lxml import etree
from signxml.xades import XAdESVerifier

from app.tests.ksef.logins import CHALLENGE, NOON, REDEEMED, STARTED, conversation, status


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
    result = script([CHALLENGE]).play(login.challenge())
    assert (result.challenge, result.timestamp, result.timestamp_ms) == (CHALLENGE["challenge"], NOON, 1)


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
    names = [etree.QName(element).localname for element in root.iter()]
    assert names == [
        "AuthTokenRequest", "Challenge", "ContextIdentifier", "InternalId", "SubjectIdentifierType"
    ]  # fmt: skip
    assert {etree.QName(element).namespace for element in root.iter()} == {etree.QName(root).namespace}
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
    assert [(request.path, request.bearer) for request in played.requests] == [("/auth/A%2FB", "T")]


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
    result = played.play(login.refresh(tokens))
    assert result == ksef.Tokens(
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
    result = played.play(login.active_sessions())
    assert [(one.reference, one.is_current) for one in result] == [("A", True), ("B", False)]
    assert [request.headers for request in played.requests] == [{}, {"x-continuation-token": "next"}]
    assert {(request.method, request.path) for request in played.requests} == {("GET", "/auth/sessions")}
    assert {request.query["pageSize"] for request in played.requests} == {"100"}
    first, second = result
    assert (first.started, first.method, first.status, first.description) == (NOON, "Certyfikat", 200, "opis")
    assert (first.redeemed, first.refresh_valid_until) == (True, datetime(2026, 3, 9, 12, tzinfo=UTC))
    assert (second.redeemed, second.refresh_valid_until) == (False, None)
