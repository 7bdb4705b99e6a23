"""What the sending job does with each answer of KSeF's: whose fault it is, who waits, and for how long."""

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
from liczydlo.jobs.claims import LONGEST, Claim, Later, claim
from liczydlo.jobs.models import Job
from liczydlo.ksef.errors import RateLimited, Refused, Unavailable
from liczydlo.sales import lifecycle, services
from liczydlo.sales.models import Event, Invoice, Session
from liczydlo.sales.sending import outcomes, run
from liczydlo.sales.sending.run import Run
from liczydlo.sales.states import Step
from liczydlo.web.reasons import INTERNAL

from app.tests.sales.test_sending import fresh, held_by_ksef, settled, steps
from app.tests.sales.world import Wire, Worker, always, connect, document, once

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


class TestWaiting:
    def test_without_a_connection_it_is_tried_less_and_less_often(self, firm: Any, sender: Worker) -> None:
        issue(firm)
        sender.clock.stop()
        pauses = []
        for _ in range(8):
            sender.run(firm)
            pauses.append(round(due_in(firm, sender)))
            sender.clock.move_to(job(firm).due_at or sender.clock())
        assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600]

    def test_without_a_connection_and_without_invoices_nothing_is_due(
        self, firm: Any, sender: Worker
    ) -> None:
        registry.enqueue(firm.pk, run.NAME)
        assert sender.run(firm)
        assert (job(firm).due_at, job(firm).reason) == (None, None)

    def test_while_ksef_is_away_nobody_waits_longer_than_half_a_minute(
        self, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(always(lambda: httpx2.ConnectError("refused")))
        issue(connected)
        sender.clock.stop()
        pauses = []
        for _ in range(6):
            sender.run(connected)
            pauses.append(round(due_in(connected, sender)))
            sender.clock.move_to(job(connected).due_at or sender.clock())
        assert pauses == [2, 4, 8, 16, 30, 30]

    def test_a_run_that_moved_something_starts_the_waits_anew(
        self, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        Job.objects.filter(company=connected).update(failures=9)
        first, second = issue(connected, 2)
        Job.objects.filter(company=connected).update(failures=9)
        answers: list[Any] = [None, *[httpx2.ConnectError("x")] * 6]  # three of each request, of two
        wire.rules.append(on("POST", r".*/invoices", *answers))
        sender.clock.stop()
        sender.run(connected)
        assert fresh(first).state == "processing"
        assert fresh(second).state == "queued"
        assert round(due_in(connected, sender)) == 2
        assert job(connected).failures == 1

    def test_moments_of_a_wrong_clock_are_pulled_back_but_a_persons_are_not(
        self, connected: Any, ksef_files: Any, sender: Worker, wire: Wire, stuck: Any
    ) -> None:
        connect(connected, ksef_files, "Offline")
        year = timezone.now() + dt.timedelta(days=365)
        waiting = services.issue(connected, document(connected.nip), mode="offline24", send_after=year)
        under_way = issue(connected, 1)[0]
        sender.until(connected, lambda: fresh(under_way).state == "processing")
        queued = issue(connected, 1)[0]
        Invoice.objects.filter(pk=queued.pk).update(send_after=year)
        Invoice.objects.filter(pk=under_way.pk).update(poll_at=year)
        stuck()
        registry.enqueue(connected.pk, run.NAME)
        sender.until(connected, lambda: settled(queued) and settled(under_way), runs=20)
        assert sender.clock() < timezone.now() + dt.timedelta(minutes=5)
        assert (fresh(waiting).state, fresh(waiting).send_after) == ("waiting", year)

    def test_a_wait_of_the_longest_kind_is_left_alone(self, connected: Any, held: Claim) -> None:
        now = held.clock()
        queued, under_way, numbered = issue(connected, 3)
        Invoice.objects.filter(pk=queued.pk).update(send_after=now + LONGEST)
        Invoice.objects.filter(pk=under_way.pk).update(
            state="processing", poll_at=now + outcomes.LAST_LOOK, send_after=None
        )
        Invoice.objects.filter(pk=numbered.pk).update(
            state="accepted", upo_pending=True, poll_at=now + LONGEST
        )
        with clients.client(connected) as ksef:
            due = Run(held, connected, ksef).run()
        assert fresh(queued).send_after == now + LONGEST
        assert fresh(under_way).poll_at == now + outcomes.LAST_LOOK == due
        assert fresh(numbered).poll_at == now + LONGEST

    def test_the_wish_of_ksef_goes_before_what_a_person_has_to_mend_and_that_before_silence(self) -> None:
        silence, refusal = Unavailable("network"), Refused(status=403, code="missing-permissions")
        short, long = RateLimited(3), RateLimited(30)
        later = Later(INTERNAL)
        assert max([silence, refusal, short, long], key=run._weight) is long
        assert max([silence, refusal], key=run._weight) is refusal
        assert max([silence, later], key=run._weight) is later

    def test_it_comes_back_when_the_first_pause_or_the_day_of_a_deadline_is_over(
        self, connected: Any, ksef_files: Any, held: Claim
    ) -> None:
        connect(connected, ksef_files, "Offline")
        soon, year = (held.clock() + dt.timedelta(minutes=minutes) for minutes in (5, 365 * 24 * 60))
        rows = [
            services.issue(connected, document(connected.nip), mode="offline24", send_after=at)
            for at in (soon, year)
        ]
        due = rows[0].due_date
        assert due is not None
        midnight = timezone.make_aware(dt.datetime.combine(due + dt.timedelta(1), dt.time.min))
        with clients.client(connected) as ksef:
            made = Run(held, connected, ksef)
            assert made.run() == soon
            Invoice.objects.filter(pk=rows[0].pk).update(send_after=year)
            assert made.run() == midnight
            Invoice.objects.update(due_date=None)
            assert made.run() == year

    def test_an_offline_invoice_that_a_person_sends_at_the_same_moment_stops_nothing(
        self, connected: Any, ksef_files: Any, sender: Worker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        connect(connected, ksef_files, "Offline")
        at = timezone.now() + dt.timedelta(minutes=5)
        invoice = services.issue(connected, document(connected.nip), mode="offline24", send_after=at)
        real, taken = lifecycle.move, []

        def faster(row: Invoice, step: Step, **fields: Any) -> None:
            if step == Step.QUEUE and not taken:
                taken.append(row)
                services.queue(Invoice.objects.get(pk=row.pk))
            real(row, step, **fields)

        monkeypatch.setattr(lifecycle, "move", faster)
        sender.until(connected, lambda: settled(invoice))
        assert steps(invoice).count("queue") == 1


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


class TestRecovery:
    def lost(self, company: Any, sender: Worker, wire: Wire) -> Invoice:
        wire.rules.append(once(*SEND, "lose"))
        invoice = issue(company)[0]
        sender.run(company)
        assert fresh(invoice).state == "sending"
        return invoice

    def test_a_session_that_ksef_does_not_know_is_given_up(
        self, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        invoice = self.lost(connected, sender, wire)
        first = Session.objects.get()
        wire.rules.append(on("GET", LIST, problem(400, 21173)))
        sender.until(connected, lambda: settled(invoice))
        assert fresh(invoice).state == "accepted"
        first.refresh_from_db()
        assert first.broken
        reason = Event.objects.get(invoice=invoice, step="return").reason
        assert reason is not None
        assert (reason.code, reason.ksef_code) == ("session-failed", "21173")
        assert held_by_ksef(connected) == [fresh(invoice).entry.ksef_number]

    def test_a_missing_permission_leaves_it_in_doubt(
        self, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        invoice = self.lost(connected, sender, wire)
        wire.rules.append(on("GET", LIST, problem(403, "missing-permissions")))
        sender.clock.move_to(job(connected).due_at or sender.clock())
        sender.run(connected)
        assert fresh(invoice).state == "sending"
        assert not Session.objects.get().broken
        reason = services.hindrance(connected)
        assert reason is not None and reason.code == "missing-permissions"

    def test_what_never_arrived_goes_to_the_end_of_the_queue_with_the_reason(
        self, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(once(*SEND, httpx2.WriteError("cut")))
        wire.rules.append(on("POST", r".*/invoices", lambda _r: httpx2.ConnectError("x")))
        first, second = issue(connected, 2)
        sender.run(connected)
        sender.clock.move_to(job(connected).due_at or sender.clock())
        sender.run(connected)
        row = fresh(first)
        assert row.state == "queued"
        returns = Event.objects.filter(invoice=first, step="return").order_by("id")
        assert [event.reason.code for event in returns if event.reason] == ["never-arrived", "network"]
        assert row.queued_at is not None and fresh(second).queued_at is not None
        assert row.queued_at > fresh(second).queued_at  # type: ignore[operator]


class TestLooking:
    def test_many_of_a_session_are_looked_up_in_its_list(
        self, connected: Any, sender: Worker, wire: Wire, stuck: Any
    ) -> None:
        rows = issue(connected, 4)
        sender.until(connected, lambda: all(fresh(row).state == "processing" for row in rows))
        stuck()
        wire.seen.clear()
        sender.clock.ahead += dt.timedelta(minutes=1)
        sender.until(connected, lambda: all(fresh(row).state == "accepted" for row in rows))
        asked = [path for method, path in wire.seen if method == "GET"]
        looked = [path for path in asked if re.fullmatch(LIST, path) or re.fullmatch(ONE, path)]
        assert re.fullmatch(LIST, looked[0]), "all four at once; what is left of them perhaps singly"
        assert len({fresh(row).entry.ksef_number for row in rows}) == 4

    def test_few_of_a_session_are_asked_for_one_by_one(
        self, connected: Any, sender: Worker, wire: Wire, stuck: Any
    ) -> None:
        rows = issue(connected, 3)
        sender.until(connected, lambda: all(fresh(row).state == "processing" for row in rows))
        stuck()
        wire.seen.clear()
        sender.clock.ahead += dt.timedelta(minutes=1)
        sender.until(connected, lambda: all(fresh(row).state == "accepted" for row in rows))
        assert not any(re.fullmatch(LIST, path) for _, path in wire.seen)

    @pytest.mark.parametrize("count", [1, 4])
    def test_what_gets_no_answer_is_asked_for_less_and_less_often(
        self, count: int, connected: Any, sender: Worker, wire: Wire, stuck: Any
    ) -> None:
        rows = issue(connected, count)
        sender.until(connected, lambda: all(fresh(row).state == "processing" for row in rows))
        wire.rules.append(on("GET", ONE if count == 1 else LIST, lambda _request: httpx2.ReadTimeout("x")))
        sender.clock.stop()
        sender.clock.ahead += dt.timedelta(minutes=1)
        Invoice.objects.update(poll_at=None, looks=0)
        pauses = []
        for looks in range(1, 7):
            registry.enqueue(connected.pk, run.NAME, clock=sender.clock)
            sender.run(connected)
            assert {fresh(row).looks for row in rows} == {looks}
            (at,) = {fresh(row).poll_at for row in rows}
            assert at is not None
            pauses.append((at - sender.clock()).total_seconds())
            sender.clock.move_to(at)
        assert pauses == [2, 4, 8, 16, 30, 30]

    def test_one_that_the_list_lacks_is_sent_again_and_keeps_its_number(
        self, connected: Any, sender: Worker, wire: Wire, stuck: Any
    ) -> None:
        rows = issue(connected, 4)
        sender.until(connected, lambda: all(fresh(row).state == "processing" for row in rows))
        stuck()
        missing = fresh(rows[1])

        def drop(body: dict[str, Any]) -> None:
            body["invoices"] = [
                one for one in body["invoices"] if one["referenceNumber"] != missing.invoice_reference
            ]

        wire.rules.append(on("GET", LIST, edited(wire, drop)))
        sender.clock.ahead += dt.timedelta(minutes=1)
        sender.until(connected, lambda: fresh(rows[0]).state == "accepted")
        wire.rules.clear()
        assert "return" in steps(missing)
        sender.until(connected, lambda: all(settled(row) for row in rows))
        assert [fresh(row).state for row in rows] == ["accepted"] * 4
        assert len(held_by_ksef(connected)) == 4
        reason = fresh(missing).reason
        assert reason is not None and reason.code == "recovered"
        assert fresh(missing).attempts == 2

    @pytest.mark.parametrize("count", [1, 4])
    def test_what_ksef_does_not_know_any_more_is_sent_again_and_keeps_its_number(
        self, count: int, connected: Any, sender: Worker, wire: Wire, stuck: Any
    ) -> None:
        rows = issue(connected, count)
        sender.until(connected, lambda: all(fresh(row).state == "processing" for row in rows))
        stuck()
        session = Session.objects.get()
        wire.rules.append(on("GET", ONE if count == 1 else LIST, problem(400, 21173)))
        due = fresh(rows[0]).poll_at
        assert due is not None
        sender.clock.move_to(due + dt.timedelta(seconds=1))
        sender.clock.move_to(job(connected).due_at or sender.clock())
        sender.run(connected)
        session.refresh_from_db()
        assert session.broken
        assert all("return" in steps(row) for row in rows)
        reasons = {Event.objects.get(invoice=row, step="return").reason for row in rows}
        assert {(reason.code, reason.ksef_code) for reason in reasons if reason} == {
            ("session-failed", "21173")
        }
        sender.until(connected, lambda: all(settled(row) for row in rows))
        assert [fresh(row).state for row in rows] == ["accepted"] * count
        assert len(held_by_ksef(connected)) == count

    @pytest.mark.parametrize("count", [1, 4])
    def test_a_missing_permission_changes_nothing_of_what_is_under_way(
        self, count: int, connected: Any, sender: Worker, wire: Wire, stuck: Any
    ) -> None:
        rows = issue(connected, count)
        sender.until(connected, lambda: all(fresh(row).state == "processing" for row in rows))
        wire.rules.append(on("GET", r".*/invoices.*", lambda _r: problem(403, "missing-permissions")))
        before = [fresh(row).looks for row in rows]
        sender.clock.ahead += dt.timedelta(minutes=1)
        sender.run(connected)
        assert [fresh(row).state for row in rows] == ["processing"] * count
        assert [fresh(row).looks for row in rows] == [looks + 1 for looks in before]
        assert all("return" not in steps(row) for row in rows)
        assert not Session.objects.get().broken
        reason = services.hindrance(connected)
        assert reason is not None and reason.code == "missing-permissions"


class TestVerdicts:
    def settled_as(self, company: Any, sender: Worker, wire: Wire, code: int, **fields: Any) -> Invoice:
        wire.rules.append(on("GET", ONE, edited(wire, with_status(code, **fields))))
        invoice = issue(company)[0]
        sender.until(company, lambda: "send" in steps(invoice) and fresh(invoice).state != "processing")
        return fresh(invoice)

    @pytest.mark.parametrize(
        ("code", "reason"),
        [
            (410, "no-permission"),
            (415, "attachment-needs-batch"),
            (430, "bad-file"),
            (450, "bad-content"),
            (499, "rejected"),
            (200 + 1, "rejected"),
        ],
    )
    def test_a_refusal_of_the_content_says_why_and_the_same_file_goes_again_where_it_was_right(
        self, code: int, reason: str, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        Job.objects.filter(company=connected).update(failures=9)
        row = self.settled_as(connected, sender, wire, code)
        assert (row.state, row.poll_at) == ("rejected", None)
        assert row.reason is not None
        assert (row.reason.code, row.reason.ksef_code) == (reason, str(code))
        assert row.reason.reference == row.invoice_reference
        assert row.reason.details == ("Opis", "Szczegół")
        assert services.can_be_sent(row) == (code in (410, 415))

    def test_a_status_that_nobody_knows_yet_is_waited_for(
        self, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(on("GET", ONE, edited(wire, with_status(199))))
        invoice = issue(connected)[0]
        sender.until(connected, lambda: fresh(invoice).looks == 3)
        assert fresh(invoice).state == "processing"

    @pytest.mark.parametrize("code", [500, 550])
    def test_where_ksef_stumbles_the_file_goes_again_after_growing_pauses_until_a_person_is_asked(
        self, code: int, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(on("GET", ONE, edited(wire, with_status(code))))
        wire.rules.append(on("POST", r".*/invoices", *[httpx2.ConnectError("x")] * 6))
        invoice = issue(connected)[0]
        sender.clock.stop()
        pauses = []
        for attempt in range(1, outcomes.ATTEMPTS):
            sender.until(
                connected,
                lambda attempt=attempt: (
                    fresh(invoice).attempts == attempt and fresh(invoice).state == "queued"
                ),
            )
            row = fresh(invoice)
            assert row.send_after is not None and row.reason is not None
            assert (row.reason.code, row.reason.ksef_code) == ("try-again", str(code))
            assert row.reason.details == ("Opis", "Szczegół")
            assert row.poll_at is None
            pauses.append(round((row.send_after - sender.clock()).total_seconds()))
        assert pauses == [20, 40, 80, 160]
        sender.until(connected, lambda: fresh(invoice).state == "rejected")
        row = fresh(invoice)
        assert row.reason is not None
        assert (row.attempts, row.reason.code, row.reason.ksef_code) == (5, "gave-up", str(code))
        assert (row.poll_at, row.send_after) == (None, None)
        wire.rules.clear()
        services.send(row)

    @pytest.mark.parametrize("code", [405, 435])
    def test_a_session_that_failed_never_gets_the_invoice_rejected(
        self, code: int, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(on("GET", ONE, edited(wire, with_status(code))))
        invoice = issue(connected)[0]
        sender.clock.stop()
        pauses = []
        for attempt in range(2, outcomes.ATTEMPTS + 2):  # the second time at once, in the same run
            sender.until(
                connected,
                lambda attempt=attempt: (
                    fresh(invoice).attempts == attempt and fresh(invoice).state == "queued"
                ),
            )
            row = fresh(invoice)
            assert row.reason is not None
            assert (row.reason.code, row.reason.ksef_code) == ("session-failed", str(code))
            assert row.send_after is not None
            pauses.append(round((row.send_after - sender.clock()).total_seconds()))
        assert pauses == [20, 40, 80, 160, 320]
        assert Session.objects.filter(broken=True).count() == 6
        assert wire.count("POST", "/sessions/online") == 6
        wire.rules.clear()
        sender.until(connected, lambda: settled(invoice))
        assert fresh(invoice).state == "accepted"

    def test_progress_of_a_rejection_counts_too(self, connected: Any, sender: Worker, wire: Wire) -> None:
        wire.rules.append(on("GET", ONE, edited(wire, with_status(450))))
        sender.clock.stop()  # or a slow machine looks in the run that sends
        invoice = issue(connected)[0]
        sender.until(connected, lambda: fresh(invoice).state == "processing")
        Job.objects.filter(company=connected).update(failures=9)
        issue(connected)
        wire.rules.append(on("POST", r".*/invoices", lambda _r: httpx2.ConnectError("x")))
        sender.clock.ahead += dt.timedelta(minutes=1)
        sender.run(connected)
        assert fresh(invoice).state == "rejected"
        assert job(connected).failures == 1

    def test_a_look_that_still_finds_it_in_work_is_no_progress(
        self, connected: Any, sender: Worker, wire: Wire, stuck: Any
    ) -> None:
        sender.clock.stop()
        invoice = issue(connected)[0]
        sender.until(connected, lambda: fresh(invoice).state == "processing")
        Job.objects.filter(company=connected).update(failures=9)
        issue(connected)
        wire.rules.append(on("POST", r".*/invoices", lambda _r: httpx2.ConnectError("x")))
        sender.clock.ahead += dt.timedelta(minutes=1)
        looks = fresh(invoice).looks
        sender.run(connected)
        assert (fresh(invoice).state, fresh(invoice).looks > looks) == ("processing", True)
        assert job(connected).failures == 10
