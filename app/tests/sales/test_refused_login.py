"""KSeF does not let the company in: that is the connection's state, and no invoice is to blame."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import httpx2
import pytest
from liczydlo import ksef
from liczydlo.connection import clients
from liczydlo.connection.credentials import storing as connection
from liczydlo.connection.models import Enrollment, KsefLogin, Purpose, RefusedLogin, StoredCertificate
from liczydlo.jobs import registry
from liczydlo.jobs.claims import LONGEST
from liczydlo.jobs.models import Job
from liczydlo.purchases import services as purchases
from liczydlo.sales import services
from liczydlo.sales.models import Session
from liczydlo.sales.sending import run

from app.tests.sales.test_sending import fresh, settled, steps
from app.tests.sales.world import Wire, Worker, connect, document

pytestmark = pytest.mark.django_db

LOGIN = ("POST", "/auth/xades-signature")


def login_refused(code: int) -> Any:
    """The login is begun, and then KSeF decides against it; tokens of before are worth nothing."""

    def rule(request: httpx2.Request) -> httpx2.Response | None:
        path = request.url.path.removeprefix("/v2")
        if path == "/auth/token/refresh":
            return httpx2.Response(401)
        if code > 9999 and path == "/auth/xades-signature":
            problem = {"title": "Bad Request", "status": 400, "detail": "x", "traceId": "T-1"}
            error = {"code": code, "description": "Nieprawidłowy certyfikat.", "details": []}
            return httpx2.Response(400, json={**problem, "errors": [error]})
        if request.method == "GET" and re.fullmatch(r"/auth/\d{8}-AU-.+", path):
            status = {"code": code, "description": "Uwierzytelnianie nieudane", "details": ["Powód"]}
            return httpx2.Response(200, json={"status": status})
        if not path.startswith("/auth/"):
            return httpx2.Response(401)
        return None

    return rule


def job(company: Any, name: str = run.NAME) -> Job:
    return Job.objects.get(company=company, name=name)


@pytest.mark.parametrize("code", [415, 450, 460, 21115])
def test_no_invoice_is_touched_and_all_goes_on_by_itself(
    code: int, connected: Any, sender: Worker, wire: Wire
) -> None:
    first = services.issue(connected, document(connected.nip))
    sender.until(connected, lambda: settled(first))
    under_way = services.issue(connected, document(connected.nip))
    sender.until(connected, lambda: fresh(under_way).state == "processing")
    waiting = services.issue(connected, document(connected.nip))
    session = Session.objects.get()
    wire.rules.append(login_refused(code))
    sender.run(connected)
    assert fresh(waiting).state == "queued"
    assert fresh(waiting).attempts == 0
    assert fresh(under_way).state == "processing"
    assert fresh(under_way).reason is None
    session.refresh_from_db()
    assert not session.broken and session.closed_at is None
    refused = clients.refused_login(connected, clock=sender.clock)
    assert refused is not None
    assert refused.reason.ksef_code == str(code)
    hindrance = services.hindrance(connected)
    assert hindrance == refused.reason
    wire.rules.clear()
    sender.until(connected, lambda: settled(waiting) and settled(under_way))
    assert fresh(waiting).state == "accepted"
    assert clients.refused_login(connected) is None
    assert services.hindrance(connected) is None
    assert wire.count("POST", "/sessions/online") == 1


def test_a_login_that_runs_out_leaves_the_invoice_as_it_is(
    connected: Any, sender: Worker, wire: Wire
) -> None:
    first = services.issue(connected, document(connected.nip))
    sender.until(connected, lambda: settled(first))
    KsefLogin.objects.all().delete()
    wire.rules.append(login_refused(460))
    invoice = services.issue(connected, document(connected.nip))
    sender.run(connected)
    assert steps(invoice) == ["issue", "queue"]
    assert fresh(invoice).sent_at is None


def test_ksef_is_asked_less_and_less_often_by_all_jobs_together(
    connected: Any, sender: Worker, receiver: Worker, wire: Wire
) -> None:
    KsefLogin.objects.all().delete()
    wire.rules.append(login_refused(460))
    wire.seen.clear()
    services.issue(connected, document(connected.nip))
    purchases.request(connected)
    receiver.clock = sender.clock
    sender.clock.stop()
    pauses = []
    for times in range(1, 8):
        for worker in (sender, receiver, sender, receiver):
            registry.retry_now(connected.pk, clock=sender.clock)
            worker.run(connected)
        sender.run(connected)
        assert wire.count(*LOGIN) == times
        row = RefusedLogin.objects.get()
        assert row.times == times
        pauses.append((row.again_at - sender.clock()).total_seconds())
        for name in (run.NAME, purchases.RECEIVE):
            due_at = job(connected, name).due_at
            assert due_at is not None
            assert abs((due_at - row.again_at).total_seconds()) < 2
        sender.clock.move_to(row.again_at + dt.timedelta(seconds=1))
    assert pauses == [30, 60, 120, 240, 480, 600, 600]
    assert purchases.job(connected).reason.ksef_code == "460"  # type: ignore[union-attr]


def test_a_pause_that_a_wrong_clock_wrote_is_none(connected: Any, sender: Worker, wire: Wire) -> None:
    KsefLogin.objects.all().delete()
    wire.rules.append(login_refused(460))
    services.issue(connected, document(connected.nip))
    sender.run(connected)
    RefusedLogin.objects.update(again_at=sender.clock() + dt.timedelta(days=400))
    wire.rules.clear()
    with clients.client(connected) as client:
        client.ensure_login()
    assert not RefusedLogin.objects.exists()


def test_a_revoked_certificate_and_then_a_new_one(
    connected: Any, ksef_files: Any, sender: Worker, receiver: Worker, wire: Wire
) -> None:
    """The real thing: the emulator refuses; the new certificate is the only thing that anybody does."""
    first = services.issue(connected, document(connected.nip))
    sender.until(connected, lambda: settled(first))
    stored = clients.certificate(connected, Purpose.AUTHENTICATION)
    assert stored is not None
    with clients.client(connected) as client:
        client.revoke_certificate(stored.serial, "Unspecified")
    KsefLogin.objects.all().delete()
    invoice = services.issue(connected, document(connected.nip))
    sender.run(connected)
    purchases.request(connected)
    receiver.run(connected)
    assert steps(invoice) == ["issue", "queue"]
    assert clients.refused_login(connected) is not None
    due_at = job(connected).due_at
    assert due_at is not None and due_at > sender.clock()
    connect(connected, ksef_files)
    assert clients.refused_login(connected) is None
    assert sender.run(connected), "the new certificate has ended the wait"
    assert receiver.run(connected)
    sender.until(connected, lambda: settled(invoice))
    assert fresh(invoice).state == "accepted"


def test_a_person_who_wants_to_try_is_served_at_once(
    connected: Any, owner: Any, browse: Any, sender: Worker, wire: Wire
) -> None:
    KsefLogin.objects.all().delete()
    wire.rules.append(login_refused(415))
    invoice = services.issue(connected, document(connected.nip))
    sender.run(connected)
    wire.seen.clear()
    prove = f"/firmy/{connected.pk}/ustawienia/ksef/sprawdz/"
    page = browse(owner).post(prove, follow=True).content.decode()
    assert wire.count(*LOGIN) == 1
    assert "uprawnień" in page
    wire.rules.clear()
    page = browse(owner).post(prove, follow=True).content.decode()
    assert "połączenie działa" in page
    assert 'id="refused-login"' not in page
    assert sender.run(connected), "what waited goes on"
    sender.until(connected, lambda: settled(invoice))


def test_every_page_tells_it_to_the_firms_own_people(
    connected: Any, owner: Any, stranger: Any, browse: Any, sender: Worker, wire: Wire
) -> None:
    KsefLogin.objects.all().delete()
    wire.rules.append(login_refused(460))
    services.issue(connected, document(connected.nip))
    sender.run(connected)
    for place in ("sprzedaz/", "zakupy/", "ustawienia/ksef/", ""):
        page = browse(owner).get(f"/firmy/{connected.pk}/{place}", follow=True).content.decode()
        assert "KSeF odmawia firmie zalogowania od" in page, place
        assert "Spróbuj teraz" in page
        assert "Kod:" in page and "460" in page
        assert f"/firmy/{connected.pk}/ustawienia/ksef/" in page
    english = browse(owner, language="en").get(f"/firmy/{connected.pk}/sprzedaz/").content.decode()
    assert "KSeF has refused to log the company in since" in english
    assert "did not accept the certificate" in english
    strip = browse(owner).get(f"/firmy/{connected.pk}/ustawienia/ksef/stan/").content.decode()
    assert "KSeF odmawia zalogowania" in strip
    theirs = stranger.memberships.get().company_id
    page = browse(stranger).get(f"/firmy/{theirs}/sprzedaz/").content.decode()
    assert 'id="refused-login"' not in page


def test_the_refusal_of_a_certificate_that_was_replaced_is_forgotten(
    connected: Any, ksef_files: Any, sender: Worker, wire: Wire
) -> None:
    """A late answer of the old certificate's does not block the new one."""
    late = clients.client(connected)
    old = clients.certificate(connected, Purpose.AUTHENTICATION)
    assert old is not None
    connect(connected, ksef_files)
    wire.rules.append(login_refused(460))
    with pytest.raises(ksef.LoginRefused):
        late.query_certificates()
    assert not RefusedLogin.objects.exists()
    RefusedLogin.objects.create(
        company=connected,
        environment=connected.environment,
        fingerprint=old.fingerprint,
        answer=ksef.LoginRefused(status=460, code="460").fields(),
        since=sender.clock(),
        again_at=sender.clock() + LONGEST,
    )
    assert clients.refused_login(connected) is None
    wire.rules.clear()
    with clients.client(connected) as client:
        client.ensure_login()


def test_an_expired_certificate_is_told_as_such(connected: Any, sender: Worker, wire: Wire) -> None:
    KsefLogin.objects.all().delete()
    wire.rules.append(login_refused(460))
    services.issue(connected, document(connected.nip))
    sender.run(connected)
    StoredCertificate.objects.update(not_after=sender.clock() - dt.timedelta(days=1))
    assert clients.refused_login(connected, clock=sender.clock) is None
    with pytest.raises(clients.NotConnected, match="certificate-expired"):
        clients.client(connected)


def test_a_certificate_is_not_refused_because_the_login_is(
    connected: Any, sender: Worker, wire: Wire
) -> None:
    """A renewal under way keeps its key and its request."""
    StoredCertificate.objects.update(not_after=sender.clock() + dt.timedelta(days=10))
    keeper = Worker("certificates")
    registry.enqueue(connected.pk, "certificates")
    refuse = login_refused(460)
    wire.rules.append(lambda request: refuse(request) if "/certificates/limits" in request.url.path else None)
    wire.rules.append(lambda request: refuse(request) if request.url.path.startswith("/v2/auth/") else None)
    keeper.run(connected)
    request = Enrollment.objects.get()
    assert (request.state, bool(request.sealed_key)) == ("prepared", True)
    assert clients.refused_login(connected) is not None
    assert job(connected, "certificates").reason == clients.refused_login(connected).reason  # type: ignore[union-attr]
    wire.rules.clear()
    keeper.until(connected, lambda: Enrollment.objects.get().state == "in-use")


def test_disconnecting_works_while_the_login_is_refused(connected: Any, wire: Wire) -> None:
    wire.rules.append(login_refused(460))
    connection.remove(connected, Purpose.AUTHENTICATION)
    assert clients.certificate(connected, Purpose.AUTHENTICATION) is None
