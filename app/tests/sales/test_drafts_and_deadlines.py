"""What issuing, sending and deleting leave alone, and the moment and the day that an offline invoice gets."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone
from liczydlo.companies.models import Company
from liczydlo.documents.models import IndexEntry
from liczydlo.jobs.models import Job
from liczydlo.ksef.deadlines import next_business_day
from liczydlo.sales import lifecycle, numbering, services, states
from liczydlo.sales.filters import narrowed
from liczydlo.sales.models import Draft, Event, Invoice
from liczydlo.sales.states import State, Step
from liczydlo.web.reasons import Reason

from app.tests.sales.world import connect, document, new_nip

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 11, 23)


def drafts(company: Any) -> set[int]:
    """The drafts of a firm that are whole: a row and what it is made of."""
    return {row.invoice_id for row in Draft.objects.of(company) if row.invoice.state == State.DRAFT}


def three_drafts(company: Any) -> list[Invoice]:
    return [services.save_draft(company, document(company.nip)) for _ in range(3)]


# what is left alone


def test_issuing_one_draft_leaves_the_others(company: Any) -> None:
    xml = document(company.nip)
    one, *others = [services.save_draft(company, xml), *three_drafts(company)]
    services.issue(company, xml, draft=one)
    assert drafts(company) == {other.pk for other in others}


def test_a_draft_that_gives_way_to_a_refused_invoice_goes_alone(company: Any, stranger: Any) -> None:
    """The same bytes were refused before: this draft is dropped, every other one of the firm and elsewhere stays."""
    foreign = stranger.companies.get()
    theirs = three_drafts(foreign)
    xml = document(company.nip)
    first = services.issue(company, xml)
    lifecycle.move(first, Step.REJECT, reason=Reason("refused"))
    others, again = three_drafts(company), services.save_draft(company, xml)
    assert services.issue(company, xml, draft=again).pk == first.pk
    assert drafts(company) == {other.pk for other in others}
    assert drafts(foreign) == {their.pk for their in theirs}
    assert Invoice.objects.get(pk=first.pk).state == State.REJECTED


def test_deleting_one_draft_leaves_the_others(company: Any, stranger: Any) -> None:
    foreign = stranger.companies.get()
    (their,) = [services.save_draft(foreign, document(foreign.nip))]
    one, *others = three_drafts(company)
    services.delete_draft(one)
    assert drafts(company) == {other.pk for other in others}
    assert drafts(foreign) == {their.pk}
    assert not Invoice.objects.filter(pk=one.pk).exists()


def test_what_is_issued_cannot_be_deleted_and_nothing_of_it_is_lost(company: Any) -> None:
    """Neither by the row that issuing gave, nor by one that was read while it was a draft."""
    xml = document(company.nip)
    draft = services.save_draft(company, xml)
    stale = Invoice.objects.get(pk=draft.pk)
    issued = services.issue(company, xml, draft=draft)
    story = list(Event.objects.filter(invoice=issued).values_list("step", flat=True))
    for row in (issued, stale):
        with pytest.raises(states.NotNow):
            services.delete_draft(row)
    kept = Invoice.objects.get(pk=issued.pk)
    assert (kept.state, kept.entry.sha256, kept.entry.xml) == (State.QUEUED, issued.entry.sha256, xml)
    assert list(Event.objects.filter(invoice=issued).values_list("step", flat=True)) == story


def test_saving_a_draft_again_changes_that_one_alone(company: Any, stranger: Any) -> None:
    one, *others = three_drafts(company)
    three_drafts(stranger.companies.get())
    rows, entries = (model.objects.order_by("pk").values() for model in (Invoice, IndexEntry))
    untouched = list(rows.exclude(pk=one.pk)), list(entries.exclude(pk=one.entry_id))
    before = {other.pk: bytes(Draft.objects.get(invoice=other).xml or b"") for other in others}
    xml = document(company.nip, number="FV/99", **{"Kupiec": "Nowy kupiec"})
    again = services.save_draft(company, xml, file_name="x" * 300, draft=one)
    assert again.pk == one.pk
    assert drafts(company) == {one.pk, *before}
    row = Invoice.objects.get(pk=one.pk)
    assert (row.entry.number, row.state, row.entry.gross) == ("FV/99", State.DRAFT, 177)
    assert row.entry.buyer_name.startswith("Nowy kupiec")
    kept = Draft.objects.get(invoice=row)
    assert (bytes(kept.xml or b""), kept.draft_json, kept.file_name) == (xml, None, "x" * 255)
    assert {pk: bytes(Draft.objects.get(invoice_id=pk).xml or b"") for pk in before} == before
    assert (list(rows.exclude(pk=one.pk)), list(entries.exclude(pk=one.entry_id))) == untouched


def test_what_a_draft_has_become_is_that_very_invoice(company: Any) -> None:
    """A page of a draft that was issued meanwhile leads to it, and to none of the others."""
    one, other, gone = three_drafts(company)
    services.delete_draft(gone)
    services.issue(company, bytes(services.draft_of(other).content), draft=other)
    with pytest.raises(lifecycle.StaleDraft) as issued:
        services.draft_of(other)
    assert issued.value.invoice is not None and issued.value.invoice.pk == other.pk != one.pk
    with pytest.raises(lifecycle.StaleDraft) as deleted:
        services.draft_of(gone)
    assert (deleted.value.why, deleted.value.invoice) == ("deleted", None)


def test_the_same_bytes_elsewhere_are_another_invoice(company: Any) -> None:
    """A firm that moved to another environment issues anew there."""
    xml = document(company.nip)
    first = services.issue(company, xml)
    company.environment = "TEST"
    company.save(update_fields=["environment"])
    second = services.issue(company, xml)
    assert second.pk != first.pk
    assert (first.environment, second.environment) == ("EMULATOR", "TEST")
    assert first.entry.document_id == second.entry.document_id


# what goes out by hand


@pytest.mark.parametrize(
    ("code", "again"),
    [
        ("no-permission", True),
        ("gave-up", True),
        ("refused", True),
        ("bad-content", False),
        ("rejected", False),
    ],
)
def test_a_refused_invoice_goes_again_only_when_its_file_was_right(
    code: str, again: bool, company: Any, owner: Any
) -> None:
    invoice = services.issue(company, document(company.nip))
    lifecycle.move(invoice, Step.REJECT, reason=Reason(code))
    assert services.can_be_sent(invoice) == again
    if again:
        services.send(invoice, by=owner)
        assert invoice.events.order_by("id").last().by == owner
    else:
        with pytest.raises(states.NotNow):
            services.send(invoice)
    assert Invoice.objects.get().state == (State.QUEUED if again else State.REJECTED)


def test_a_refusal_without_a_reason_and_what_is_on_its_way_are_not_sent_by_hand(company: Any) -> None:
    invoice = services.issue(company, document(company.nip))
    with pytest.raises(states.NotNow):
        services.send(invoice)
    lifecycle.move(invoice, Step.REJECT)
    with pytest.raises(states.NotNow):
        services.send(invoice)
    with pytest.raises(states.NotNow):
        services.send(services.save_draft(company, document(company.nip)))


# the moment and the day of an offline invoice


@pytest.fixture
def offline(connected: Any, ksef_files: Any) -> Any:
    """A firm with both certificates."""
    connect(connected, ksef_files, "Offline")
    return connected


def test_an_offline_invoice_goes_out_when_it_was_told_to(offline: Any) -> None:
    """At the given moment, after the firm's pause without one, and at once by hand or when it is late already."""
    today = timezone.localdate()
    moment = timezone.now() + dt.timedelta(hours=5)  # a job looks at least every six hours
    told = services.issue(offline, document(offline.nip), mode="offline24", send_after=moment)
    job = Job.objects.get(company=offline, name="sales.send")
    for row in (told, Invoice.objects.get(pk=told.pk)):
        assert (row.state, row.mode, row.send_after) == (State.WAITING, "offline24", moment)
        assert row.due_date == next_business_day(today)
    assert job.due_at == moment
    before = timezone.now()
    late = services.issue(offline, document(offline.nip, issued=today - dt.timedelta(9)), mode="offline24")
    assert late.due_date == next_business_day(today - dt.timedelta(9))
    assert late.send_after is not None
    assert before <= late.send_after <= timezone.now()
    Company.objects.filter(pk=offline.pk).update(offline_pause=240)
    offline.refresh_from_db()
    other = services.issue(offline, document(offline.nip), mode="offline24")
    assert other.send_after is not None
    assert before <= other.send_after - dt.timedelta(hours=4) <= timezone.now()
    services.send(told)
    sent, waits = Invoice.objects.get(pk=told.pk), Invoice.objects.get(pk=other.pk)
    assert (sent.state, sent.send_after) == (State.QUEUED, None)
    assert (waits.state, waits.send_after) == (State.WAITING, other.send_after)
    assert sent.kod_2.startswith(f"{offline_page(offline)}/certificate/Nip/{offline.nip}/{offline.nip}/")
    assert sent.kod_2 != waits.kod_2


def offline_page(company: Any) -> str:
    from liczydlo.connection import clients

    return clients.environment(company).qr


def test_an_online_invoice_has_the_day_of_offline24_and_no_second_code(company: Any) -> None:
    """It is one of offline24 once its day has passed (ksef-docs automatyczne-okreslanie-trybu-offline.md)."""
    moment = timezone.now() + dt.timedelta(hours=5)  # a job looks at least every six hours
    row = services.issue(company, document(company.nip), send_after=moment)
    assert (row.state, row.mode, row.send_after, row.due_date, row.kod_2) == (
        State.QUEUED, "online", None, next_business_day(timezone.localdate()), ""
    )  # fmt: skip
    job = Job.objects.get(company=company, name="sales.send")
    assert job.due_at is not None
    assert job.due_at <= timezone.now()


# what the issuer is told first


def test_a_day_that_has_passed_is_told_before_issuing(company: Any) -> None:
    today = timezone.localdate()
    for days, expected in ((0, []), (1, ["date-past"])):
        checked = services.check(company, document(company.nip, issued=today - dt.timedelta(days)))
        assert [one.code for one in services.warnings(checked, today=today)] == expected


def test_a_number_is_used_once_by_seller_kind_and_environment(company: Any, stranger: Any) -> None:
    """KSeF's own key, for what it has not refused; a draft holds its number too, and does not stand in its own way."""
    xml = document(company.nip, number="FV/7")
    draft = services.save_draft(company, xml)

    def used(of: Any, *, draft: Any = None, **parts: Any) -> bool:
        written = document(of.nip, **{"number": "FV/7", "Prosta": "Krzywa", **parts})
        try:
            services.check_number(of, services.check(of, written), draft=draft)
        except services.NotIssued as refused:
            assert refused.reason.code == "number-used"
            return True
        return False

    assert used(company)
    assert not used(company, draft=draft)
    assert not used(company, number="FV/8")
    assert not used(company, **{"<RodzajFaktury>VAT": "<RodzajFaktury>UPR"})
    assert not used(stranger.companies.get())
    itself = document(new_nip(), company.nip, number="FV/7", **{"<P_17>2": "<P_17>1"})
    services.check_number(company, services.check(company, itself))
    issued = services.issue(company, xml, draft=draft)
    assert used(company)
    company.environment = "TEST"
    assert not used(company)
    company.environment = "EMULATOR"
    lifecycle.move(issued, Step.REJECT, reason=Reason("bad-content"))
    assert not used(company), "KSeF took no such number"


def test_only_a_buyer_that_the_invoice_names_bills_itself(company: Any) -> None:
    """art. 106d: P_17 and the buyer's own NIP, both."""
    for xml in (
        document(new_nip(), company.nip),
        document(new_nip(), new_nip(), **{"<P_17>2": "<P_17>1"}),
    ):
        with pytest.raises(services.NotIssued) as refused:
            services.check(company, xml)
        assert refused.value.reason.code == "foreign-seller"


# numbers


def test_a_number_is_taken_by_what_may_still_become_an_invoice(company: Any, stranger: Any) -> None:
    draft = services.save_draft(company, document(company.nip, number="FV/2026/11/001"))
    assert numbering.is_taken(company, "FV/2026/11/001")
    assert not numbering.is_taken(company, "FV/2026/11/001", but=draft.pk)
    assert not numbering.is_taken(company, "FV/2026/11/002")
    assert not numbering.is_taken(stranger.companies.get(), "FV/2026/11/001")
    IndexEntry.objects.filter(pk=draft.entry_id).update(environment="TEST")
    assert not numbering.is_taken(company, "FV/2026/11/001")
    invoice = services.issue(company, document(company.nip, number="FV/2026/11/001"))
    assert numbering.is_taken(company, "FV/2026/11/001")
    lifecycle.move(invoice, Step.REJECT, reason=Reason("bad-content"))
    assert not numbering.is_taken(company, "FV/2026/11/001"), "KSeF refused it, so the number is free"


def test_numbers_are_counted_by_month_firm_and_environment(company: Any, stranger: Any) -> None:
    numbering.note(company, "FV/2026/11/0999", DAY)
    assert numbering.propose(company, DAY) == "FV/2026/11/1000"
    for text in (
        "FV/2026/11/2000x",
        "xFV/2026/11/2000",
        "FV/2026/12/2000",
        "FV/2026/11/",
        "FV/2026/11/1234567890",
    ):
        numbering.note(company, text, DAY)
    assert numbering.propose(company, DAY) == "FV/2026/11/1000"
    assert numbering.propose(company, dt.date(2027, 1, 31)) == "FV/2027/01/001"
    assert numbering.propose(stranger.companies.get(), DAY) == "FV/2026/11/001"
    company.environment = "TEST"
    assert numbering.propose(company, DAY) == "FV/2026/11/001"


def test_proposing_takes_nothing_and_issuing_does(company: Any) -> None:
    today = timezone.localdate()
    first = numbering.propose(company, today)
    assert numbering.propose(company, today) == first
    services.issue(company, document(company.nip, number=first))
    second = numbering.propose(company, today)
    assert second == f"{first[:-3]}002"
    IndexEntry.objects.update(rejected=True)
    assert numbering.propose(company, today) == second, "a number that was issued is not proposed again"


# the list


def shown(company: Any, **words: str) -> set[int]:
    query = QueryDict(mutable=True)
    query.update(words)
    return set(narrowed(company, query, DAY)[1].values_list("sale", flat=True))


def test_the_list_is_narrowed_by_state(company: Any, stranger: Any) -> None:
    """Each entry of the menu, with the day of „overdue" itself still in time; what KSeF is processing has been sent."""

    def row(state: str, **fields: Any) -> int:
        made = services.issue(company, document(company.nip))
        Invoice.objects.filter(pk=made.pk).update(**{"state": state, **fields})
        return made.pk

    late, in_time = DAY - dt.timedelta(1), DAY
    draft = services.save_draft(company, document(company.nip)).pk
    moving = {row(state) for state in ("queued", "sending", "processing")}
    overdue = {row(state, due_date=late) for state in ("waiting", "queued", "sending")}
    moving.add(row("processing", due_date=late))
    waiting = row("waiting", due_date=in_time)
    held = row("issued")
    accepted, rejected = row("accepted", due_date=late), row("rejected", due_date=late)
    company.environment = "TEST"
    services.issue(company, document(company.nip))
    company.environment = "EMULATOR"
    foreign = stranger.companies.get()
    services.issue(foreign, document(foreign.nip))
    ours = {draft, *moving, *overdue, waiting, held, accepted, rejected}
    assert shown(company) == shown(company, stan="nonsense") == ours
    late_and_waiting = set(
        Invoice.objects.filter(pk__in=overdue, state="waiting").values_list("pk", flat=True)
    )
    for key, expected in (
        ("draft", {draft}),
        ("moving", moving | (overdue - late_and_waiting)),
        ("waiting", {waiting} | late_and_waiting),
        ("overdue", overdue),
        ("held", {held}),
        ("accepted", {accepted}),
        ("rejected", {rejected}),
    ):
        assert shown(company, stan=key) == expected, key


def test_the_list_is_narrowed_by_words_and_days(company: Any) -> None:
    nip = new_nip()
    made = services.issue(company, document(company.nip, nip, number="FV/1/żółw", issued=DAY))
    other = services.issue(
        company, document(company.nip, number="FV/2", issued=DAY + dt.timedelta(1), **{"Kupiec": "Inny"})
    )
    number = "5265877635-20261123-0123456789AB-C1"
    IndexEntry.objects.filter(pk=made.entry_id).update(ksef_number=number)
    for text in (
        "fv/1/ŻÓŁW",
        "kupiec „świt”",
        nip,
        f"PL {nip[:3]}-{nip[3:]}",
        number,
        number.lower(),
        " FV/1 ",
    ):
        assert shown(company, q=text) == {made.pk}, text
    for text in ("nic takiego", new_nip(), number[:-1] + "2"):
        assert shown(company, q=text) == set(), text
    assert shown(company, q=" ") == {made.pk, other.pk}
    assert shown(company, od="2026-11-23") == shown(company, do="2026-11-24") == {made.pk, other.pk}
    assert shown(company, od="2026-11-24") == {other.pk}
    assert shown(company, do="2026-11-23") == {made.pk}
    assert shown(company, od="2026-11-23", q="Inny") == {other.pk}
