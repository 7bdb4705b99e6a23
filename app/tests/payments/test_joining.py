"""A typed cost that is paid or ordered already becomes the invoice from KSeF with all of it."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from liczydlo.payments.models import PaymentEvent, Settlement, TransferItem
from liczydlo.payments.statements import matching, proposals
from liczydlo.payments.statements.matching import Choice
from liczydlo.purchases import lifecycle
from liczydlo.purchases.doubles import deciding
from liczydlo.purchases.doubles.models import PossibleDouble
from liczydlo.purchases.models import Event, ReceivedInvoice
from liczydlo.purchases.outside import services
from liczydlo.purchases.outside.forms import OutsideForm, values_of
from liczydlo.purchases.outside.services import NotChanged
from liczydlo.purchases.states import Payment, Step

from app.tests.payments.statements.files import DAY, line
from app.tests.payments.statements.test_execution import before_the_line, match, ordered
from app.tests.payments.statements.world import lines_of, purchase
from app.tests.purchases.test_outside import outside
from app.tests.sessions import at_once

__all__ = ["before_the_line"]
pytestmark = pytest.mark.django_db


def pair(company: Any, owner: Any, *, gross: str = "177.00") -> PossibleDouble:
    day = DAY.isoformat()
    typed = {
        "currency": "PLN",
        "net": gross,
        "vat": "0",
        "gross": gross,
        "issue_date": day,
        "received_on": day,
    }
    cost = outside(company, owner, number="DOK/77/2026", payment_due=day, **typed)
    invoice = purchase(company, number="DOK/77/2026")
    made: PossibleDouble = PossibleDouble.objects.create(
        company=company, outside=cost, invoice=invoice, same_number=True
    )
    return made


def now(row: ReceivedInvoice) -> tuple[str, Decimal | None, Decimal]:
    row.refresh_from_db()
    return row.payment, row.paid_amount, row.left


def test_a_line_may_pay_a_typed_cost_and_goes_with_it(company: Any, owner: Any) -> None:
    double = pair(company, owner)
    (one,) = lines_of(company, owner, line("-77.00", "faktura DOK/77/2026"))
    names = {part.invoice.pk for found in proposals.of(company, "PLN", [one])[one.pk] for part in found.parts}
    assert double.outside.entry_id in names
    match(one, double.outside, owner, "77.00")
    invoice = deciding.join(double, by=owner)
    assert not ReceivedInvoice.objects.filter(pk=double.outside_id).exists()
    assert now(invoice) == (Payment.PART, Decimal(77), Decimal(100))
    settlement = Settlement.objects.get()
    assert settlement.entry_id == invoice.entry_id
    assert PaymentEvent.objects.get(step="matched").entry_id == invoice.entry_id
    assert Event.objects.filter(invoice=invoice, step=Step.JOIN).count() == 1
    matching.undo(settlement, by=owner)
    assert now(invoice) == (Payment.DUE, None, Decimal(177))


def test_parts_of_both_make_the_whole(company: Any, owner: Any) -> None:
    double = pair(company, owner)
    first, second = lines_of(company, owner, line("-77.00", "a"), line("-100.00", "b"))
    match(first, double.outside, owner, "77.00")
    match(second, double.invoice, owner, "100.00")
    assert now(deciding.join(double, by=owner)) == (Payment.PAID, None, Decimal(0))


def test_an_order_goes_with_its_cost_and_is_carried_out_by_the_invoices_line(
    company: Any, owner: Any
) -> None:
    double = pair(company, owner)
    order = ordered(company, double.outside)
    invoice = deciding.join(double, by=owner)
    assert TransferItem.objects.get().purchase == invoice
    (one,) = lines_of(company, owner, line("-177.00", invoice.entry.ksef_number))
    match(one, invoice, owner)
    order.refresh_from_db()
    assert (order.state, now(invoice)[0]) == ("paid", Payment.PAID)


@pytest.mark.parametrize("code", ["ordered", "line"])
def test_what_cannot_be_one_stays_two(company: Any, owner: Any, code: str) -> None:
    double = pair(company, owner)
    if code == "ordered":
        ordered(company, double.outside)
        ordered(company, double.invoice)
    else:
        (one,) = lines_of(company, owner, line("-100.00", "a"))
        chosen = [
            Choice(
                entry=row.entry_id,
                amount=Decimal(50),
                last_seen_event=lifecycle.last_event(row, lifecycle.PAYMENTS),
            )
            for row in (double.outside, double.invoice)
        ]
        matching.confirm(one, chosen, reason="manual", by=owner)
    before = list(Settlement.objects.values_list("pk", "entry"))
    with pytest.raises(NotChanged) as refused:
        deciding.join(double, by=owner)
    assert refused.value.code == code and str(services.WHY[refused.value.code])
    assert ReceivedInvoice.objects.count() == 2
    assert list(Settlement.objects.values_list("pk", "entry")) == before


def test_the_amount_of_a_paid_cost_stays(company: Any, owner: Any) -> None:
    cost = pair(company, owner).outside
    ordered(company, cost)

    def edit(**changes: str) -> bool:
        values = {name: value or "" for name, value in values_of(cost).items()} | changes
        form = OutsideForm(values)
        assert form.is_valid(), form.errors
        seen = lifecycle.last_event(cost, services.EDITS)
        return services.edit(cost, form.cleaned_data, by=owner, last_seen_event=seen)

    with pytest.raises(NotChanged, match="paid"):
        edit(net="200", gross="200", vat="0")
    assert now(cost)[2] == Decimal(177)
    assert edit(number="DOK/78/2026")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("side", ["outside", "invoice"])
@pytest.mark.parametrize("turn", range(4))
def test_a_line_that_is_matched_at_the_moment_of_joining_pays_once(
    company: Any, owner: Any, side: str, turn: int
) -> None:
    """Two people join and a third matches a line to either of the two: one join, and the payment of one match."""
    double = pair(company, owner)
    (one,) = lines_of(company, owner, line("-77.00", f"wyciąg {turn}"))
    joins = [partial(deciding.join, double, by=owner)] * 2
    outcomes = at_once(*joins, partial(match, one, getattr(double, side), owner, "77.00"))
    first, matched = outcomes[:2], outcomes[2]
    assert {type(found) for found in first} == {ReceivedInvoice, deciding.Decided}, outcomes
    refused = isinstance(matched, lifecycle.ChangedMeanwhile | matching.DoesNotFit)
    assert matched is None or refused, outcomes

    def check() -> None:
        invoice = ReceivedInvoice.objects.get()
        assert invoice.pk == double.invoice_id
        settled = [(found.entry_id, found.amount) for found in Settlement.objects.all()]
        assert settled == ([(invoice.entry_id, Decimal(77))] if matched is None else [])
        assert invoice.left == Decimal(177) - sum(amount for _, amount in settled)

    assert at_once(check) == [None]
