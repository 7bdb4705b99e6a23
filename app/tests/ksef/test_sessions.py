"""Interactive sessions: what is sent, what comes back, and what a withdrawn key leads to."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding
from liczydlo import ksef
from liczydlo.ksef import public_keys, sessions
from liczydlo.ksef.conversation import Answer
from liczydlo.ksef.errors import Refused, Unavailable

API = "http://127.0.0.1:8090/v2"
OPENED = {"referenceNumber": "SESSION", "validUntil": "2026-03-03T00:00:00+00:00"}
WITHDRAWN = Refused(status=400, code="21470")


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.fixture
def published(private_key: Any, certificate: Any, now: datetime) -> Any:
    def make(identifier: str, *, since: int = 30, usage: str = "SymmetricKeyEncryption") -> dict[str, Any]:
        return {
            "certificate": b64(certificate(private_key("RSA")).public_bytes(Encoding.DER)),
            "certificateId": "x",
            "publicKeyId": identifier,
            "validFrom": (now - timedelta(days=since)).isoformat(),
            "validTo": (now + timedelta(days=300)).isoformat(),
            "usage": [usage],
        }

    return make


def opening(cache: ksef.PublicKeyCache, now: datetime) -> Any:
    return sessions.open_online(api=API, cache=cache, clock=lambda: now)


def test_opening_sends_a_key_that_the_ministry_can_open(
    script: Any, published: Any, private_key: Any, now: datetime
) -> None:
    cache = ksef.PublicKeyCache()
    keys = [published("old"), published("new", since=1), published("other", usage="KsefTokenEncryption")]
    played = script([keys, OPENED])
    session = played.play(opening(cache, now))
    assert session.reference == "SESSION"
    assert session.valid_until == datetime.fromisoformat(OPENED["validUntil"])
    assert (played.requests[1].method, played.requests[1].path) == ("POST", "/sessions/online")
    assert played.requests[1].bearer is None, "by the login's token"
    assert not played.requests[1].repeatable
    body = played.requests[1].json
    assert body["formCode"] == {"systemCode": "FA (3)", "schemaVersion": "1-0E", "value": "FA"}
    assert body["encryption"]["publicKeyId"] == "new"
    assert base64.b64decode(body["encryption"]["initializationVector"]) == session.key.iv
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
    wrapped = base64.b64decode(body["encryption"]["encryptedSymmetricKey"])
    assert private_key("RSA").decrypt(wrapped, oaep) == session.key.key
    second = script([OPENED])
    assert second.play(opening(cache, now)).key != session.key, "each session has its own key"


def test_a_withdrawn_key_is_replaced_once(script: Any, published: Any, now: datetime) -> None:
    cache = ksef.PublicKeyCache()
    played = script([[published("old")], WITHDRAWN, [published("new")], OPENED])
    played.play(opening(cache, now))
    assert played.requests[3].json["encryption"]["publicKeyId"] == "new"
    with pytest.raises(Refused) as caught:
        script([WITHDRAWN, [published("new")], WITHDRAWN]).play(opening(cache, now))
    assert caught.value.code == "21470"


def test_other_refusals_are_not_answered(script: Any, published: Any, now: datetime) -> None:
    with pytest.raises(Refused) as caught:
        script([[published("k")], Refused(status=400, code="21405")]).play(
            opening(ksef.PublicKeyCache(), now)
        )
    assert caught.value.code == "21405"


def test_keys_are_kept_for_six_hours_and_per_environment(script: Any, published: Any, now: datetime) -> None:
    cache = ksef.PublicKeyCache()
    played = script([[published("k")]])
    played.play(public_keys.current(cache, API, "SymmetricKeyEncryption", now))
    script([]).play(public_keys.current(cache, API, "SymmetricKeyEncryption", now + timedelta(hours=5)))
    for api, moment in ((API, now + timedelta(hours=7)), ("https://other", now)):
        again = script([[published("k")]])
        again.play(public_keys.current(cache, api, "SymmetricKeyEncryption", moment))


def test_kept_keys_age_and_a_clock_set_back_ages_them_too(script: Any, now: datetime) -> None:
    cache = ksef.PublicKeyCache()
    cache.put(API, now, ())
    second = timedelta(seconds=1)
    six = timedelta(hours=6)
    assert [cache.get(API, now + age) for age in (timedelta(0), six - second, second - six)] == [()] * 3
    assert [cache.get(API, now + age) for age in (six, -six, 2 * six)] == [None] * 3
    cache.forget("https://other")
    assert cache.get(API, now) == ()
    cache.forget(API)
    assert cache.get(API, now) is None


def test_the_key_is_of_the_usage_and_valid_today(script: Any, published: Any, now: datetime) -> None:
    """A newer one that is not yet valid, or no longer, waits; the list is asked for without a login."""
    tomorrow = published("tomorrow", since=-1)
    expired = {**published("expired", since=1), "validTo": (now - timedelta(seconds=1)).isoformat()}
    played = script(
        [[published("old"), tomorrow, expired, published("other", since=0, usage="KsefTokenEncryption")]]
    )
    key = played.play(public_keys.current(ksef.PublicKeyCache(), API, "SymmetricKeyEncryption", now))
    assert key.id == "old"
    (request,) = played.requests
    assert (request.method, request.path, request.bearer) == (
        "GET", "/security/public-key-certificates", ""
    )  # fmt: skip


def test_a_key_is_valid_from_its_first_moment_to_its_last(script: Any, published: Any, now: datetime) -> None:
    begins = {**published("a"), "validFrom": now.isoformat(), "validTo": (now + timedelta(1)).isoformat()}
    ends = {**published("b", since=99), "validTo": now.isoformat()}
    for entry in (begins, ends):
        cache = ksef.PublicKeyCache()
        script([[entry]]).play(public_keys.current(cache, API, "SymmetricKeyEncryption", now))
        again = script([])
        assert (
            again.play(public_keys.current(cache, API, "SymmetricKeyEncryption", now)).id
            == entry["publicKeyId"]
        )


def test_a_list_without_a_valid_key_of_the_usage_is_fetched_again(
    script: Any, published: Any, now: datetime
) -> None:
    cache = ksef.PublicKeyCache()
    script([[published("a")]]).play(public_keys.current(cache, API, "SymmetricKeyEncryption", now))
    both = [published("a"), published("t", usage="KsefTokenEncryption")]
    key = script([both]).play(public_keys.current(cache, API, "KsefTokenEncryption", now))
    assert key.id == "t"
    script([]).play(public_keys.current(cache, API, "KsefTokenEncryption", now))


def test_a_kept_list_whose_key_has_expired_is_fetched_again(
    script: Any, published: Any, now: datetime
) -> None:
    """Within the six hours too: the old key ran out, a new one is published."""
    cache = ksef.PublicKeyCache()
    short = {**published("a"), "validTo": (now + timedelta(hours=1)).isoformat()}
    script([[short]]).play(public_keys.current(cache, API, "SymmetricKeyEncryption", now))
    later = now + timedelta(hours=2)
    key = script([[short, published("b")]]).play(
        public_keys.current(cache, API, "SymmetricKeyEncryption", later)
    )
    assert key.id == "b"


def test_a_key_that_is_not_rsa_is_left_out(
    script: Any, published: Any, private_key: Any, certificate: Any, now: datetime
) -> None:
    elliptic = {
        **published("ec", since=0),
        "certificate": b64(certificate(private_key("EC")).public_bytes(Encoding.DER)),
    }
    key = script([[elliptic, published("rsa")]]).play(
        public_keys.current(ksef.PublicKeyCache(), API, "SymmetricKeyEncryption", now)
    )
    assert key.id == "rsa"
    assert key.valid_from == now - timedelta(days=30)
    assert key.valid_to == now + timedelta(days=300)
    assert "RSA" not in repr(key)


def test_a_wrong_clock_does_not_stop_anything(script: Any, published: Any, now: datetime) -> None:
    late = now + timedelta(days=4000)
    key = script([[published("k")]]).play(
        public_keys.current(ksef.PublicKeyCache(), API, "SymmetricKeyEncryption", late)
    )
    assert key.id == "k"


@pytest.mark.parametrize("answer", [[], [{"certificate": "AAAA"}], {"not": "a list"}])
def test_no_usable_key(answer: Any, script: Any, now: datetime) -> None:
    with pytest.raises(Unavailable) as caught:
        script([answer]).play(opening(ksef.PublicKeyCache(), now))
    assert (caught.value.code, caught.value.answer_lost) == ("unreadable-answer", False)


@pytest.fixture
def session(now: datetime) -> ksef.OnlineSession:
    return ksef.OnlineSession(reference="SESSION", key=ksef.SessionKey.new(), valid_until=now)


@pytest.mark.parametrize(
    ("offline", "corrected"), [(False, None), (True, None), (True, hashlib.sha256(b"old").digest())]
)
def test_sending(offline: bool, corrected: bytes | None, script: Any, session: ksef.OnlineSession) -> None:
    xml = "<Faktura>ż</Faktura>".encode()
    played = script([{"referenceNumber": "INVOICE"}])
    sent = sessions.send_invoice(session, xml, offline=offline, corrected_sha256=corrected)
    assert played.play(sent) == "INVOICE"
    (request,) = played.requests
    assert request.path == "/sessions/online/SESSION/invoices"
    assert not request.repeatable
    content = base64.b64decode(request.json["encryptedInvoiceContent"])
    assert session.key.decrypt(content) == xml
    expected = {
        "invoiceHash": b64(hashlib.sha256(xml).digest()),
        "invoiceSize": len(xml),
        "encryptedInvoiceHash": b64(hashlib.sha256(content).digest()),
        "encryptedInvoiceSize": len(content),
        "encryptedInvoiceContent": b64(content),
        "offlineMode": offline,
    }
    if corrected:
        expected["hashOfCorrectedInvoice"] = b64(corrected)
    assert request.json == expected


def test_a_technical_correction_is_offline(script: Any, session: ksef.OnlineSession) -> None:
    with pytest.raises(ValueError, match="offline"):
        script([]).play(sessions.send_invoice(session, b"<a/>", corrected_sha256=b"x" * 32))


def invoice(code: int, ordinal: int = 1, data: bytes = b"a", **more: Any) -> dict[str, Any]:
    return {
        "ordinalNumber": ordinal,
        "referenceNumber": f"I{ordinal}",
        "invoiceHash": b64(hashlib.sha256(data).digest()),
        "invoicingDate": "2026-03-02T12:00:00+00:00",
        "status": {"code": code, "description": "opis", **more.pop("status", {})},
        **more,
    }


def test_an_accepted_invoice(script: Any) -> None:
    answer = invoice(
        200,
        ksefNumber="5265877635-20250916-0200A0D6723E-C2",
        acquisitionDate="2026-03-02T12:00:01+00:00",
        invoicingMode="Online",
    )
    status = script([answer]).play(sessions.invoice_status("S", "I1"))
    assert status.accepted
    assert not (status.in_progress or status.rejected or status.failed or status.duplicate)
    assert status.ksef_number == "5265877635-20250916-0200A0D6723E-C2"
    assert status.sha256 == hashlib.sha256(b"a").digest()


def test_every_part_of_an_invoices_state_is_read(script: Any) -> None:
    answer = invoice(
        200,
        7,
        invoiceNumber="FV/1",
        ksefNumber="K",
        acquisitionDate="2026-03-02T12:00:01+00:00",
        permanentStorageDate="2026-03-02T12:00:02+00:00",
        invoicingMode="Offline",
        upoDownloadUrl="http://x/upo",
        upoDownloadUrlExpirationDate="2026-03-05T00:00:00+00:00",
        status={"details": ["a", "b"]},
    )
    played = script([answer])
    status = played.play(sessions.invoice_status("S/1", "I 7"))
    assert [(request.method, request.path) for request in played.requests] == [
        ("GET", "/sessions/S%2F1/invoices/I%207")
    ]
    assert (status.reference, status.ordinal, status.code, status.description) == ("I7", 7, 200, "opis")
    assert (status.details, status.extensions, status.mode) == (("a", "b"), {}, "Offline")
    assert (status.invoice_number, status.ksef_number, status.upo_url) == ("FV/1", "K", "http://x/upo")
    assert [
        moment.isoformat()[8:19]
        for moment in (status.invoicing_date, status.acquired, status.stored, status.upo_url_expires)
        if moment is not None
    ] == ["02T12:00:00", "02T12:00:01", "02T12:00:02", "05T00:00:00"]
    bare = script([invoice(100)]).play(sessions.invoice_status("S", "I1"))
    assert bare.in_progress
    optional = ("invoice_number", "ksef_number", "acquired", "stored", "mode", "upo_url", "upo_url_expires")
    assert [getattr(bare, name) for name in optional] == [None] * 7
    assert (bare.original_ksef_number, bare.original_session_reference, bare.details) == (None, None, ())


def test_a_duplicate_names_its_original(script: Any) -> None:
    extensions = {"originalSessionReferenceNumber": "S0", "originalKsefNumber": "K0", "other": None}
    answer = invoice(440, status={"extensions": extensions, "details": ["Duplikat faktury K0"]})
    status = script([answer]).play(sessions.invoice_status("S", "I1"))
    assert status.duplicate
    assert status.rejected
    assert (status.original_session_reference, status.original_ksef_number) == ("S0", "K0")
    assert status.details == ("Duplikat faktury K0",)


@pytest.mark.parametrize(
    ("code", "state"),
    [(100, "in_progress"), (150, "in_progress"), (199, "in_progress"), (200, "accepted"), (201, "rejected"),
     (405, "rejected"), (450, "rejected"), (499, "rejected"), (500, "failed"), (550, "failed")],
)  # fmt: skip
def test_every_status_is_one_of_four(code: int, state: str, script: Any) -> None:
    status = script([invoice(code)]).play(sessions.invoice_status("S", "I1"))
    states = ("in_progress", "accepted", "rejected", "failed")
    assert [name for name in states if getattr(status, name)] == [state]
    assert not status.duplicate


@pytest.mark.parametrize(
    ("code", "is_open", "finished", "failed"),
    [
        (100, True, False, False),
        (150, False, False, False),
        (170, False, False, False),
        (200, False, True, False),
        (201, False, True, True),
        (415, False, True, True),
        (440, False, True, True),
        (500, False, True, True),
    ],
)
def test_a_session_is_open_at_work_done_or_failed(
    code: int, is_open: bool, finished: bool, failed: bool, script: Any
) -> None:
    status = script([session_answer(code)]).play(sessions.session_status("S"))
    assert (status.is_open, status.finished, status.failed) == (is_open, finished, failed)
    assert (status.code, status.description, status.details) == (code, "opis", ())


def session_answer(code: int, **more: Any) -> dict[str, Any]:
    return {
        "status": {"code": code, "description": "opis"},
        "dateCreated": "2026-03-02T12:00:00+00:00",
        "dateUpdated": "2026-03-02T12:00:05+00:00",
        **more,
    }


def test_a_session_that_has_just_begun_says_little(script: Any) -> None:
    played = script([session_answer(100)])
    status = played.play(sessions.session_status("S"))
    assert (status.invoices, status.accepted, status.rejected) == (None, None, None)
    assert (status.valid_until, status.upo_pages) == (None, ())
    assert (status.updated - status.created).total_seconds() == 5
    assert [(request.method, request.path) for request in played.requests] == [("GET", "/sessions/S")]
    full = script([session_answer(100, validUntil="2026-03-03T00:00:00+00:00")])
    assert full.play(sessions.session_status("S")).valid_until.day == 3


def test_pages_of_a_session_are_of_a_thousand(script: Any) -> None:
    played = script([{"invoices": [invoice(200)], "continuationToken": ""}, {"invoices": None}])
    first = played_page(played, 0, sessions.invoice_page("S"))
    assert ([one.ordinal for one in first.invoices], first.next_token) == ([1], None)
    second = played_page(played, 1, sessions.invoice_page("S", "t"))
    assert (second.invoices, second.next_token) == ((), None)
    assert [request.query for request in played.requests] == [{"pageSize": "1000"}] * 2
    assert [request.headers for request in played.requests] == [{}, {"x-continuation-token": "t"}]
    assert {(request.method, request.path) for request in played.requests} == {
        ("GET", "/sessions/S/invoices")
    }


def played_page(played: Any, index: int, conversation: Any) -> Any:
    one = type(played)([played.answers[index]])
    page = one.play(conversation)
    played.requests += one.requests
    return page


@pytest.mark.parametrize(
    ("conversation", "path"),
    [
        (sessions.invoice_upo("S", "I"), "/sessions/S/invoices/I/upo"),
        (sessions.session_upo("S", "U"), "/sessions/S/upo/U"),
    ],
)
def test_a_receipt_is_compared_with_the_hash_that_came_with_it(
    conversation: Any, path: str, script: Any
) -> None:
    body = b"<Potwierdzenie/>"
    announced = {"x-ms-meta-hash": b64(hashlib.sha256(body).digest())}
    played = script([Answer(body=body, headers=announced)])
    assert played.play(conversation) == body
    (request,) = played.requests
    assert (request.method, request.path, request.expects) == ("GET", path, "xml")


def test_a_receipt_that_was_altered_on_its_way_is_unreadable(script: Any) -> None:
    announced = {"x-ms-meta-hash": b64(hashlib.sha256(b"other").digest())}
    with pytest.raises(Unavailable) as caught:
        script([Answer(body=b"<a/>", headers=announced)]).play(sessions.session_upo("S", "U"))
    assert (caught.value.code, caught.value.answer_lost) == ("unreadable-answer", False)
    without = script([Answer(body=b"<a/>")])
    assert without.play(sessions.session_upo("S", "U")) == b"<a/>", "a header may be left out"


def test_session_status_and_its_receipt_pages(script: Any) -> None:
    page = {
        "referenceNumber": "UPO",
        "downloadUrl": "http://x/upo",
        "downloadUrlExpirationDate": "2026-03-05T00:00:00+00:00",
    }
    answer = {
        "status": {"code": 200, "description": "ok"},
        "dateCreated": "2026-03-02T12:00:00+00:00",
        "dateUpdated": "2026-03-02T12:00:00+00:00",
        "upo": {"pages": [page]},
        "invoiceCount": 2,
        "successfulInvoiceCount": 1,
        "failedInvoiceCount": 1,
    }
    status = script([answer]).play(sessions.session_status("S"))
    assert status.finished
    assert not (status.is_open or status.failed)
    assert (status.invoices, status.accepted, status.rejected) == (2, 1, 1)
    (receipt,) = status.upo_pages
    assert (receipt.reference, receipt.url) == ("UPO", "http://x/upo")
    assert receipt.url_expires == datetime.fromisoformat(page["downloadUrlExpirationDate"])
    cancelled = {**answer, "status": {"code": 440, "description": "x", "details": ["Nie przesłano faktur"]}}
    failed = script([cancelled]).play(sessions.session_status("S"))
    assert failed.failed
    assert failed.details == ("Nie przesłano faktur",)


def test_a_lost_invoice_is_found_by_its_hash(server: Any, now: datetime) -> None:
    import httpx2

    tokens = ksef.Tokens(
        access="a",
        access_valid_until=now + timedelta(hours=1),
        refresh="r",
        refresh_valid_until=now + timedelta(hours=1),
    )
    pages = [
        {"continuationToken": "t", "invoices": [invoice(200, 1, b"ours"), invoice(150, 2, b"other")]},
        {"continuationToken": "", "invoices": [invoice(440, 3, b"ours")]},
    ]
    client = server.client(tokens=tokens)
    server.handlers = [httpx2.Response(200, json=page) for page in pages]
    status = client.find_invoice("S", hashlib.sha256(b"ours").digest())
    assert (status.ordinal, status.accepted) == (1, True)
    assert server.requests[1].headers["x-continuation-token"] == "t"
    server.handlers = [httpx2.Response(200, json=page) for page in pages]
    assert client.find_invoice("S", hashlib.sha256(b"strange").digest()) is None


@pytest.mark.parametrize(
    ("codes", "best"),
    [((440, 200), 2), ((200, 440), 1), ((150, 200), 2), ((440, 150), 2), ((150, 440), 1), ((440, 410), 2)],
)
def test_of_several_sendings_the_accepted_one_counts(
    codes: tuple[int, ...], best: int, server: Any, now: datetime
) -> None:
    """Else one that KSeF is still deciding on, else the last one."""
    import httpx2

    tokens = ksef.Tokens(
        access="a",
        access_valid_until=now + timedelta(hours=1),
        refresh="r",
        refresh_valid_until=now + timedelta(hours=1),
    )
    sent = [invoice(code, ordinal, b"ours") for ordinal, code in enumerate(codes, 1)]
    for listed in (sent, sent[::-1]):
        server.handlers = [httpx2.Response(200, json={"invoices": listed})]
        status = server.client(tokens=tokens).find_invoice("S", hashlib.sha256(b"ours").digest())
        assert status.ordinal == best


def test_closing(script: Any) -> None:
    played = script([Answer()])
    played.play(sessions.close_online("S"))
    assert (played.requests[0].method, played.requests[0].path) == ("POST", "/sessions/online/S/close")
    assert not played.requests[0].repeatable


def test_a_client_sends_online_and_closes(server: Any, session: ksef.OnlineSession, now: datetime) -> None:
    import httpx2

    tokens = ksef.Tokens(
        access="a", access_valid_until=now + timedelta(1), refresh="r", refresh_valid_until=now + timedelta(1)
    )
    server.handlers = [httpx2.Response(202, json={"referenceNumber": "I"}), httpx2.Response(204)]
    client = server.client(tokens=tokens)
    assert client.send_invoice(session, b"<a/>") == "I"
    client.close_online("SESSION")
    sent, closed = server.requests
    assert json.loads(sent.content)["offlineMode"] is False
    assert (closed.method, closed.url.path.removeprefix("/v2")) == ("POST", "/sessions/online/SESSION/close")
