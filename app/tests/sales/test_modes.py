"""In which mode an invoice is issued, why, by when it goes to KSeF, and what its print carries until then."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from liczydlo.jobs.models import Job
from liczydlo.ksef import deadlines as ksef_deadlines
from liczydlo.ksef.deadlines import WARSAW, Outage, add_business_days, next_business_day
from liczydlo.ksef.modes import Mode
from liczydlo.offline import job
from liczydlo.offline.models import Latarnia
from liczydlo.sales import deadlines, lifecycle, modes, services, states
from liczydlo.sales.models import Invoice
from liczydlo.sales.states import State, Step
from liczydlo.web.reasons import Reason

from app.tests.sales.world import connect, document

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def offline(connected: Any, ksef_files: Any) -> Any:
    """A firm with both certificates, whose Latarnia answered just now that nothing is on."""
    connect(connected, ksef_files, "Offline")
    answers(connected)
    return connected


def answers(company: Any) -> None:
    now = timezone.now()
    Latarnia.objects.update_or_create(
        environment=company.environment, defaults={"asked_at": now, "answered_at": now}
    )


def announce(
    company: Any, kind: Any, *, begins: dt.timedelta = -HOUR, ends: dt.timedelta | None = None
) -> None:
    now = timezone.now()
    end = None if ends is None else now + ends
    outage = Outage(kind=kind, start=now + begins, end=end, event=f"E-{kind}", title=f"Komunikat o {kind}")
    job.keep(company.environment, (outage,))


def offered(company: Any) -> list[Mode]:
    return [offer.mode for offer in modes.offers(company, timezone.localdate(), now=timezone.now())]


def silent(company: Any) -> None:
    Job.objects.update_or_create(
        company=company,
        name="sales.send",
        defaults={
            "failures": 3,
            "finished_at": timezone.now(),
            "reason_json": Reason("network").as_json(),
        },
    )


# what is offered


def test_on_a_quiet_day_online_comes_first_and_offline24_beside_it(offline: Any) -> None:
    assert offered(offline) == [Mode.ONLINE, Mode.OFFLINE24]


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("maintenance", Mode.OFFLINE), ("failure", Mode.EMERGENCY), ("total-failure", Mode.TOTAL_FAILURE)],
)
def test_the_mode_of_what_is_announced_comes_first_and_says_why(offline: Any, kind: Any, mode: Mode) -> None:
    announce(offline, kind)
    first, *rest = modes.offers(offline, timezone.localdate(), now=timezone.now())
    assert first.mode == mode
    assert [offer.mode for offer in rest] == [Mode.ONLINE, Mode.OFFLINE24]
    assert f"Komunikat o {kind}" in str(first.why)
    assert first.why.params["event"] == f"E-{kind}"


def test_the_graver_of_two_outages_is_proposed_and_both_are_offered(offline: Any) -> None:
    announce(offline, "maintenance")
    announce(offline, "failure")
    assert offered(offline) == [Mode.EMERGENCY, Mode.ONLINE, Mode.OFFLINE24, Mode.OFFLINE]


def test_what_was_or_will_be_is_not_offered(offline: Any) -> None:
    announce(offline, "failure", begins=-2 * HOUR, ends=-HOUR)
    announce(offline, "maintenance", begins=HOUR, ends=2 * HOUR)
    assert offered(offline) == [Mode.ONLINE, Mode.OFFLINE24]


def test_while_ksef_does_not_answer_the_program_offline24_is_proposed(offline: Any) -> None:
    silent(offline)
    first = modes.offers(offline, timezone.localdate(), now=timezone.now())[0]
    assert (first.mode, first.why.code) == (Mode.OFFLINE24, "mode-silent")
    Job.objects.update(reason_json=Reason("no-permission").as_json())
    assert offered(offline)[0] == Mode.ONLINE, "KSeF answered"
    silent(offline)
    Job.objects.update(failures=0)
    assert offered(offline)[0] == Mode.ONLINE, "the last run went through"


def test_a_silent_latarnia_lets_a_person_tell_what_was_announced(offline: Any) -> None:
    Latarnia.objects.update(answered_at=timezone.now() - HOUR)
    assert offered(offline) == [
        Mode.ONLINE, Mode.OFFLINE24, Mode.OFFLINE, Mode.EMERGENCY, Mode.TOTAL_FAILURE
    ]  # fmt: skip
    row = services.issue(offline, document(offline.nip), mode=Mode.EMERGENCY)
    assert row.mode_reason == Reason("mode-told-failure")
    assert (row.due_date, deadlines.deadline_of(row).reason) == (None, "outage-unknown")


def test_without_the_offline_certificate_only_modes_that_need_none_can_be_chosen(connected: Any) -> None:
    answers(connected)
    announce(connected, "total-failure")
    hindered = {
        offer.mode: offer.hindrance and offer.hindrance.code
        for offer in modes.offers(connected, timezone.localdate(), now=timezone.now())
    }
    assert hindered == {
        Mode.TOTAL_FAILURE: None,
        Mode.ONLINE: None,
        Mode.OFFLINE24: "no-offline-certificate",
    }


# issuing


@pytest.mark.parametrize("mode", [Mode.OFFLINE, Mode.EMERGENCY, Mode.TOTAL_FAILURE])
def test_a_mode_that_nothing_allows_is_refused_with_nothing_stored(offline: Any, mode: Mode) -> None:
    with pytest.raises(services.NotIssued) as refused:
        services.issue(offline, document(offline.nip), mode=mode)
    assert refused.value.reason.code == "mode-not-on"
    assert "offline24" in str(refused.value.reason)
    other = "failure" if mode == Mode.OFFLINE else "maintenance"
    announce(offline, other)
    with pytest.raises(services.NotIssued) as refused:
        services.issue(offline, document(offline.nip), mode=mode)
    assert refused.value.reason.code == "mode-not-on", "another outage is on"
    assert not Invoice.objects.exists()


@pytest.mark.parametrize(
    ("kind", "mode", "days"), [("maintenance", Mode.OFFLINE, 1), ("failure", Mode.EMERGENCY, 7)]
)
def test_an_invoice_of_an_outage_waits_for_its_end_and_keeps_the_reason(
    offline: Any, kind: Any, mode: Mode, days: int, django_capture_on_commit_callbacks: Any
) -> None:
    announce(offline, kind)
    row = services.issue(offline, document(offline.nip), mode=mode)
    assert (row.state, row.mode, row.due_date) == (State.WAITING, mode, None)
    assert row.kod_2
    assert row.mode_reason is not None and row.mode_reason.params["event"] == f"E-{kind}"
    ends = dt.timedelta(days=2)
    with django_capture_on_commit_callbacks(execute=True):
        announce(offline, kind, ends=ends)
    last_day = (timezone.now() + ends).astimezone(WARSAW).date()
    assert Invoice.objects.get(pk=row.pk).due_date == add_business_days(last_day, days)


def test_a_total_failure_leaves_the_invoice_outside_ksef_for_good(
    offline: Any, browse: Any, owner: Any
) -> None:
    announce(offline, "total-failure")
    row = services.issue(offline, document(offline.nip), mode=Mode.TOTAL_FAILURE)
    assert (row.state, row.kod_2, row.due_date, row.send_after) == (State.OUTSIDE, "", None, None)
    assert row.is_printable and row.carries_no_codes
    with pytest.raises(states.NotNow):
        services.send(row)
    shown = browse(owner).get(row.get_absolute_url()).content.decode()
    assert "art. 106ng" in shown
    assert "Sprawdź fakturę w KSeF" not in shown


def test_what_was_issued_offline_stays_so_whoever_asks(offline: Any) -> None:
    row = services.issue(offline, document(offline.nip), mode=Mode.OFFLINE24)
    with pytest.raises(DatabaseError), transaction.atomic():
        Invoice.objects.filter(pk=row.pk).update(mode=Mode.ONLINE)


def test_the_pause_ends_before_the_deadline_does(offline: Any) -> None:
    due = timezone.localdate()
    now = dt.datetime.combine(due, dt.time(19, 50), tzinfo=WARSAW)
    offline.offline_pause = 60
    evening = dt.datetime.combine(due, deadlines.LAST_HOUR, tzinfo=WARSAW)
    assert deadlines.release_at(offline, due, now=now) == evening
    assert deadlines.release_at(offline, None, now=now) == now + HOUR
    assert deadlines.release_at(offline, due, now=evening + HOUR) == evening + HOUR
    assert deadlines.release_at(offline, due - dt.timedelta(3), now=now) == now, "a late one goes at once"


def test_a_deadline_that_comes_nearer_ends_the_pause_sooner(
    offline: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """An end is corrected to an earlier one: what would have waited for days goes out in time."""
    announce(offline, "failure")
    later = timezone.now() + dt.timedelta(days=30)
    row = services.issue(offline, document(offline.nip), mode=Mode.EMERGENCY, send_after=later)
    assert row.send_after == later
    with django_capture_on_commit_callbacks(execute=True):
        announce(offline, "failure", ends=dt.timedelta(0))
    again = Invoice.objects.get(pk=row.pk)
    assert again.due_date is not None
    assert again.send_after == dt.datetime.combine(again.due_date, deadlines.LAST_HOUR, tzinfo=WARSAW)


# the way out of the queue


def test_a_queued_invoice_gets_both_codes_and_stays_in_the_queue(offline: Any) -> None:
    row = services.issue(offline, document(offline.nip))
    assert not row.is_printable
    modes.change(row)
    fresh = Invoice.objects.get(pk=row.pk)
    assert (fresh.state, fresh.mode, fresh.due_date) == (
        State.QUEUED, Mode.OFFLINE24, next_business_day(timezone.localdate())
    )  # fmt: skip
    assert fresh.kod_2 and fresh.is_printable and fresh.carries_codes_offline
    assert fresh.mode_reason == Reason("mode-wish")
    with pytest.raises(states.NotNow):
        modes.change(fresh)


def test_the_way_out_takes_the_mode_of_the_outage_but_never_of_a_total_failure(offline: Any) -> None:
    announce(offline, "failure")
    row = services.issue(offline, document(offline.nip))
    modes.change(row)
    assert Invoice.objects.get(pk=row.pk).mode == Mode.EMERGENCY
    other = services.issue(offline, document(offline.nip))
    announce(offline, "total-failure")
    modes.change(other)
    assert Invoice.objects.get(pk=other.pk).mode == Mode.OFFLINE24


def test_the_way_out_keeps_why_it_waits_and_counts_what_broke_after_the_issue(offline: Any) -> None:
    row = services.issue(offline, document(offline.nip))
    second = dt.timedelta(seconds=1)
    Invoice.objects.filter(pk=row.pk).update(
        reason_json=Reason("network").as_json(), issued_at=row.issued_at - second
    )
    announce(offline, "failure", begins=-2 * second, ends=dt.timedelta(0))
    row = Invoice.objects.select_related("company", "entry").get(pk=row.pk)
    modes.change(row)
    fresh = Invoice.objects.get(pk=row.pk)
    assert (fresh.mode, fresh.reason) == (Mode.OFFLINE24, Reason("network"))
    assert fresh.due_date == add_business_days(timezone.localdate(), 7), "art. 106nf, not the next day"


def test_where_ksef_may_have_it_the_mode_stays_and_the_print_waits_for_its_number(
    offline: Any, browse: Any, owner: Any
) -> None:
    row = services.issue(offline, document(offline.nip))
    stale = Invoice.objects.select_related("entry").get(pk=row.pk)
    lifecycle.move(row, Step.SEND, sent_at=timezone.now())
    with pytest.raises(states.NotNow):
        modes.change(stale)
    fresh = Invoice.objects.get(pk=row.pk)
    assert (fresh.mode, fresh.kod_2) == (Mode.ONLINE, "")
    assert not fresh.is_printable, "KSeF answers within seconds"
    Invoice.objects.filter(pk=row.pk).update(sent_at=timezone.now() - HOUR)
    fresh.refresh_from_db()
    assert fresh.is_printable and not fresh.carries_codes_offline
    shown = browse(owner).get(row.get_absolute_url()).content.decode()
    assert "KSeF mógł już dostać tę fakturę" in shown
    assert "Wystaw jednak offline" not in shown
    answer = browse(owner).post(reverse("sales:change_mode", args=[offline.pk, row.pk]), follow=True)
    assert "jej tryb się nie zmieni" in answer.content.decode()


def test_the_way_out_is_offered_once_ksef_takes_long(offline: Any, browse: Any, owner: Any) -> None:
    row = services.issue(offline, document(offline.nip))
    page = row.get_absolute_url()
    assert "Wystaw jednak offline" not in browse(owner).get(page).content.decode()
    silent(offline)
    assert "Wystaw jednak offline" in browse(owner).get(page).content.decode()
    answer = browse(owner).post(reverse("sales:change_mode", args=[offline.pk, row.pk]), follow=True)
    assert "Pobierz PDF (OFFLINE)" in answer.content.decode()


def test_what_is_read_before_the_change_is_not_sent_as_online(offline: Any) -> None:
    """The sending job read the row while it was online; the step it takes then finds another mode and leaves it."""
    row = services.issue(offline, document(offline.nip))
    read = Invoice.objects.select_related("entry").get(pk=row.pk)
    modes.change(row)
    with pytest.raises(states.NotNow):
        lifecycle.move(read, Step.SEND)


def test_a_stranger_changes_no_mode(offline: Any, browse: Any, stranger: Any) -> None:
    row = services.issue(offline, document(offline.nip))
    for name in ("change_mode", "leave"):
        answer = browse(stranger).post(reverse(f"sales:{name}", args=[offline.pk, row.pk]))
        assert answer.status_code == 404
    assert Invoice.objects.get(pk=row.pk).mode == Mode.ONLINE


def test_without_the_certificate_the_queue_keeps_it_and_says_what_is_missing(
    connected: Any, browse: Any, owner: Any
) -> None:
    row = services.issue(connected, document(connected.nip))
    answer = browse(owner).post(reverse("sales:change_mode", args=[connected.pk, row.pk]), follow=True)
    assert "nie ma certyfikatu offline" in answer.content.decode()
    assert Invoice.objects.get(pk=row.pk).mode == Mode.ONLINE


# a missed day, and a lifted duty


def test_an_online_invoice_that_missed_its_day_is_treated_as_offline24(
    offline: Any, browse: Any, owner: Any
) -> None:
    today = timezone.localdate()
    row = services.issue(offline, document(offline.nip, issued=today - dt.timedelta(1)))
    assert row.due_date == next_business_day(today - dt.timedelta(1))
    assert row.missed_its_day and row.is_printable and not row.carries_codes_offline
    shown = browse(owner).get(row.get_absolute_url()).content.decode()
    assert "prawo uważa ją za fakturę offline24" in shown
    assert "Pobierz PDF (OFFLINE)" in shown


def test_a_total_failure_while_it_waits_lifts_the_duty_and_a_person_decides(
    offline: Any, browse: Any, owner: Any, django_capture_on_commit_callbacks: Any
) -> None:
    row = services.issue(offline, document(offline.nip), mode=Mode.OFFLINE24)
    with pytest.raises(states.NotNow):
        modes.leave(row)
    with django_capture_on_commit_callbacks(execute=True):
        announce(offline, "total-failure", begins=dt.timedelta(0))
    fresh = Invoice.objects.get(pk=row.pk)
    assert (fresh.state, fresh.due_date) == (State.WAITING, None)
    shown = browse(owner).get(row.get_absolute_url()).content.decode()
    assert "obowiązek jej przesłania zniesiono" in shown and "Zostaw poza KSeF" in shown
    Invoice.objects.filter(pk=row.pk).update(due_date=timezone.localdate())
    browse(owner).post(reverse("sales:leave", args=[offline.pk, row.pk]))
    left = Invoice.objects.get(pk=row.pk)
    assert (left.state, left.due_date, left.send_after) == (State.OUTSIDE, None, None)
    assert left.events.order_by("id").last().by == owner


def test_what_ksef_got_after_its_day_says_so(offline: Any, browse: Any, owner: Any) -> None:
    day = timezone.localdate() - dt.timedelta(10)
    row = services.issue(offline, document(offline.nip, issued=day), mode=Mode.OFFLINE24)
    for step, columns in (
        (Step.QUEUE, {}),
        (Step.SEND, {}),
        (Step.ARRIVE, {}),
        (Step.ACCEPT, {"entry": {"ksef_number": "1-2-3", "acquired_at": timezone.now()}}),
    ):
        lifecycle.move(row, step, **columns)
    assert row.was_late
    assert "Wysłana po terminie" in browse(owner).get(row.get_absolute_url()).content.decode()


# the preview


def test_the_preview_proposes_the_mode_of_the_failure_and_issues_in_it(
    offline: Any, browse: Any, owner: Any
) -> None:
    announce(offline, "failure")
    draft = services.save_draft(offline, document(offline.nip))
    client = browse(owner)
    shown = client.get(draft.get_absolute_url()).content.decode()
    first, second = shown.index("Wystaw w trybie awaryjnym"), shown.index("Wyślij do KSeF")
    assert first < second
    assert "Ministerstwo ogłosiło awarię KSeF" in shown
    assert "Siódmy" in shown or "siódmy" in shown
    answer = client.post(
        reverse("sales:issue", args=[offline.pk, draft.pk]), {"mode": "awaryjny"}, follow=True
    )
    assert "Pobierz PDF (OFFLINE)" in answer.content.decode()
    assert Invoice.objects.get(pk=draft.pk).mode == Mode.EMERGENCY


def test_a_mode_that_ended_while_the_preview_was_open_is_refused_with_the_way_on(
    offline: Any, browse: Any, owner: Any
) -> None:
    announce(offline, "failure", begins=-2 * HOUR, ends=-HOUR)
    draft = services.save_draft(offline, document(offline.nip))
    answer = browse(owner).post(
        reverse("sales:issue", args=[offline.pk, draft.pk]), {"mode": "awaryjny"}, follow=True
    )
    assert "Wybierz tryb offline24" in answer.content.decode()
    assert Invoice.objects.get(pk=draft.pk).state == State.DRAFT


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("reason", ["online", "maintenance", "failure", "total-failure"])
def test_every_deadline_has_its_words_in_both_languages(mode: Mode, reason: str, firm: Any) -> None:
    day = dt.date(2026, 12, 23)
    start = dt.datetime(2026, 12, 23, 9, tzinfo=WARSAW)
    for end in (None, start + HOUR):
        known = [] if reason == "online" else [Outage(kind=reason, start=start, end=end, title="T")]  # type: ignore[arg-type]
        found = ksef_deadlines.deadline(mode, day, known, issued_at=start)
        told = deadlines.explanation(mode, day, found)
        if reason == "online" and mode in (Mode.ONLINE, Mode.OFFLINE24):
            assert told.code == f"deadline-{mode}"
        if found.reason == "total-failure":
            assert told.code == ("deadline-never" if mode == Mode.TOTAL_FAILURE else "deadline-lifted")
        polish, english = told.text("pl"), told.text("en")
        assert polish and english and polish != english
        assert "{" not in polish + english and "–" not in polish
        if found.due:
            assert "24.12.2026" in polish and "25.12.2026" in polish, "days off on the way are named"


def test_the_page_of_outages_tells_what_each_does_to_the_firms_invoices(
    offline: Any, browse: Any, owner: Any, stranger: Any, django_capture_on_commit_callbacks: Any
) -> None:
    waits = services.issue(offline, document(offline.nip), mode=Mode.OFFLINE24)
    with django_capture_on_commit_callbacks(execute=True):
        announce(offline, "failure", begins=dt.timedelta(0))
    for _ in range(2):
        services.issue(offline, document(offline.nip), mode=Mode.EMERGENCY)
    modes.change(services.issue(offline, document(offline.nip)))
    address = reverse("offline:list", args=[offline.pk])
    shown = browse(owner).get(address).content.decode()
    assert "Wystawione z jej powodu: 3, czeka: 3" in shown
    assert "Inne faktury, których termin przesunęła: 1" in shown
    services.send(waits)
    lifecycle.move(Invoice.objects.get(pk=waits.pk), Step.REJECT, reason=Reason("bad-content"))
    assert "termin przesunęła" not in browse(owner).get(address).content.decode()
    assert browse(stranger).get(address).status_code == 404


def test_a_deadline_reaches_an_invoice_that_leaves_its_pause_meanwhile(
    offline: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end of a failure is learnt while the sending job takes the invoice: it stayed without a deadline."""
    announce(offline, "failure")
    row = services.issue(offline, document(offline.nip), mode=Mode.EMERGENCY)
    read = deadlines.deadline_of

    def while_it_is_released(invoice: Invoice, *known: Any) -> ksef_deadlines.Deadline:
        theirs = Invoice.objects.get(pk=invoice.pk)
        lifecycle.move(theirs, Step.QUEUE, queued_at=timezone.now(), send_after=None)
        return read(invoice, *known)

    monkeypatch.setattr(deadlines, "deadline_of", while_it_is_released)
    announce(offline, "failure", ends=dt.timedelta(0))
    deadlines.recompute(environment=offline.environment)
    row.refresh_from_db()
    assert (row.state, row.due_date) == (State.QUEUED, add_business_days(timezone.localdate(), 7))
    assert row.send_after is None


def test_an_outage_that_began_after_the_day_of_issue_gives_no_mode(offline: Any) -> None:
    """Its mode would have no deadline for ever; as offline24 the failure moves the deadline of yesterday's invoice."""
    yesterday = timezone.localdate() - dt.timedelta(1)
    row = services.issue(offline, document(offline.nip, issued=yesterday))
    announce(offline, "failure", begins=dt.timedelta(0))
    offered = [offer.mode for offer in modes.offers(offline, yesterday, now=timezone.now())]
    assert offered == [Mode.ONLINE, Mode.OFFLINE24]
    with pytest.raises(services.NotIssued) as refused:
        services.issue(offline, document(offline.nip, issued=yesterday), mode=Mode.EMERGENCY)
    assert refused.value.reason.code == "mode-not-that-day"
    modes.change(row)
    fresh = Invoice.objects.get(pk=row.pk)
    assert fresh.mode == Mode.OFFLINE24
    assert deadlines.deadline_of(fresh).reason == "outage-not-over"
