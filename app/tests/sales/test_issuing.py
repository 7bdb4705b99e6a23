"""What may be issued, what is refused with nothing stored, numbers, drafts, states."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from liczydlo.connection.clients import NotConnected
from liczydlo.documents.models import Document, Frozen
from liczydlo.fa3.problems import DocumentError
from liczydlo.jobs.models import Job
from liczydlo.sales import lifecycle, numbering, services, states
from liczydlo.sales.models import Draft, Event, Invoice
from liczydlo.sales.number_patterns import Series
from liczydlo.sales.states import State, Step
from liczydlo.sales.timeline import timeline
from liczydlo.web.reasons import Reason, explain

from app.tests.sales.world import document, new_nip

pytestmark = pytest.mark.django_db

EXAMPLES = Path(__file__).parents[4] / "shared" / "spec" / "examples" / "fa3"


def nothing_is_stored() -> bool:
    tables = (Invoice, Document, Draft, Event, Job, Series)
    return not any(model.objects.exists() for model in tables)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda xml: b"",
        lambda xml: b"%PDF-1.7 nothing",
        lambda xml: xml.decode().encode("utf-16"),
        lambda xml: b"\xef\xbb\xbf" + xml,
        lambda xml: xml.replace(
            b"<Faktura", b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><Faktura", 1
        ),
        lambda xml: xml.replace(b"<P_15>177.00</P_15>", b""),
        lambda xml: xml + b" " * 1_000_001,
    ],
    ids=["empty", "pdf", "utf-16", "bom", "doctype", "no P_15", "too large"],
)
def test_a_document_that_ksef_would_not_take_is_refused_and_nothing_is_stored(
    company: Any, spoil: Any
) -> None:
    with pytest.raises(DocumentError) as refused:
        services.issue(company, spoil(document(company.nip)))
    assert refused.value.problems
    assert all(explain(problem, "pl") and explain(problem, "en") for problem in refused.value.problems)
    assert nothing_is_stored()


def test_a_wrong_sum_is_told_before_anything_is_sent(company: Any) -> None:
    checked = services.check(company, document(company.nip, **{"177.00": "178.00"}))
    assert checked.warnings
    assert not services.check(company, document(company.nip)).warnings


def test_a_date_to_come_is_refused(company: Any) -> None:
    tomorrow = timezone.localdate() + dt.timedelta(1)
    with pytest.raises(DocumentError):
        services.issue(company, document(company.nip, issued=tomorrow))
    assert nothing_is_stored()


def test_a_foreign_seller_is_refused(company: Any) -> None:
    with pytest.raises(services.NotIssued) as refused:
        services.issue(company, document(new_nip()))
    assert refused.value.reason.code == "foreign-seller"
    assert company.nip in str(refused.value.reason)
    assert nothing_is_stored()


def test_a_buyer_may_bill_itself(company: Any) -> None:
    xml = document(new_nip(), company.nip, **{"<P_17>2": "<P_17>1"})
    assert services.issue(company, xml).state == State.QUEUED


def test_offline_needs_the_offline_certificate(company: Any) -> None:
    with pytest.raises(NotConnected) as refused:
        services.issue(company, document(company.nip), mode="offline24")
    assert refused.value.code == "no-offline-certificate"
    assert nothing_is_stored()


def test_what_is_known_by_its_bytes_is_of_the_present_environment(company: Any) -> None:
    xml = document(company.nip, number="FV/9")
    draft = services.save_draft(company, xml)
    checked = services.check(company, xml)
    assert services.holder_of(company, checked) == draft
    company.environment = "TEST"
    assert services.holder_of(company, checked) is None
    issued = services.issue(company, xml)
    assert issued.pk != draft.pk and services.holder_of(company, checked) == issued


def test_the_same_bytes_are_issued_once(company: Any) -> None:
    xml = document(company.nip)
    assert services.issue(company, xml).pk == services.issue(company, xml).pk
    assert Invoice.objects.count() == 1


@pytest.mark.shared
@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the official examples are not here")
def test_an_invoice_with_an_attachment_is_held_back_with_the_reason(company: Any) -> None:
    xml = (EXAMPLES / "przyklad_25.xml").read_bytes().replace(b"9999999999", company.nip.encode())
    invoice = services.issue(company, xml)
    assert (invoice.state, invoice.chip) == (State.ISSUED, "held")
    assert invoice.reason is not None
    assert invoice.reason.code == "attachment-needs-batch"
    assert not Job.objects.exists()


def test_issued_bytes_never_change(company: Any) -> None:
    invoice = services.issue(company, document(company.nip))
    assert invoice.entry.document is not None
    invoice.entry.document.xml = b"other"
    with pytest.raises(Frozen):
        invoice.entry.document.save()


def test_no_invoice_is_saved_as_a_whole_row(company: Any) -> None:
    """What another session has done meanwhile would be written back as it was."""
    for row in (
        services.issue(company, document(company.nip)),
        services.save_draft(company, document(company.nip)),
    ):
        row.state = row.entry.number = "other"
        for save in (row.save, row.entry.save, lambda row=row: row.save(update_fields=["state"])):
            with pytest.raises(Frozen):
                save()


def test_the_issuer_is_warned_of_a_date_that_has_passed(company: Any) -> None:
    today = timezone.localdate()
    late = services.check(company, document(company.nip, issued=today - dt.timedelta(3)))
    assert [one.code for one in services.warnings(late, today=today)] == ["date-past"]


@pytest.mark.parametrize("take", [services.issue, services.save_draft])
@pytest.mark.parametrize("again", [services.issue, services.save_draft])
def test_a_number_is_taken_once(company: Any, take: Any, again: Any) -> None:
    first = take(company, document(company.nip, number="FV/7"))
    with pytest.raises(services.NotIssued) as refused:
        again(company, document(company.nip, number="FV/7", Prosta="Krzywa"))
    assert refused.value.reason.code == "number-used"
    assert "FV/7" in str(refused.value.reason)
    assert list(Invoice.objects.all()) == [first]


def test_the_number_of_a_refused_invoice_is_free_again(company: Any) -> None:
    first = services.issue(company, document(company.nip, number="FV/7"))
    lifecycle.move(first, Step.REJECT, reason=Reason("refused"))
    second = services.issue(company, document(company.nip, number="FV/7", Prosta="Krzywa"))
    assert second.pk != first.pk
    with pytest.raises(services.NotIssued) as refused:  # its number has gone to the other one
        services.send(first)
    assert refused.value.reason.code == "number-used"
    assert Invoice.objects.get(pk=first.pk).state == State.REJECTED


def test_another_kind_or_environment_counts_by_itself(company: Any) -> None:
    services.issue(company, document(company.nip, number="FV/7"))
    services.save_draft(
        company, document(company.nip, number="FV/7", **{"<RodzajFaktury>VAT": "<RodzajFaktury>UPR"})
    )
    type(company).objects.filter(pk=company.pk).update(environment="TEST")
    company.refresh_from_db()
    services.issue(company, document(company.nip, number="FV/7"))
    assert Invoice.objects.count() == 3


def test_a_draft_is_kept_issued_and_gone(company: Any, owner: Any) -> None:
    xml = document(company.nip)
    draft = services.save_draft(company, xml, file_name="faktura.xml")
    assert (draft.state, draft.entry.document) == (State.DRAFT, None)
    issued = services.issue(company, xml, by=owner, draft=draft)
    assert issued.pk == draft.pk
    assert not Draft.objects.exists()
    with pytest.raises(states.NotNow):
        services.delete_draft(issued)


def test_a_draft_is_deleted(company: Any) -> None:
    draft = services.save_draft(company, document(company.nip))
    services.delete_draft(draft)
    assert not Invoice.objects.exists()


def test_the_bytes_of_a_draft_are_issued_in_its_row(company: Any) -> None:
    xml = document(company.nip)
    draft = services.save_draft(company, xml)
    assert services.holder_of(company, services.check(company, xml)) == draft
    assert services.issue(company, xml).pk == draft.pk
    assert Invoice.objects.count() == 1


def test_a_draft_of_bytes_that_were_refused_gives_way_to_the_refused_invoice(company: Any) -> None:
    xml = document(company.nip)
    first = services.issue(company, xml)
    lifecycle.move(first, Step.REJECT, reason=Reason("refused"))
    draft = services.save_draft(company, xml)
    assert services.issue(company, xml, draft=draft).pk == first.pk
    assert list(Invoice.objects.all()) == [first]


def test_only_what_was_seen_is_issued_or_replaced(company: Any) -> None:
    seen = document(company.nip, number="FV/7")
    draft = services.save_draft(company, seen)
    digest = services.draft_of(draft).digest
    services.save_draft(company, document(company.nip, number="FV/8"), draft=draft, seen_digest=digest)
    for attempt in (
        lambda: services.issue(company, seen, draft=draft),
        lambda: services.save_draft(company, seen, draft=draft, seen_digest=digest),
    ):
        with pytest.raises(lifecycle.StaleDraft) as stale:
            attempt()
        assert stale.value.why == "changed"
    row = Invoice.objects.get()
    assert (row.state, row.entry.number) == (State.DRAFT, "FV/8")


def test_what_is_no_draft_any_more_is_neither_issued_changed_nor_deleted(company: Any) -> None:
    """Another tab still shows it as a draft."""
    xml = document(company.nip)
    draft = services.save_draft(company, xml)
    issued = services.issue(company, xml, draft=draft)
    gone = services.save_draft(company, document(company.nip))
    services.delete_draft(gone)
    other = document(company.nip)
    for old, why in ((draft, "issued"), (gone, "deleted")):
        stale_row = Invoice(pk=old.pk or 10**6, company=company, state=State.DRAFT)
        for attempt in (
            lambda row: services.issue(company, other, draft=row),
            lambda row: services.save_draft(company, other, draft=row),
            services.delete_draft,
        ):
            with pytest.raises(lifecycle.StaleDraft) as stale:
                attempt(stale_row)
            assert stale.value.why == why
    row = Invoice.objects.get()
    assert (row.pk, row.state, row.entry.xml) == (issued.pk, State.QUEUED, xml)


def test_numbers_follow_each_other_and_step_over_those_typed_by_hand(company: Any) -> None:
    day = dt.date(2026, 11, 23)
    assert numbering.propose(company, day) == "FV/2026/11/001"
    numbering.note(company, "FV/2026/11/001", day)
    assert numbering.propose(company, day) == "FV/2026/11/002"
    services.save_draft(company, document(company.nip, number="FV/2026/11/002"))
    assert numbering.propose(company, day) == "FV/2026/11/003"
    numbering.note(company, "FV/2026/11/041", day)
    numbering.note(company, "FV/2026/11/007", day)
    numbering.note(company, "moja/1", day)
    assert numbering.propose(company, day) == "FV/2026/11/042"
    assert numbering.propose(company, dt.date(2026, 12, 1)) == "FV/2026/12/001"


def test_two_processes_take_a_step_and_one_wins(company: Any) -> None:
    invoice = services.issue(company, document(company.nip))
    other = Invoice.objects.get(pk=invoice.pk)
    lifecycle.move(invoice, Step.SEND)
    with pytest.raises(states.NotNow):
        lifecycle.move(other, Step.SEND)
    with pytest.raises(states.NotNow):
        lifecycle.move(invoice, Step.ACCEPT)


def test_every_state_is_reached_and_the_diagram_names_it() -> None:
    reached = {State.DRAFT, *states.TRANSITIONS.values()}
    assert reached == set(State)
    drawn = states.diagram()
    assert all(str(state) in drawn for state in State)


def test_failed_tries_in_a_row_are_one_line_of_the_story(company: Any) -> None:
    invoice = services.issue(company, document(company.nip))
    for _ in range(4):
        lifecycle.move(invoice, Step.SEND)
        lifecycle.move(invoice, Step.RETURN, reason=Reason("never-arrived"))
    lifecycle.move(invoice, Step.SEND)
    story = [(entry.label, entry.times) for entry in timeline(invoice)]
    assert [times for _, times in story] == [1, 1, 1, 4, 1]
