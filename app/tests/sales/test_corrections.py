"""Corrections of our own invoices: what each comes to, and which draft starts from which state."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone
from liczydlo.fa3.corrections import between, zeroed
from liczydlo.fa3.draft import Correction, InvoiceDraft
from liczydlo.purchases import services as purchases
from liczydlo.sales import corrections, numbering, services
from liczydlo.sales.models import Invoice
from liczydlo.sales.models.links import CorrectionLink
from liczydlo.web import times

from app.tests.purchases.test_synchronising import sell
from app.tests.sales.test_order import NUMBER, accept, corrects, fresh, go_on, issue, original, refuse
from app.tests.sales.test_sending import settled
from app.tests.sales.world import Worker, document

pytestmark = pytest.mark.django_db


def meant(first: Invoice, number: str, *, quantity: int | None = None) -> InvoiceDraft:
    """A correction of the first line's quantity, or of everything to zero."""
    now = corrections.standing_of(first)
    right = zeroed(now)
    if quantity is not None:
        line, *others = now.lines
        right = replace(now.draft, lines=(replace(line, quantity=Decimal(quantity)), *others))
    said = Correction(originals=(corrections.original_of(first),), reason="Zwrot", effect=2)
    return between(now, right, said, number=number, issue_date=times.today())


def drafted(company: Any, first: Invoice, number: str, **how: Any) -> Invoice:
    return services.save_draft(company, meant(first, number, **how))


def issued(company: Any, row: Invoice) -> Invoice:
    return issue(company, services.draft_of(row).content, draft=row)


def test_what_an_invoice_comes_to_after_its_corrections(company: Any) -> None:
    first = original(company)
    accept(first)
    row = drafted(company, fresh(first), "KOR/1", quantity=1)
    own = corrections.of(first)
    assert ([one.pk for one in own.open], own.total) == ([row.pk], Decimal("177.00"))
    assert issued(company, row).state == "queued"
    own = corrections.of(first)
    assert ([one.pk for one in own.counted], own.open, own.total) == ([row.pk], [], Decimal("115.50"))
    later = issued(company, drafted(company, fresh(first), "KOR/2"))
    assert later.entry.gross == Decimal("-115.50")
    assert corrections.of(first).total == 0
    assert corrections.root(later) == first
    refuse(later)
    assert corrections.of(first).total == Decimal("115.50")


def test_a_correction_of_a_correction_counts_for_the_first_invoice(company: Any) -> None:
    first = original(company)
    second = issue(company, corrects(company, "FV/1", number="FK/1"))
    third = services.save_draft(company, corrects(company, "FK/1", number="FK/2"))
    assert {one.pk for one in corrections.originals(third)} == {first.pk, second.pk}
    assert corrections.root(third) == first
    assert [one.pk for one in corrections.of(first).open] == [second.pk, third.pk]


def test_of_many_invoices_the_amounts_are_not_told_apart(company: Any) -> None:
    first, other = original(company, "FV/1"), original(company, "FV/2")
    for one, number in ((first, NUMBER), (other, NUMBER[:-15] + "ABCDEF012345-C1")):
        accept(one, number)
    row = issue(company, corrects(company, "FV/1", "FV/2", number="R/1"))
    for one in (first, other):
        own = corrections.of(one)
        assert ([each.pk for each in own.collective], own.counted, own.total) == (
            [row.pk],
            [],
            Decimal("177.00"),
        )


def test_two_people_correct_one_invoice(company: Any) -> None:
    """Both may prepare one; the second is pointed at the first, and is not issued from a state that is past."""
    first = original(company)
    accept(first)
    mine = drafted(company, fresh(first), "KOR/1", quantity=1)
    theirs = drafted(company, fresh(first), "KOR/2")
    checked = services.check(company, services.draft_of(theirs).content)
    (warning,) = corrections.warnings(checked, draft=theirs)
    assert warning.code == "correction-open" and "KOR/1" in str(warning)
    issued(company, mine)
    stale = corrections.outdated(theirs, checked.faktura)
    assert stale is not None and stale.code == "correction-outdated"
    with pytest.raises(services.NotIssued) as refused:
        issued(company, theirs)
    assert refused.value.reason.code == "correction-outdated"
    assert (fresh(theirs).state, corrections.of(first).total) == ("draft", Decimal("115.50"))
    services.save_draft(company, meant(fresh(first), "KOR/2"), draft=theirs)
    assert issued(company, theirs).entry.gross == Decimal("-115.50")


def test_a_ready_file_is_its_issuers_matter(company: Any) -> None:
    first = original(company)
    accept(first)
    ready = drafted(company, fresh(first), "KOR/2")
    xml = services.draft_of(ready).content
    services.delete_draft(ready)
    issued(company, drafted(company, fresh(first), "KOR/1", quantity=1))
    row = services.save_draft(company, xml)
    checked = services.check(company, xml)
    assert corrections.outdated(row, checked.faktura) is not None
    assert issued(company, row).state == "queued"


def test_a_correction_of_an_unsent_invoice_waits_and_the_next_one_of_an_old_state_comes_back(
    company: Any,
) -> None:
    first = original(company)
    one, other = drafted(company, first, "KOR/1", quantity=1), drafted(company, first, "KOR/2")
    assert (issued(company, one).state, issued(company, other).state) == ("awaiting", "awaiting")
    accept(first)
    go_on(company)
    assert (fresh(one).state, fresh(other).state) == ("queued", "draft")
    reason = fresh(other).reason
    assert reason is not None and "wystawiono inną jej korektę" in str(reason)
    assert fresh(one).entry.xml.count(NUMBER.encode()) == 1


def test_through_ksef_a_correction_to_zero_is_accepted(connected: Any, sender: Worker) -> None:
    first = original(connected)
    sender.until(connected, lambda: settled(first))
    row = issued(connected, drafted(connected, fresh(first), "KOR/1"))
    sender.until(connected, lambda: settled(row))
    assert (fresh(row).state, corrections.of(first).total) == ("accepted", Decimal("0.00"))
    assert fresh(first).entry.ksef_number.encode() in fresh(row).entry.xml


def test_what_can_be_corrected(company: Any) -> None:
    first = original(company)
    assert corrections.can_be_corrected(fresh(first))
    draft = services.save_draft(company, document(company.nip, number="FV/2"))
    correction = issued(company, drafted(company, first, "KOR/1"))
    lost = original(company, "FV/3")
    refuse(lost)
    for one in (draft, correction, lost):
        assert not corrections.can_be_corrected(fresh(one))
    company.environment = "TEST"
    company.save()
    assert not corrections.can_be_corrected(fresh(first))


def test_a_deleted_draft_leaves_nothing_behind(company: Any) -> None:
    first = original(company)
    services.delete_draft(drafted(company, first, "KOR/1"))
    assert not CorrectionLink.objects.exists() and not corrections.of(first)


def test_corrections_of_an_older_program_are_tied_to_their_originals(company: Any) -> None:
    first, other = original(company, "FV/1"), original(company, "FV/2")
    accept(first)
    rows = [
        issue(company, corrects(company, "FV/1", number="FK/1")),
        services.save_draft(company, corrects(company, "FK/1", number="FK/2")),
        issue(company, corrects(company, "FV/1", "FV/2", number="FK/3")),
    ]
    links = list(
        CorrectionLink.objects.values_list("correction", "original", "collective").order_by(
            "correction", "original"
        )
    )
    assert {row for row, _, _ in links} == {row.pk for row in rows} and (rows[2].pk, other.pk, True) in links
    CorrectionLink.objects.all().delete()
    import_module("liczydlo.sales.migrations.0021_corrections").link(apps, None)
    again = CorrectionLink.objects.values_list("correction", "original", "collective")
    assert list(again.order_by("correction", "original")) == links


def test_another_firms_invoice_of_the_same_number_is_not_the_original(company: Any, stranger: Any) -> None:
    other = stranger.companies.get()
    issue(other, document(other.nip, number="FV/1"))
    row = services.save_draft(company, corrects(company, "FV/1"))
    assert corrections.originals(row) == []


def test_numbers_of_corrections_are_a_series_of_their_own(company: Any) -> None:
    today = timezone.localdate()
    assert numbering.propose(company, today, numbering.CORRECTIONS) == f"KOR/{today:%Y/%m}/001"
    numbering.note(company, f"KOR/{today:%Y/%m}/007", today)
    assert numbering.propose(company, today, numbering.CORRECTIONS) == f"KOR/{today:%Y/%m}/008"
    assert numbering.propose(company, today) == f"FV/{today:%Y/%m}/001"


def test_a_correction_that_another_program_sent_counts(connected: Any, sender: Worker) -> None:
    first = original(connected)
    sender.until(connected, lambda: settled(first))
    elsewhere = drafted(connected, fresh(first), "OBCA/1")
    xml = services.draft_of(elsewhere).content
    services.delete_draft(elsewhere)
    sell(connected, connected, documents=[xml])
    purchases.synchronise(connected)
    (row,) = Invoice.objects.exclude(pk=first.pk)
    assert row.issued_elsewhere
    own = corrections.of(first)
    assert ([one.pk for one in own.counted], own.total) == ([row.pk], Decimal("0.00"))


def test_a_technical_correction_takes_over_what_corrects_the_refused_invoice(company: Any) -> None:
    first = original(company)
    row = issued(company, drafted(company, first, "KOR/1"))
    again = original(company, "FV/9")
    corrections.take_over(first, again)
    assert [one.pk for one in corrections.of(again).open] == [row.pk] and not corrections.of(first)
