"""When the sending job comes back: after silence, after a pause that KSeF asked for, before a deadline."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest
from django.utils import timezone
from liczydlo.connection import clients
from liczydlo.jobs import registry
from liczydlo.jobs.claims import LONGEST, Claim, Later
from liczydlo.jobs.models import Job
from liczydlo.ksef.errors import RateLimited, Refused, Unavailable
from liczydlo.sales import lifecycle, services
from liczydlo.sales.models import Invoice
from liczydlo.sales.sending import outcomes, run
from liczydlo.sales.sending.run import Run
from liczydlo.sales.states import Step
from liczydlo.web.reasons import INTERNAL

from app.tests.sales.test_run import due_in, held, issue, job, on, stuck
from app.tests.sales.test_sending import fresh, settled, steps
from app.tests.sales.world import Wire, Worker, always, connect, document

__all__ = ["held", "stuck"]

pytestmark = pytest.mark.django_db


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
