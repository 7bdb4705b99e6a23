"""How a client keeps its login alive: renewal, a login anew, refused logins, threads."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest
from liczydlo import ksef
from liczydlo.ksef.errors import LoginRefused, Refused, Unavailable
from liczydlo.web.reasons import explain

from app.tests.ksef.logins import CHALLENGE, CONTEXT, NOON, REDEEMED, STARTED, status


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
        message: list[LoginRefused] = []
        server.handlers = [self.refused] * 3
        client = server.client(
            tokens=expired, credential=credential(), context=CONTEXT, on_refused=message.append
        )
        session = ksef.OnlineSession(reference="S", key=ksef.SessionKey.new(), valid_until=NOON)
        with pytest.raises(LoginRefused) as caught:
            client.send_invoice(session, b"<Faktura/>")
        assert not isinstance(caught.value, Refused)
        assert (caught.value.status, caught.value.code) == (460, "460")
        assert caught.value.reference == STARTED["referenceNumber"]
        assert "certyfikatu" in explain(caught.value, "pl")
        assert message == [caught.value]

    def test_a_token_that_is_refused_the_moment_it_was_given_is_the_logins_matter(
        self, server: Any, world: Ksef, credential: Any
    ) -> None:
        message: list[LoginRefused] = []
        client = server.client(credential=credential(), context=CONTEXT, on_refused=message.append)
        client.login()
        world.good = "none of them"
        real = world.__call__
        server.handlers = [
            lambda request: httpx2.Response(401) if "/invoices/" in request.url.path else real(request)
        ] * 9
        with pytest.raises(LoginRefused) as caught:
            client.invoice("N")
        assert caught.value.status == 401
        assert message == [caught.value]

    def test_refused_tokens_without_anything_to_log_in_with_are_told(
        self, server: Any, world: Ksef, now: datetime
    ) -> None:
        message: list[LoginRefused] = []
        world.refuse_refresh = True
        tokens = ksef.Tokens(
            access="REVOKED",
            access_valid_until=now + timedelta(hours=1),
            refresh="R",
            refresh_valid_until=now + timedelta(days=1),
        )
        with pytest.raises(LoginRefused):
            server.client(tokens=tokens, on_refused=message.append).invoice("N")
        assert len(message) == 1

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
        with pytest.raises(LoginRefused) as request:
            client.login()  # by name: a person wants to know
        assert request.value.code == "460"

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
