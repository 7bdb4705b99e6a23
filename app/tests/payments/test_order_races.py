"""Two people at the same purchases and orders of transfers: two real sessions on SQLite and on PostgreSQL.

``LICZYDLO_RACE_ROUNDS`` says how often each pair meets.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from liczydlo.payments.models import BankAccount, OrderState, Transfer, TransferItem, TransferOrder
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.states import Payment

from app.tests.payments.ordering import account, address, filled, invoice, prepare
from app.tests.sales.test_races import ROUNDS, posted_at_once, two

__all__ = ["account", "two"]
pytestmark = pytest.mark.django_db(transaction=True)
Post = tuple[str, dict[str, Any]]


@pytest.fixture(autouse=True)
def own_sessions(company: Any, account: BankAccount) -> None:
    """What the fixtures wrote is there for other sessions."""
    connection.close()


def posts(company: Any, order: TransferOrder, rows: list[ReceivedInvoice]) -> dict[str, Post]:
    """What the page of an order can send."""
    seen = {"seen": [f"{row.pk}:0" for row in rows]}
    return {
        "download": (address("download", company, order.pk), {}),
        "paid": (address("mark_paid", company, order.pk), seen),
        "cancel": (address("cancel", company, order.pk), {}),
    }


def check_whole(order: TransferOrder, rows: list[ReceivedInvoice]) -> None:
    """Paid with every purchase, cancelled with none, or open; a purchase is in one open order at most."""
    order.refresh_from_db()
    payments = set(
        ReceivedInvoice.objects.filter(pk__in=[row.pk for row in rows]).values_list("payment", flat=True)
    )
    assert payments == {Payment.PAID if order.state == OrderState.PAID else Payment.DUE}
    is_open = TransferItem.objects.filter(transfer__order=order, is_open=True).count()
    assert is_open == (len(rows) if order.is_open else 0)
    assert bool(order.content) or order.state != OrderState.DOWNLOADED


@pytest.mark.parametrize(
    "pair",
    [
        ("paid", "cancel"),
        ("cancel", "paid"),
        ("cancel", "download"),
        ("download", "paid"),
        ("paid", "paid"),
        ("cancel", "cancel"),
    ],
    ids=" and ".join,
)
def test_an_order_ends_once_with_all_its_purchases(
    two: list[Client], company: Any, pair: tuple[str, str]
) -> None:
    for number in range(ROUNDS):
        rows = [invoice(company, f"{number}/{name}") for name in "AB"]
        prepare(two[0], company, *rows)
        order = TransferOrder.objects.latest("pk")
        choice = posts(company, order, rows)
        answers = posted_at_once(two, *(choice[name] for name in pair))
        check_whole(order, rows)
        if "download" not in pair:
            assert not order.is_open
        elif pair == ("cancel", "download") and order.content:
            assert order.state == OrderState.CANCELLED
            assert answers[1].content == bytes(order.content), "the file was taken before"


def test_two_orders_at_once_share_no_purchase(two: list[Client], company: Any) -> None:
    for number in range(ROUNDS):
        rows = [invoice(company, f"{number}/{name}") for name in "ABC"]
        url = address("prepare", company)
        chosen = (rows[:2], rows[1:])
        pages = [filled(two[0].get(url, {"id": [row.pk for row in some]})) for some in chosen]
        answers = posted_at_once(two, *((url, fields) for fields in pages))
        assert sorted(answer.status_code for answer in answers) == [302, 400]
        assert TransferItem.objects.filter(purchase__in=rows, is_open=True).count() == 2


def test_an_order_is_marked_paid_while_another_is_prepared_of_the_same(
    two: list[Client], company: Any
) -> None:
    for number in range(ROUNDS):
        rows = [invoice(company, f"{number}/{name}") for name in "ABCDEF"]
        fields = filled(two[0].get(address("prepare", company), {"id": [row.pk for row in rows]}))
        prepare(two[0], company, *rows)
        order = TransferOrder.objects.latest("pk")
        for back, transfer in enumerate(
            order.transfers.order_by("-position")
        ):  # paid from the last to the first
            Transfer.objects.filter(pk=transfer.pk).update(position=100 + back)
        paid = posts(company, order, rows)["paid"]
        posted_at_once(two, paid, (address("prepare", company), fields))
        check_whole(order, rows)
        assert order.state == OrderState.PAID and TransferOrder.objects.latest("pk") == order
