"""What became of an invoice that was sent: in doubt, under way, refused."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import httpx2
import pytest
from liczydlo.jobs import registry
from liczydlo.jobs.models import Job
from liczydlo.sales import services
from liczydlo.sales.models import Event, Invoice, Session
from liczydlo.sales.sending import outcomes, run

from app.tests.sales.test_run import LIST, ONE, SEND, edited, issue, job, on, problem, stuck, with_status
from app.tests.sales.test_sending import fresh, held_by_ksef, settled, steps
from app.tests.sales.world import Wire, Worker, once

__all__ = ["stuck"]

pytestmark = pytest.mark.django_db


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
