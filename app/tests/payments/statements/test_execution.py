"""A matched line of a statement carries out its order; taking the match back opens the order again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from liczydlo.payments.models import (
    OrderState,
    PaymentEvent,
    Settlement,
    StatementLine,
    Transfer,
    TransferItem,
    TransferOrder,
)
from liczydlo.payments.statements import matching
from liczydlo.payments.statements.matching import Choice
from liczydlo.payments.transfers import orders
from liczydlo.purchases import lifecycle
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.states import Payment
from liczydlo.web import times

from app.tests.payments.statements.files import DAY, line
from app.tests.payments.statements.world import account_of, lines_of, purchase
from app.tests.purchases.test_pages import text_of
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def before_the_line(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Orders are made on the morning of the day on which the lines are booked."""
    morning = dt.datetime.combine(DAY, dt.time(8), tzinfo=dt.UTC)
    with monkeypatch.context() as patch:
        patch.setattr(times, "now", lambda: morning)
        yield


def ordered(company: Any, *rows: ReceivedInvoice, amount: Decimal | None = None) -> TransferOrder:
    """A downloaded order with a transfer for each purchase."""
    account = account_of(company)
    order: TransferOrder = TransferOrder.objects.create(
        company=company,
        environment=company.environment,
        account=account,
        state=OrderState.DOWNLOADED,
        day=DAY,
        message_id=f"m{TransferOrder.objects.count()}",
        payer_name="Firma",
        payer_town="Łódź",
        iban=account.iban,
        currency="PLN",
        file_format=account.file_format,
        encoding=account.encoding,
        content=b"plik",
        made_at=times.now(),
    )
    for position, row in enumerate(rows, 1):
        transfer = Transfer.objects.create(
            company=company,
            order=order,
            position=position,
            reference=f"{order.message_id}-{position}",
            amount=amount or row.left,
            name="Dostawca",
            town="Łódź",
            country="PL",
            iban=account.iban,
            account_source="document",
            title="t",
        )
        TransferItem.objects.create(
            company=company, transfer=transfer, purchase=row, amount=amount or row.left, is_whole=not amount
        )
    return order


def match(row: StatementLine, invoice: ReceivedInvoice, by: Any, amount: str = "177.00") -> None:
    seen = lifecycle.last_event(invoice, lifecycle.PAYMENTS)
    chosen = Choice(entry=invoice.entry_id, amount=Decimal(amount), last_seen_event=seen)
    matching.confirm(row, [chosen], reason="manual", by=by)


def state(order: TransferOrder) -> tuple[str, list[bool]]:
    order.refresh_from_db()
    items = TransferItem.objects.filter(transfer__order=order).order_by("pk")
    return order.state, list(items.values_list("is_open", flat=True))


def test_an_order_is_paid_once_each_of_its_transfers_stands_in_a_statement(
    ala: Client, company: Any, owner: Any
) -> None:
    first, second = purchase(company), purchase(company)
    order = ordered(company, first, second)
    rows = lines_of(company, owner, line("-177.00", "a"), line("-177.00", "b"))
    match(rows[0], first, owner)
    assert state(order) == (OrderState.DOWNLOADED, [False, True])
    match(rows[1], second, owner)
    assert state(order) == (OrderState.PAID, [False, False])
    text = text_of(ala.get(reverse("payments:order", args=[company.pk, order.pk])))
    assert "Zlecenie zapłacone według wyciągu" in text and "Bank to zapłacił" not in text
    other = ordered(company, purchase(company))
    matching.undo(Settlement.objects.get(entry=second.entry), by=owner)
    assert state(order) == (OrderState.DOWNLOADED, [False, True]), (
        "an order of other invoices is no hindrance"
    )
    assert state(other) == (OrderState.DOWNLOADED, [True])
    second.refresh_from_db()
    assert second.payment == Payment.DUE
    steps = order.events.values_list("step", flat=True)
    assert list(steps) == [PaymentEvent.Step.EXECUTED, PaymentEvent.Step.REOPENED]


def test_a_line_that_pays_of_two_orders_ends_the_one_of_which_nothing_is_left(
    company: Any, owner: Any
) -> None:
    first, second = purchase(company), purchase(company)
    orders = ordered(company, first, purchase(company)), ordered(company, second)
    (row,) = lines_of(company, owner, line("-354.00", "a"))
    chosen = [
        Choice(
            entry=one.entry_id,
            amount=Decimal(177),
            last_seen_event=lifecycle.last_event(one, lifecycle.PAYMENTS),
        )
        for one in (first, second)
    ]
    matching.confirm(row, chosen, reason="manual", by=owner)
    assert [state(one) for one in orders] == [
        (OrderState.DOWNLOADED, [False, True]),
        (OrderState.PAID, [False]),
    ]


def test_a_part_of_an_order_is_not_paid_twice_by_a_persons_word(
    company: Any, owner: Any, ala: Client
) -> None:
    part = purchase(company)
    order = ordered(company, part, purchase(company), amount=Decimal("77.00"))
    (row,) = lines_of(company, owner, line("-77.00", "a"))
    match(row, part, owner, "77.00")
    page = ala.get(reverse("payments:order", args=[company.pk, order.pk]))
    seen = [f"{pk}:{event}" for pk, event in page.context["seen"].items()]
    ala.post(reverse("payments:mark_paid", args=[company.pk, order.pk]), {"seen": seen})
    assert state(order)[0] == OrderState.PAID
    assert set(ReceivedInvoice.objects.values_list("payment", "paid_amount")) == {("part", Decimal(77))}
    matching.undo(Settlement.objects.get(), by=owner)
    assert state(order)[0] == OrderState.PAID, "somebody said that the bank paid it"


@pytest.mark.parametrize("other", ["amount", "before", "cancelled"])
def test_a_line_that_is_not_the_orders_leaves_it(company: Any, owner: Any, other: str) -> None:
    invoice = purchase(company)
    order = ordered(company, invoice)
    if other == "before":
        TransferOrder.objects.update(made_at=times.now() + dt.timedelta(days=1))
    if other == "cancelled":
        TransferOrder.objects.update(state=OrderState.CANCELLED)
        TransferItem.objects.update(is_open=False)
    before = state(order)
    (row,) = lines_of(company, owner, line("-177.00", "a"))
    match(row, invoice, owner, "100.00" if other == "amount" else "177.00")
    matching.undo(Settlement.objects.get(), by=owner)
    assert state(order) == before
    assert not order.events.exists()


def test_what_stands_in_another_order_by_now_stays_there(company: Any, owner: Any) -> None:
    invoice = purchase(company)
    order = ordered(company, invoice)
    (row,) = lines_of(company, owner, line("-177.00", "a"))
    match(row, invoice, owner)
    later = ordered(company, invoice, amount=Decimal(177))
    matching.undo(Settlement.objects.get(), by=owner)
    assert state(order) == (OrderState.PAID, [False])
    assert state(later) == (OrderState.DOWNLOADED, [True])


@pytest.mark.django_db(transaction=True)
def test_a_person_and_a_line_end_an_order_at_once(company: Any, owner: Any) -> None:
    invoice = purchase(company)
    order = ordered(company, invoice)
    (row,) = lines_of(company, owner, line("-177.00", "a"))

    def said() -> None:
        request = type("Request", (), {"user": owner, "META": {}, "headers": {}})()
        orders.mark_paid(order, on=DAY, last_seen_events={invoice.pk: 0}, by=owner, request=request)

    answers = at_once(said, partial(match, row, invoice, owner))
    assert all(one is None or isinstance(one, (int, lifecycle.ChangedMeanwhile)) for one in answers), answers
    assert sum(not isinstance(one, lifecycle.ChangedMeanwhile) for one in answers) >= 1

    def left() -> tuple[str, bool, int]:
        items = TransferItem.objects.filter(is_open=True)
        return TransferOrder.objects.get().state, items.exists(), int(ReceivedInvoice.objects.get().left)

    assert at_once(left) == [(OrderState.PAID, False, 0)]
