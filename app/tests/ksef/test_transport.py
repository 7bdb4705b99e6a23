"""What counts as an answer, what is sent again and what never is."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import httpx2
import pytest
from liczydlo import ksef
from liczydlo.ksef import transport
from liczydlo.ksef.errors import RateLimited, Refused, Unavailable
from liczydlo.web.reasons import explain

CHALLENGE = {"challenge": "c", "timestamp": "2026-03-02T12:00:00.1234567+00:00", "timestampMs": 1}
HTML = httpx2.Response(502, html="<html>Przerwa serwisowa</html>")


def problem(status: int, **fields: Any) -> httpx2.Response:
    body = {"title": "x", "status": status, "detail": "Odmowa.", "traceId": "trace-1", **fields}
    return httpx2.Response(status, json=body, headers={"Content-Type": "application/problem+json"})


@pytest.fixture
def logged_in(server: Any, now: Any) -> ksef.Client:
    tokens = ksef.Tokens(
        access="ACCESS",
        access_valid_until=now + timedelta(minutes=10),
        refresh="REFRESH",
        refresh_valid_until=now + timedelta(days=1),
    )
    return server.client(tokens=tokens)


@pytest.fixture
def session(now: Any) -> ksef.OnlineSession:
    return ksef.OnlineSession(reference="S", key=ksef.SessionKey.new(), valid_until=now)


def test_a_request_carries_what_ksef_asks_for(server: Any, logged_in: ksef.Client) -> None:
    server.handlers = [httpx2.Response(200, json=CHALLENGE), httpx2.Response(200, text="<a/>")]
    challenge = logged_in.challenge()
    assert challenge.timestamp.microsecond == 123456
    request = server.requests[0]
    assert str(request.url) == "http://127.0.0.1:8090/v2/auth/challenge"
    assert "authorization" not in request.headers
    assert logged_in.invoice("5265877635-20250916-0200A0D6723E-C2") == b"<a/>"
    assert server.requests[1].headers["authorization"] == "Bearer ACCESS"
    assert server.requests[1].headers["accept"] == "application/xml"


def test_our_own_http_client_is_strict() -> None:
    with transport.http_client(trust_env=False) as http:
        assert http.headers["X-Error-Format"] == "problem-details"
        assert not http.follow_redirects
    assert transport.tls().minimum_version == transport.ssl.TLSVersion.TLSv1_2
    assert transport.tls() is transport.tls()


def test_values_cannot_leave_their_part_of_the_path(server: Any, logged_in: ksef.Client) -> None:
    server.handlers = [httpx2.Response(200, text="<a/>")]
    logged_in.invoice("../x?y")
    assert server.requests[0].url.raw_path == b"/v2/invoices/ksef/..%2Fx%3Fy"


class TestRefusals:
    def test_problem_details(self, server: Any, logged_in: ksef.Client) -> None:
        errors = [
            {"code": 21405, "description": "Błąd walidacji.", "details": ["pole.a"]},
            {"code": 21157, "description": "Zły rozmiar.", "details": None},
        ]
        server.handlers = [problem(400, errors=errors)]
        with pytest.raises(Refused) as caught:
            logged_in.session_status("S")
        refusal = caught.value
        assert (refusal.status, refusal.code, refusal.reference) == (400, "21405", "trace-1")
        assert refusal.details == ("pole.a", "21157 Zły rozmiar.")
        assert "pole.a" in explain(refusal, "pl")
        assert "pole.a" in explain(refusal, "en")
        assert len(server.requests) == 1

    def test_the_older_format(self, server: Any, logged_in: ksef.Client) -> None:
        detail = {"exceptionCode": 21173, "exceptionDescription": "Brak sesji.", "details": ["Sesja S"]}
        body = {"exception": {"exceptionDetailList": [detail], "referenceNumber": "ref"}}
        server.handlers = [httpx2.Response(400, json=body)]
        with pytest.raises(Refused) as caught:
            logged_in.session_status("S")
        assert (caught.value.code, caught.value.reference) == ("21173", "ref")

    def test_a_missing_permission_is_named(self, server: Any, logged_in: ksef.Client) -> None:
        security = {
            "requiredAnyOfPermissions": ["InvoiceWrite", "PefInvoiceWrite"],
            "presentPermissions": ["InvoiceRead"],
        }
        server.handlers = [problem(403, reasonCode="missing-permissions", security=security)]
        with pytest.raises(Refused) as caught:
            logged_in.session_status("S")
        assert caught.value.missing_permissions == ("InvoiceWrite", "PefInvoiceWrite")
        assert caught.value.present_permissions == ("InvoiceRead",)
        assert "wystawianie faktur" in explain(caught.value, "pl")
        assert "issuing invoices" in explain(caught.value, "en")

    @pytest.mark.parametrize(
        "answer",
        [
            httpx2.Response(404),
            httpx2.Response(410, json={}),
            httpx2.Response(400, json=[1]),
            httpx2.Response(400, json={"detail": 5}),
            httpx2.Response(400, json={"exception": {"exceptionDetailList": []}}),
            httpx2.Response(499, json={"title": "x", "status": 499, "detail": "y"}),
            httpx2.Response(401, json={"title": "x", "status": 401, "detail": "Hotel login"}),
            httpx2.Response(401, html="<html>Portal</html>"),
            httpx2.Response(403, json={"title": "x", "status": 403, "detail": "y", "traceId": "t"}),
            httpx2.Response(400, json={"title": "x", "status": 422, "detail": "y", "traceId": "t"}),
            httpx2.Response(400, json={"status": 400, "errors": {"NIP": ["zły"]}, "traceId": "t"}),
        ],
    )
    def test_what_ksef_does_not_write_is_not_ksefs_word(
        self, answer: Any, server: Any, logged_in: ksef.Client, session: ksef.OnlineSession
    ) -> None:
        """And on the way of a deed it may have let the request through, unless it is a 403 in front of KSeF."""
        server.handlers = [answer, answer]
        with pytest.raises(Unavailable) as caught:
            logged_in.session_status("S")
        assert (caught.value.code, caught.value.answer_lost) == ("not-ksef", False)
        with pytest.raises(Unavailable) as deed:
            logged_in.send_invoice(session, b"<Faktura/>")
        assert deed.value.code == "not-ksef"
        assert deed.value.answer_lost == (answer.status_code != 403)

    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            (problem(403, reasonCode="ip-not-allowed"), "ip-not-allowed"),
            (problem(410), "410"),
            (problem(400), "400"),
        ],
    )
    def test_problems_without_a_list(
        self, answer: Any, code: str, server: Any, logged_in: ksef.Client
    ) -> None:
        server.handlers = [answer]
        with pytest.raises(Refused) as caught:
            logged_in.session_status("S")
        assert (caught.value.code, caught.value.description) == (code, "Odmowa.")
        assert explain(caught.value, "pl")


class TestRepeating:
    def test_a_question_is_asked_again(self, server: Any, logged_in: ksef.Client) -> None:
        server.handlers = [HTML, httpx2.ReadError("gone"), httpx2.Response(200, text="<a/>")]
        assert logged_in.upo("S", "I") == b"<a/>"
        assert server.sleeps == [0.5, 1.0]

    def test_but_not_for_ever(self, server: Any, logged_in: ksef.Client) -> None:
        server.handlers = [HTML, HTML, HTML]
        with pytest.raises(Unavailable) as caught:
            logged_in.upo("S", "I")
        assert (caught.value.code, caught.value.status) == ("maintenance-page", 502)
        assert not caught.value.answer_lost

    @pytest.mark.parametrize(
        ("failure", "reason"),
        [
            (HTML, "maintenance-page"),
            (httpx2.Response(500, json={}), "server-error"),
            (httpx2.ReadTimeout("slow"), "timeout"),
            (httpx2.WriteTimeout("slow"), "timeout"),
            (httpx2.ReadError("gone"), "network"),
            (httpx2.RemoteProtocolError("gone"), "network"),
            (httpx2.Response(202, html="<html>portal hotelowy</html>"), "not-ksef"),
            (httpx2.Response(202, json={"unexpected": 1}), "unreadable-answer"),
            (httpx2.Response(202, json=[]), "unreadable-answer"),
            (
                httpx2.Response(202, content=b"{", headers={"Content-Type": "application/json"}),
                "unreadable-answer",
            ),
        ],
    )
    def test_a_deed_with_a_lost_answer_is_never_repeated(
        self, failure: Any, reason: str, server: Any, logged_in: ksef.Client, session: ksef.OnlineSession
    ) -> None:
        server.handlers = [failure]
        with pytest.raises(Unavailable) as caught:
            logged_in.send_invoice(session, b"<Faktura/>")
        assert caught.value.code == reason
        assert caught.value.answer_lost
        assert len(server.requests) == 1
        assert server.sleeps == []
        assert "sprawdzić w KSeF" in explain(caught.value, "pl")
        assert "asked" in explain(caught.value, "en")

    @pytest.mark.parametrize("failure", [httpx2.ConnectError("no"), httpx2.ConnectTimeout("no")])
    def test_a_deed_that_never_left_is_repeated(
        self, failure: Any, server: Any, logged_in: ksef.Client, session: ksef.OnlineSession
    ) -> None:
        server.handlers = [failure, httpx2.Response(202, json={"referenceNumber": "I"})]
        assert logged_in.send_invoice(session, b"<Faktura/>") == "I"
        server.handlers = [failure] * 3
        with pytest.raises(Unavailable) as caught:
            logged_in.send_invoice(session, b"<Faktura/>")
        assert (caught.value.code, caught.value.answer_lost) == ("network", False)

    def test_a_firewall_means_that_nothing_arrived(
        self, server: Any, logged_in: ksef.Client, session: ksef.OnlineSession
    ) -> None:
        blocked = {
            "title": "Request blocked",
            "status": 403,
            "detail": "This request was blocked by our security service",
            "security": {"incidentId": "1", "clientIp": "192.0.2.1"},
        }
        for answer in (
            httpx2.Response(403, html="<html>blocked</html>"),
            httpx2.Response(403, json=blocked),
            httpx2.Response(407, html="<html>proxy</html>"),
        ):
            server.handlers = [answer]
            with pytest.raises(Unavailable) as caught:
                logged_in.send_invoice(session, b"<Faktura/>")
            assert (caught.value.code, caught.value.answer_lost) == ("not-ksef", False)

    def test_redirects_are_not_followed(self, server: Any, logged_in: ksef.Client) -> None:
        server.handlers = [httpx2.Response(302, headers={"Location": "https://login.example/"})]
        with pytest.raises(Unavailable) as caught:
            logged_in.session_status("S")
        assert caught.value.code == "not-ksef"
        assert len(server.requests) == 1

    def test_a_timeout_is_not_waited_for_again(self, server: Any, logged_in: ksef.Client) -> None:
        server.handlers = [httpx2.ReadTimeout("slow")]
        with pytest.raises(Unavailable) as caught:
            logged_in.session_status("S")
        assert (caught.value.code, caught.value.answer_lost) == ("timeout", False)


class TestLimits:
    def test_a_short_wait_is_kept_even_for_a_deed(
        self, server: Any, logged_in: ksef.Client, session: ksef.OnlineSession
    ) -> None:
        server.handlers = [
            httpx2.Response(429, headers={"Retry-After": "3"}),
            httpx2.Response(202, json={"referenceNumber": "I"}),
        ]
        assert logged_in.send_invoice(session, b"<Faktura/>") == "I"
        assert server.sleeps == [3.0]

    @pytest.mark.parametrize("header", ["11", "date"])
    def test_a_long_wait_is_the_callers(
        self, header: str, server: Any, logged_in: ksef.Client, now: Any
    ) -> None:
        value = format_datetime(now + timedelta(seconds=11)) if header == "date" else header
        server.handlers = [httpx2.Response(429, headers={"Retry-After": value})]
        with pytest.raises(RateLimited) as caught:
            logged_in.session_status("S")
        assert caught.value.retry_after == 11
        assert "11 s" in explain(caught.value, "pl")
        assert "11 s" in explain(caught.value, "en")
        assert server.sleeps == []

    @pytest.mark.parametrize(
        ("value", "seconds"),
        [
            ("inf", 3600),
            ("-inf", 0),
            ("1e12", 3600),
            ("1000000000", 3600),
            ("-5", 0),
            ("Fri, 01 Jan 2100 00:00:00 GMT", 3600),
            ("Sat, 01 Jan 2000 00:00:00 GMT", 0),
        ],
    )
    def test_an_absurd_wait_is_an_hour_at_most(
        self, value: str, seconds: float, server: Any, logged_in: ksef.Client
    ) -> None:
        server.handlers = [httpx2.Response(429, headers={"Retry-After": value})] * 3
        with pytest.raises(RateLimited) as caught:
            logged_in.session_status("S")
        assert caught.value.retry_after == seconds

    @pytest.mark.parametrize("value", [None, "soon", "nan", "Fri, 99 Foo 2100"])
    def test_without_a_word_a_minute(self, value: str | None, server: Any, logged_in: ksef.Client) -> None:
        server.handlers = [httpx2.Response(429, headers={"Retry-After": value} if value else {})]
        with pytest.raises(RateLimited) as caught:
            logged_in.session_status("S")
        assert caught.value.retry_after == 60

    def test_an_endless_answer_is_cut(
        self, server: Any, logged_in: ksef.Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(transport, "MAX_ANSWER", 1000)
        server.handlers = [httpx2.Response(200, text="<a>" + "x" * 2000)]
        with pytest.raises(Unavailable) as caught:
            logged_in.upo("S", "I")
        assert caught.value.code == "answer-too-large"


def test_a_document_is_compared_with_its_announced_hash(server: Any, logged_in: ksef.Client) -> None:
    good = "RpKwxKdRTFYZJ3GO/qlFyDaVsI3yc7iKnpl4Jd3gbfo="
    server.handlers = [
        httpx2.Response(200, text="<a/>", headers={"x-ms-meta-hash": good}),
        httpx2.Response(200, text="<b/>", headers={"x-ms-meta-hash": good}),
    ]
    import base64
    import hashlib

    digest = base64.b64encode(hashlib.sha256(b"<a/>").digest()).decode()
    server.handlers[0].headers["x-ms-meta-hash"] = digest
    assert logged_in.invoice("N") == b"<a/>"
    with pytest.raises(Unavailable) as caught:
        logged_in.invoice("N")
    assert caught.value.code == "unreadable-answer"


def test_logs_hold_no_secret(
    server: Any, logged_in: ksef.Client, session: ksef.OnlineSession, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    server.handlers = [
        httpx2.Response(202, json={"referenceNumber": "I"}, headers={"X-System-Warning": "Przerwa o 16:00"})
    ]
    logged_in.send_invoice(session, b"<Faktura/>")
    assert "Przerwa o 16:00" in caplog.text
    for secret in ("ACCESS", "REFRESH", "Bearer"):
        assert secret not in caplog.text
    assert "ACCESS" not in repr(logged_in.tokens)
