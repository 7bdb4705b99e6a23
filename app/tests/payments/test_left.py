"""What is left to pay stands in the purchase's row and is right whatever was done with its payment."""

from __future__ import annotations

import random
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from liczydlo.documents import facts
from liczydlo.payments.models import OrderState, Settlement, TransferItem, TransferOrder
from liczydlo.payments.statements import matching, proposals
from liczydlo.payments.statements.matching import Choice, DoesNotFit
from liczydlo.payments.transfers import proposals as transfers
from liczydlo.purchases import filters, lifecycle
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.outside import services
from liczydlo.purchases.outside.forms import OutsideForm
from liczydlo.purchases.states import Payment
from liczydlo.web import times

from app.tests.payments.ordering import account, address, prepare
from app.tests.payments.statements.files import line
from app.tests.payments.statements.test_execution import ordered
from app.tests.payments.statements.world import SELLER, ksef_number, lines_of, purchase
from app.tests.purchases.test_outside import TYPED, outside
from app.tests.purchases.test_pages import bought
from app.tests.sales.world import document, new_nip

__all__ = ["account"]
pytestmark = pytest.mark.django_db


def recomputed(row: ReceivedInvoice) -> Decimal:
    """From the document or what people typed, and from what is known of the payment."""
    entry = row.entry
    named = facts.of(entry.xml).payable if entry.document else None
    whole = entry.gross if named is None else named
    return Decimal(0) if row.payment == Payment.PAID else whole - (row.paid_amount or Decimal(0))


def right(company: Any) -> None:
    """Each row, the list of what is to pay and the filters of the purchases' list say the same."""
    rows = list(ReceivedInvoice.objects.of(company).select_related("entry__document"))
    left = {row.pk: recomputed(row) for row in rows}
    assert {row.pk: row.left for row in rows} == left
    assert {row.pk for row in transfers.unpaid(company)} == {pk for pk, value in left.items() if value > 0}
    for payment in Payment:
        _form, entries = filters.narrowed(company, QueryDict(f"platnosc={payment}"))
        assert {one.purchase.pk for one in entries} == {row.pk for row in rows if row.payment == payment}


def with_charges(company: Any) -> ReceivedInvoice:
    """An invoice of 177 that asks for 150: 27 are deducted."""
    xml = document(new_nip(), company.nip, number="O/1").decode()
    asked = "<Rozliczenie><SumaOdliczen>27</SumaOdliczen><DoZaplaty>150</DoZaplaty></Rozliczenie></Fa>"
    return bought(company, xml.replace("</Fa>", asked).encode(), number="O/1", ksef_number=ksef_number())


@pytest.mark.parametrize("seed", range(3))
def test_after_any_sequence_it_is_what_a_new_computation_says(
    ala: Client, owner: Any, company: Any, account: Any, seed: int
) -> None:
    chance = random.Random(seed)
    rows = [purchase(company, gross) for gross in ("177.00", "100.10", "-20.30")] + [with_charges(company)]
    rows.append(outside(company, owner, currency="PLN", vat_pln=""))
    lines = lines_of(company, owner, *(line(f"-{amount}.00", "wpłata") for amount in (40, 90, 170, 300)))

    def paid_by_hand(row: ReceivedInvoice) -> None:
        choice = chance.choice(list(Payment))
        part = (row.payable * Decimal(chance.choice(("0.25", "0.5")))).quantize(Decimal("0.01"))
        lifecycle.pay(
            row,
            choice,
            amount=part if choice == Payment.PART else None,
            on=None if choice == Payment.DUE else times.today(),
            by=owner,
            last_seen_event=lifecycle.last_event(row, lifecycle.PAYMENTS),
        )

    def matched(row: ReceivedInvoice) -> None:
        one, seen = chance.choice(lines), lifecycle.last_event(row, lifecycle.PAYMENTS)
        size = min(abs(row.payable), Decimal(chance.choice((15, 40, 90))))
        amount = size if row.payable > 0 else -size
        with suppress(DoesNotFit, lifecycle.ChangedMeanwhile):
            chosen = [Choice(entry=row.entry_id, amount=amount, last_seen_event=seen)]
            matching.confirm(one, chosen, reason="manual", by=owner)

    def undone(_row: ReceivedInvoice) -> None:
        if settlements := list(Settlement.objects.select_related("line")):
            matching.undo(chance.choice(settlements), by=owner)

    def ordered(row: ReceivedInvoice) -> None:
        if row.left > 0 and not row.transfer_items.filter(is_open=True).exists():
            prepare(ala, company, row, **{"__town": "Łódź", "__country": "PL"})

    def ended(_row: ReceivedInvoice) -> None:
        if order := TransferOrder.objects.filter(state=OrderState.PREPARED).first():
            page = ala.get(address("order", company, order.pk))
            seen = [f"{pk}:{event}" for pk, event in page.context["seen"].items()]
            ala.post(address(chance.choice(("mark_paid", "cancel")), company, order.pk), {"seen": seen})

    def edited(_row: ReceivedInvoice) -> None:
        cost = rows[-1]
        gross = chance.choice(("107.00", "214.00", "50.50"))
        changed = {"currency": "PLN", "vat_pln": "", "net": gross, "vat": "0", "gross": gross}
        form = OutsideForm(TYPED | changed)
        assert form.is_valid(), form.errors
        seen = lifecycle.last_event(cost, services.EDITS)
        with suppress(services.NotChanged):
            services.edit(cost, form.cleaned_data, by=owner, last_seen_event=seen)

    steps = (paid_by_hand, matched, matched, undone, ordered, ended, edited)
    for _turn in range(20):
        row = ReceivedInvoice.objects.select_related("entry__document").get(pk=chance.choice(rows).pk)
        chance.choice(steps)(row)
        right(company)


def test_an_amount_that_the_document_asks_for_is_matched_and_is_the_whole(company: Any, owner: Any) -> None:
    row = with_charges(company)
    (one,) = lines_of(company, owner, line("-150.00", row.entry.ksef_number))
    (found,) = proposals.of(company, "PLN", [one])[one.pk]
    assert (found.is_certain, found.remainder) == (True, 0)
    matching.confirm(one, matching.choices(found), reason=found.reason, by=owner)
    row.refresh_from_db()
    assert (row.payment, row.left) == (Payment.PAID, 0)


def test_the_list_walks_an_index_of_what_is_to_pay(company: Any) -> None:
    plan = transfers.unpaid(company).filter(payment_due__isnull=False).order_by("payment_due", "id")
    assert connection.vendor != "sqlite" or "received_due" in plan[:51].explain()
    assert "TEMP B-TREE" not in plan[:51].explain()


def test_corrections_that_can_lower_a_transfer_and_what_is_to_pay(company: Any, stranger: Any) -> None:
    """Of these sellers, in the currency, of the present environment, not settled, hidden or in an open order."""
    free, taken, to_pay = purchase(company, "-10.00"), purchase(company, "-20.00"), purchase(company, "0.50")
    purchase(stranger.companies.get(), "-10.00")
    for gross in ("-30.00", "30.00"):
        purchase(company, gross, environment="TEST")
        for columns in ({"state": "hidden"}, {"payment": Payment.PAID}):
            row = purchase(company, gross)
            ReceivedInvoice.objects.filter(pk=row.pk).update(**columns)
    for elsewhere in ({"currency": "EUR"}, {"seller_nip": new_nip()}, {"seller_nip": ""}):
        purchase(company, "-10.00", **elsewhere)
    ordered(company, taken)
    assert set(transfers.credits_of(company, [SELLER, ""], "PLN")) == {free}
    TransferItem.objects.update(is_open=False)
    assert set(transfers.credits_of(company, [SELLER, ""], "PLN")) == {free, taken}
    assert set(transfers.unpaid(company)) == {to_pay}
