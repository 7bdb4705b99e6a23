"""What the sending job does with each answer of KSeF's to a document, and which invoice comes first."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from django.utils import timezone
from liczydlo.connection import clients
from liczydlo.connection.waiting import AWAY
from liczydlo.jobs import claims, registry
from liczydlo.jobs.claims import Claim, claim
from liczydlo.jobs.models import Job
from liczydlo.sales import services
from liczydlo.sales.models import Invoice, Session
from liczydlo.sales.sending import outcomes, run
from liczydlo.sales.sending.run import Run

from app.tests.sales.test_sending import fresh, held_by_ksef, settled
from app.tests.sales.world import Wire, Worker, always, document, once

pytestmark = pytest.mark.django_db

SEND = ("POST", "/invoices")
LIST = r"/v2/sessions/[^/]+/invoices"
ONE = r"/v2/sessions/[^/]+/invoices/[^/]+"


def problem(status: int, code: int | str) -> httpx2.Response:
    """A refusal as KSeF writes it; a word is the ``reasonCode`` of a 403."""
    body: dict[str, Any] = {"title": "x", "status": status, "detail": "Odmowa.", "traceId": "T-1"}
    if isinstance(code, int):
        body["errors"] = [{"code": code, "description": "Opis.", "details": ["Szczegół."]}]
    else:
        body["reasonCode"] = code
    return httpx2.Response(status, json=body)


def on(method: str, pattern: str, *answers: Any) -> Any:
    """So many answers, one a request that fits; then the real KSeF's. An only callable answers for ever."""
    left = list(answers)

    def rule(request: httpx2.Request) -> Any:
        if request.method != method or not re.fullmatch(pattern, request.url.path):
            return None
        if len(answers) == 1 and callable(answers[0]):
            return answers[0](request)
        return left.pop(0) if left else None

    return rule


def edited(wire: Wire, change: Callable[[dict[str, Any]], None]) -> Callable[[httpx2.Request], Any]:
    """KSeF's real answer, changed."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        real = wire.real.handle_request(request)
        real.read()
        body = real.json()
        change(body)
        return httpx2.Response(real.status_code, json=body)

    return answer


def with_status(code: int, **fields: Any) -> Callable[[dict[str, Any]], None]:
    def change(body: dict[str, Any]) -> None:
        body["status"] = {"code": code, "description": "Opis", "details": ["Szczegół"], "extensions": fields}
        body["ksefNumber"] = None

    return change


def issue(company: Any, count: int = 1) -> list[Invoice]:
    return [services.issue(company, document(company.nip)) for _ in range(count)]


def job(company: Any) -> Job:
    return Job.objects.get(company=company, name=run.NAME)


def due_in(company: Any, sender: Worker) -> float:
    """Seconds."""
    due_at = job(company).due_at
    assert due_at is not None
    return (due_at - sender.clock()).total_seconds()


@pytest.fixture
def stuck(use_emulator: Any) -> Iterator[Any]:
    """KSeF takes invoices in and does not finish; ``stuck()`` lets them go on."""
    use_emulator.faults.set("invoice-stuck")
    yield lambda: use_emulator.faults.off("invoice-stuck")
    use_emulator.faults.off("invoice-stuck")


@pytest.fixture
def held(connected: Any, sender: Worker) -> Claim:
    """The company's sending, claimed for the test itself."""
    registry.enqueue(connected.pk, run.NAME)
    made = claim(job(connected).pk, clock=sender.clock)
    assert made is not None
    return made


class TestAnotherEnvironment:
    def test_what_was_made_for_one_ksef_is_not_sent_to_another(
        self, connected: Any, ksef_files: Any, sender: Worker, wire: Wire, held: Claim
    ) -> None:
        rows = issue(connected, 5)
        states = ["queued", "sending", "processing", "waiting", "accepted"]
        past = timezone.now() - dt.timedelta(hours=1)
        for row, state in zip(rows, states, strict=True):
            Invoice.objects.filter(pk=row.pk).update(
                state=state,
                send_after=past if state == "waiting" else None,
                session_reference="S",
                invoice_reference="I",
                upo_pending=state == "accepted",
            )
        Session.objects.create(
            company=connected,
            environment=connected.environment,
            reference="S",
            sealed_key=b"x",
            opened_at=past,
            used_at=past,
            valid_until=past + dt.timedelta(hours=12),
        )
        before = list(Invoice.objects.order_by("pk").values("state", "send_after", "poll_at", "upo_pending"))
        assert run.waiting(connected).count() == 4
        with clients.client(connected) as ksef:
            connected.environment = "PRODUKCJA"  # the firm has moved; nothing but its own KSeF is asked
            assert not run.waiting(connected).exists()
            assert Run(held, connected, ksef).run() is None
        assert wire.seen == []
        after = list(Invoice.objects.order_by("pk").values("state", "send_after", "poll_at", "upo_pending"))
        assert after == before

    def test_another_firms_invoices_are_not_this_ones(self, connected: Any, stranger: Any) -> None:
        theirs = stranger.memberships.get().company
        issue(connected)
        assert not run.waiting(theirs).exists()

    def test_back_in_its_environment_it_goes_out_by_itself(
        self, connected: Any, owner: Any, browse: Any, sender: Worker
    ) -> None:
        def move(environment: str) -> None:
            fields = (
                "name",
                "kind",
                "line1",
                "line2",
                "email",
                "phone",
                "bank_account",
                "offline_pause",
                "fetch_every",
                "undo_seconds",
            )
            form = {name: getattr(connected, name) for name in fields} | {"environment": environment}
            answer = browse(owner).post(f"/firmy/{connected.pk}/ustawienia/", form)
            assert answer.status_code == 302, answer.content.decode()
            connected.refresh_from_db()
            assert connected.environment == environment

        here = connected.environment
        invoice = issue(connected)[0]
        move("TEST")
        sender.run(connected)
        assert job(connected).due_at is None
        move(here)
        assert sender.run(connected)
        sender.until(connected, lambda: settled(invoice))
        assert fresh(invoice).state == "accepted"


class TestFairness:
    def test_numbers_and_receipts_come_while_sending_fails(
        self, connected: Any, sender: Worker, wire: Wire, stuck: Any
    ) -> None:
        first = issue(connected)[0]
        sender.until(connected, lambda: fresh(first).state == "processing")
        stuck()
        wire.rules.append(on("POST", r".*/invoices", lambda _request: httpx2.ConnectError("x")))
        second = issue(connected)[0]
        sender.until(connected, lambda: settled(first), runs=6)
        assert fresh(first).state == "accepted"
        assert fresh(second).state == "queued"
        reason = services.hindrance(connected)
        assert reason is not None and reason.code == "network"

    def test_invoices_go_out_while_a_session_cannot_be_looked_at(
        self, connected: Any, sender: Worker, wire: Wire, stuck: Any
    ) -> None:
        first = issue(connected)[0]
        sender.until(connected, lambda: fresh(first).state == "processing")
        bad = re.escape(
            f"/v2/sessions/{fresh(first).session_reference}/invoices/{fresh(first).invoice_reference}"
        )
        wire.rules.append(on("GET", bad, lambda _request: httpx2.Response(500, json={})))
        stuck()
        second = issue(connected)[0]
        sender.until(connected, lambda: settled(second), runs=8)
        row = fresh(first)
        assert row.state == "processing"
        assert row.looks >= 1
        assert row.poll_at is not None and row.poll_at <= sender.clock() + outcomes.LAST_LOOK
        wire.rules.clear()
        sender.until(connected, lambda: settled(first))

    def test_after_two_stages_without_an_answer_a_run_ends(
        self, connected: Any, sender: Worker, wire: Wire, stuck: Any
    ) -> None:
        first, second = issue(connected, 2)
        wire.rules.append(on("POST", r".*/invoices", None, "lose"))
        sender.run(connected)
        assert {fresh(first).state, fresh(second).state} == {"processing", "sending"}
        issue(connected)
        wire.rules[:] = [always(lambda: httpx2.ReadTimeout("x"))]
        sender.clock.move_to(max(job(connected).due_at or sender.clock(), sender.clock()))
        sender.clock.ahead += dt.timedelta(seconds=2)
        wire.seen.clear()
        sender.run(connected)
        assert [method for method, _ in wire.seen] == ["GET", "GET"], "recovery and a status, no more"

    def test_one_that_cannot_be_recovered_lets_the_others_come_first(
        self, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        first, second = issue(connected, 2)
        for row, reference in ((first, "A"), (second, "B")):
            Invoice.objects.filter(pk=row.pk).update(state="sending", session_reference=reference)
        wire.rules.append(on("GET", "/v2/sessions/A/invoices", lambda _r: httpx2.ReadTimeout("x")))
        wire.rules.append(
            on("GET", "/v2/sessions/B/invoices", lambda _r: httpx2.Response(200, json={"invoices": []}))
        )
        sender.run(connected)
        assert fresh(second).state == "sending"
        sender.until(connected, lambda: fresh(second).state not in {"sending"}, runs=2)
        assert fresh(first).state == "sending"

    def test_a_firewall_that_dislikes_one_invoice_stops_no_other(
        self, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        disliked, other = issue(connected, 2)
        digest = base64.b64encode(bytes.fromhex(disliked.entry.sha256)).decode()
        blocked = {
            "title": "Request blocked",
            "status": 403,
            "detail": "Blocked",
            "security": {"incidentId": "1"},
        }

        def firewall(request: httpx2.Request) -> Any:
            if json.loads(request.read())["invoiceHash"] == digest:
                return httpx2.Response(403, json=blocked)
            return None

        wire.rules.append(on("POST", r".*/invoices", firewall))
        sender.run(connected)
        row = fresh(disliked)
        assert (row.state, row.looks, row.attempts) == ("queued", 1, 0)
        assert row.reason is not None and row.reason.code == "not-ksef"
        assert row.send_after is not None
        assert row.send_after - sender.clock() <= dt.timedelta(seconds=2)
        sender.until(connected, lambda: settled(other), runs=8)
        for _ in range(8):
            sender.clock.move_to(job(connected).due_at or sender.clock())
            sender.run(connected)
        row = fresh(disliked)
        assert row.state == "queued" and row.looks > 4
        assert row.send_after is not None and row.send_after <= sender.clock() + AWAY
        wire.rules.clear()
        sender.until(connected, lambda: settled(disliked))
        assert fresh(disliked).looks == 0

    def test_a_lost_answer_does_not_hold_up_the_next_and_two_in_a_row_do(
        self, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        rows = issue(connected, 7)
        wire.rules.append(on("POST", r".*/invoices", "lose", None, "lose", None, "lose", "lose"))
        sender.clock.stop()
        sender.run(connected)
        assert wire.count(*SEND) == 6
        states = [fresh(row).state for row in rows]
        assert [states[0], states[2], states[4], states[5], states[6]] == ["sending"] * 4 + ["queued"]
        assert {states[1], states[3]} <= {"processing", "accepted"}
        assert round(due_in(connected, sender)) == 2
        reason = services.hindrance(connected)
        assert reason is not None and reason.code == "network"
        sender.until(connected, lambda: all(settled(row) for row in rows))
        assert wire.count(*SEND) == 7
        assert len(held_by_ksef(connected)) == 7

    def test_a_run_sends_a_slice_and_the_next_follows_at_once(
        self, connected: Any, sender: Worker, wire: Wire, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(claims, "SLICE", dt.timedelta(0))
        issue(connected, 5)
        sender.run(connected)
        assert wire.count(*SEND) == 1
        assert due_in(connected, sender) <= 0


class TestSending:
    def test_the_file_refused_is_the_invoices_matter_and_it_may_go_again(
        self, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(on("POST", r".*/invoices", problem(400, 21405)))
        invoice = issue(connected)[0]
        sender.run(connected)
        row = fresh(invoice)
        assert row.state == "rejected" and row.reason is not None
        assert (row.reason.code, row.reason.ksef_code, row.reason.reference) == ("refused", "21405", "T-1")
        assert row.reason.details == ("Opis.", "Szczegół.")
        assert row.attempts == 0
        services.send(row)
        sender.until(connected, lambda: settled(invoice))
        assert fresh(invoice).state == "accepted"

    def test_a_missing_permission_is_not_the_invoices_matter(
        self, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(on("POST", r".*/invoices", lambda _r: problem(403, "missing-permissions")))
        first, second = issue(connected, 2)
        sender.run(connected)
        assert {fresh(first).state, fresh(second).state} == {"queued"}
        reason = services.hindrance(connected)
        assert reason is not None and reason.code == "missing-permissions"
        assert fresh(first).reason == reason
        assert wire.count(*SEND) == 1
        wire.rules.clear()
        sender.until(connected, lambda: settled(first) and settled(second))

    @pytest.mark.parametrize("code", [21155, 21173, 21180, 21184])
    def test_a_session_that_takes_nothing_more_is_replaced_in_the_same_run(
        self, code: int, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(on("POST", r".*/invoices", problem(400, code)))
        invoice = issue(connected)[0]
        sender.clock.stop()
        sender.run(connected)
        assert fresh(invoice).state == "processing"
        assert wire.count("POST", "/sessions/online") == 2
        assert Session.objects.filter(broken=True).count() == 1
        sender.until(connected, lambda: settled(invoice))
        assert fresh(invoice).attempts == 1

    def test_two_sessions_broken_in_a_run_are_no_chance(
        self, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(on("POST", r".*/invoices", lambda _r: problem(400, 21184)))
        invoice = issue(connected)[0]
        sender.clock.stop()
        sender.run(connected)
        assert wire.count("POST", "/sessions/online") == 2
        row = fresh(invoice)
        assert row.state == "queued" and row.reason is not None
        assert (row.reason.code, row.reason.ksef_code) == ("session-failed", "21184")
        assert job(connected).reason is not None
        assert job(connected).reason.ksef_code == "21184"  # type: ignore[union-attr]
        assert round(due_in(connected, sender)) == 2

    def test_ksefs_limit_leaves_the_invoice_in_the_queue_with_the_reason(
        self, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(on("POST", r".*/invoices", httpx2.Response(429, headers={"Retry-After": "40"})))
        invoice = issue(connected)[0]
        sender.clock.stop()
        sender.run(connected)
        row = fresh(invoice)
        assert (row.state, row.attempts) == ("queued", 0)
        assert row.reason is not None and row.reason.ksef_code == "429"
        assert 38 <= due_in(connected, sender) <= 40

    def test_what_is_written_down_before_and_after_the_sending(
        self, connected: Any, sender: Worker, wire: Wire, stuck: Any
    ) -> None:
        wire.rules.append(once(*SEND, "lose"))
        invoice = issue(connected)[0]
        sender.clock.stop()  # or a slow machine looks once more in the run that recovers
        Invoice.objects.update(looks=3)
        sender.run(connected)
        row, session = fresh(invoice), Session.objects.get()
        assert (row.state, row.session, row.session_reference) == ("sending", session, session.reference)
        assert row.sent_at is not None and abs((row.sent_at - sender.clock()).total_seconds()) < 10
        assert row.attempts == 0
        sender.until(connected, lambda: fresh(invoice).state == "processing")
        row = fresh(invoice)
        assert (row.attempts, row.looks) == (1, 1), "recovery has settled it once: still at work"
        session.refresh_from_db()
        assert session.sent == 1

    def test_the_first_look_comes_soon_and_the_next_ones_later(
        self, connected: Any, sender: Worker, stuck: Any
    ) -> None:
        invoice = issue(connected)[0]
        sender.clock.stop()
        sender.until(connected, lambda: fresh(invoice).state == "processing")
        pauses = []
        for _ in range(9):
            row = fresh(invoice)
            assert row.poll_at is not None
            sender.clock.move_to(row.poll_at)
            before = row.looks
            sender.until(connected, lambda before=before: fresh(invoice).looks > before, runs=3)
            row = fresh(invoice)
            assert row.poll_at is not None
            pauses.append((row.poll_at - sender.clock()).total_seconds())
        assert pauses == pytest.approx([0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30])
