"""What changed between the page and the click, and what is left of a line when its match is taken back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from liczydlo.payments.models import PaymentEvent, Settlement
from liczydlo.payments.statements import matching, proposals
from liczydlo.payments.statements.matching import Choice
from liczydlo.purchases import lifecycle
from liczydlo.purchases.lifecycle import ChangedMeanwhile
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.states import Payment
from liczydlo.sales.models.receivables import Receivable

from app.tests.payments.statements.files import DAY, line
from app.tests.payments.statements.world import lines_of, purchase, sale

pytestmark = pytest.mark.django_db


def test_of_many_confirmed_at_once_those_that_changed_are_left_and_counted(company: Any, owner: Any) -> None:
    first, second = purchase(company), purchase(company)
    rows = lines_of(company, owner, *(line("-177.00", one.entry.ksef_number) for one in (first, second)))
    certain = proposals.certain(company, "PLN", rows)
    assert [one.line for one in certain] == rows
    lifecycle.pay(first, Payment.PART, amount=Decimal(100), on=DAY, by=owner, last_seen_event=0)
    assert matching.confirm_all(certain, by=owner) == (1, 1)
    assert [one.entry for one in Settlement.objects.all()] == [second.entry]


def test_a_payment_that_was_changed_and_changed_back_is_not_what_was_seen(company: Any, owner: Any) -> None:
    """Paid then and paid now, but on another day and by somebody else's word."""
    invoice = purchase(company)
    everything = ReceivedInvoice.objects.filter(pk=invoice.pk)
    lifecycle.mark_paid(everything, on=dt.date(2026, 11, 12), by=owner)
    (row,) = lines_of(company, owner, line("-177.00", invoice.entry.ksef_number))
    (shown,) = proposals.of(company, "PLN", [row])[row.pk]
    invoice.refresh_from_db()
    seen = lifecycle.last_event(invoice, lifecycle.PAYMENTS)
    lifecycle.pay(invoice, Payment.DUE, amount=None, on=None, by=owner, last_seen_event=seen)
    lifecycle.mark_paid(everything, on=DAY, by=owner)
    with pytest.raises(ChangedMeanwhile):
        matching.confirm(row, matching.choices(shown), reason=shown.reason, by=owner)
    assert not Settlement.objects.exists()


@pytest.mark.parametrize("way", ["-177.00", "177.00"])
def test_a_line_waits_again_for_an_invoice_when_its_match_is_taken_back(
    company: Any, owner: Any, way: str
) -> None:
    """Of money that came in as of money that went out."""
    entry = (purchase(company) if way.startswith("-") else sale(company)).entry
    (row,) = lines_of(company, owner, line(way))
    matching.confirm(
        row, [Choice(entry=entry.pk, amount=Decimal(77), last_seen_event=0)], reason="manual", by=owner
    )
    row.refresh_from_db()
    assert (row.left, row.is_open) == (Decimal(way) - row.matched, True)
    assert abs(row.left) == 100
    matching.undo(Settlement.objects.get(), by=owner)
    row.refresh_from_db()
    assert (row.matched, row.left) == (0, Decimal(way))
    undone = PaymentEvent.objects.get(step="undone")
    assert (undone.line, undone.entry, undone.by) == (row, entry, owner)


def test_less_than_a_zloty_of_a_correction_is_paid_like_any_amount(company: Any, owner: Any) -> None:
    correction = purchase(company, "-0.50")
    for amount, payment, part in (
        ("0.20", Payment.PART, Decimal("-0.20")),
        ("0.30", Payment.PAID, None),
    ):
        (row,) = lines_of(company, owner, line(amount, amount))
        seen = lifecycle.last_event(correction, lifecycle.PAYMENTS)
        chosen = Choice(entry=correction.entry_id, amount=-Decimal(amount), last_seen_event=seen)
        matching.confirm(row, [chosen], reason="manual", by=owner)
        correction.refresh_from_db()
        assert (correction.payment, correction.paid_amount) == (payment, part)
    applied = Settlement.objects.order_by("pk").values_list("applied", flat=True)
    assert list(applied) == [Decimal("-0.20"), Decimal("-0.30")]


def test_what_is_typed_in_is_of_the_one_invoice(company: Any, owner: Any) -> None:
    first, other = sale(company), sale(company)
    matching.say_paid(company, first.entry, Decimal(77), on=DAY, by=owner)
    kept = Settlement.objects.get()
    assert (kept.entry, kept.amount, kept.line) == (first.entry, 77, None)
    assert [Receivable.objects.get(entry=one.entry).left for one in (first, other)] == [100, 177]
