"""One step of one or many invoices: all of it or nothing, for those rows alone that are as they were read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from liczydlo.jobs.models import Job
from liczydlo.sales import lifecycle, services
from liczydlo.sales.lifecycle import Change, StaleDraft
from liczydlo.sales.models import Awaited, Event, Invoice
from liczydlo.sales.models.receivables import Receivable
from liczydlo.sales.signals import moved as moved_signal
from liczydlo.sales.states import NotNow, State, Step
from liczydlo.web.reasons import Reason

from app.tests.sales.world import document

pytestmark = pytest.mark.django_db
REASON = Reason("bad-content", ksef_code="450")


def fresh(invoice: Invoice) -> Invoice:
    return Invoice.objects.select_related("entry").get(pk=invoice.pk)  # type: ignore[no-any-return]


@pytest.fixture
def queued(company: Any) -> list[Invoice]:
    """Three invoices of the firm that wait to be sent."""
    made = [services.issue(company, document(company.nip)) for _ in range(3)]
    assert {one.state for one in made} == {"queued"}
    return made


def steps(invoice: Invoice) -> list[str]:
    return list(Event.objects.filter(invoice=invoice).order_by("pk").values_list("step", flat=True))


def test_a_step_is_the_row_its_index_entry_and_an_event(queued: list[Invoice], owner: Any) -> None:
    one, *others = queued
    before = timezone.now()
    lifecycle.move(one, Step.REJECT, by=owner, reason=REASON, looks=7)
    row = fresh(one)
    assert (row.state, row.looks, row.reason, row.entry.rejected) == ("rejected", 7, REASON, True)
    assert before <= row.changed_at <= timezone.now()
    assert (one.state, one.looks, one.entry.rejected) == ("rejected", 7, True), "the caller's own row too"
    event = Event.objects.filter(invoice=one).latest("pk")
    assert (event.step, event.by, event.reason, event.company_id) == (
        *("reject", owner, REASON),
        one.company_id,
    )
    assert Receivable.objects.get(entry=one.entry_id).left == 0, "nobody owes it"
    assert {(fresh(each).state, fresh(each).entry.rejected) for each in others} == {("queued", False)}
    lifecycle.move(one, Step.QUEUE)
    row = fresh(one)
    assert (row.state, row.reason, row.entry.rejected) == ("queued", None, False)
    assert Receivable.objects.get(entry=one.entry_id).left == 177, "somebody owes it again"


def test_one_corrected_technically_stays_refused(queued: list[Invoice]) -> None:
    one = queued[0]
    lifecycle.move(one, Step.REJECT, reason=REASON)
    lifecycle.move(one, Step.CORRECT)
    assert (fresh(one).state, fresh(one).entry.rejected) == ("corrected", True)


@pytest.mark.parametrize("columns", [{"state": "sending"}, {"mode": "offline24"}])
def test_of_two_processes_one_moves_an_invoice(queued: list[Invoice], columns: dict[str, str]) -> None:
    """The other one knows it as it was, in its state or its mode."""
    one = queued[0]
    Invoice.objects.filter(pk=one.pk).update(**columns)
    before = steps(one)
    with pytest.raises(NotNow):
        lifecycle.move(one, Step.REJECT, reason=REASON)
    row = fresh(one)
    assert (row.state, row.mode) == (columns.get("state", "queued"), columns.get("mode", "online"))
    assert (row.reason, row.entry.rejected, steps(one)) == (None, False, before)
    assert one.state == "queued", "the caller's row says nothing untrue either"


def test_of_many_those_that_another_process_took_are_left_alone(queued: list[Invoice]) -> None:
    told: list[tuple[str, list[Invoice]]] = []

    def hear(step: Step, invoices: list[Invoice], **_: Any) -> None:
        told.append((step, invoices))

    Invoice.objects.filter(pk=queued[1].pk).update(state=State.SENDING)
    now = timezone.now()
    moved_signal.connect(hear)
    try:
        moved = lifecycle.move_each([Change(one, {"sent_at": now}) for one in queued], Step.SEND)
    finally:
        moved_signal.disconnect(hear)
    assert moved == [queued[0], queued[2]]
    assert told == [(Step.SEND, moved)]
    assert [fresh(one).sent_at for one in queued] == [now, None, now]
    assert [steps(one).count("send") for one in queued] == [1, 0, 1]


@pytest.mark.parametrize(("step", "begun"), [(Step.REJECT, True), (Step.CHANGE_MODE, False)])
def test_what_waits_for_an_invoice_is_looked_at_once_it_is_settled(
    company: Any, queued: list[Invoice], step: Step, begun: bool
) -> None:
    original, waiting, other = queued
    Awaited.objects.create(company=company, invoice=waiting, original=original)
    Job.objects.all().delete()
    lifecycle.move(other, step)
    assert not Job.objects.filter(name=lifecycle.ORDER).exists(), "nothing waits for this one"
    lifecycle.move(original, step)
    assert Job.objects.filter(name=lifecycle.ORDER, company=company).exists() is begun


def test_a_step_for_all_rows_of_a_state(
    company: Any, queued: list[Invoice], owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In chunks, each row with its event, and no row of another state."""
    monkeypatch.setattr(lifecycle, "CHUNK", 2)
    more = [services.issue(company, document(company.nip)) for _ in range(3)]
    every = [*queued, *more]
    Invoice.objects.filter(pk=more[2].pk).update(state=State.REJECTED)
    before = timezone.now()
    rows = Invoice.objects.filter(pk__in=[one.pk for one in every[1:]])
    assert lifecycle.move_all(rows, State.QUEUED, Step.SEND, by=owner, reason=REASON, looks=3) == 4
    here = [fresh(one) for one in every]
    assert [row.state for row in here] == ["queued", *["sending"] * 4, "rejected"]
    assert {(row.looks, row.reason) for row in here[1:5]} == {(3, REASON)}
    assert all(before <= row.changed_at for row in here[1:5])
    events = Event.objects.filter(step="send")
    assert sorted(events.values_list("invoice", "company", "by")) == [
        (one.pk, company.pk, owner.pk) for one in every[1:5]
    ]
    with pytest.raises(NotNow):
        lifecycle.move_all(rows, State.ACCEPTED, Step.SEND)
    assert lifecycle.move_all(rows.none(), State.QUEUED, Step.SEND) == 0


class TestDrafts:
    @pytest.fixture
    def draft(self, company: Any) -> Invoice:
        return services.save_draft(company, document(company.nip))

    def test_a_draft_is_held_as_it_is_now(self, company: Any, draft: Invoice) -> None:
        services.save_draft(company, document(company.nip, number="other"), draft=draft)
        assert lifecycle.lock_draft(draft).entry.number == "other"

    def test_another_firms_draft_is_not_there(self, draft: Invoice, stranger: Any) -> None:
        draft.company_id = stranger.companies.get().pk
        with pytest.raises(StaleDraft) as caught:
            lifecycle.lock_draft(draft)
        assert (caught.value.why, caught.value.invoice) == ("deleted", None)

    @pytest.mark.parametrize(
        ("step", "why"), [(Step.AWAIT, "awaiting"), (Step.PAUSE, "leaving"), (None, "issued")]
    )
    def test_what_became_of_it_is_said(
        self, company: Any, draft: Invoice, step: Step | None, why: str
    ) -> None:
        if step is None:
            services.issue(company, services.draft_of(draft).content, draft=draft)
        else:
            lifecycle.move(fresh(draft), step)
        with pytest.raises(StaleDraft) as caught:
            lifecycle.lock_draft(draft)
        assert (caught.value.why, caught.value.invoice) == (why, draft)

    def test_columns_of_one_draft_are_written(self, company: Any, draft: Invoice) -> None:
        other = services.save_draft(company, document(company.nip))
        Invoice.objects.update(reason_json=REASON.as_json(), changed_at=timezone.now() - dt.timedelta(days=1))
        here = lifecycle.lock_draft(draft)
        lifecycle.change_draft(here, {"environment": "TEST", "number": "nowy"})
        for row in (here, fresh(draft)):
            assert (row.environment, row.entry.environment, row.entry.number) == ("TEST", "TEST", "nowy")
            assert row.reason is None
            assert timezone.now() - row.changed_at < dt.timedelta(hours=1)
        assert (fresh(other).environment, fresh(other).reason) == (company.environment, REASON)
