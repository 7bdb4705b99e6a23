"""What stands in the way of paying a purchase, and what a person should know before; nothing is stored."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from liczydlo.documents.models import IndexEntry
from liczydlo.payments.models import TransferOrder
from liczydlo.payments.transfers.payees import Account, Payee, account
from liczydlo.payments.transfers.proposals import Proposal
from liczydlo.purchases.models import ReceivedInvoice

pytestmark = pytest.mark.pure
GOOD = account("61109010140000071219812874")
BAD = account("61109010140000071219812875")


def proposal(
    *accounts: Account, left: str = "177", order: TransferOrder | None = None, **columns: Any
) -> Proposal:
    """Of an invoice that can be paid to an account that is right, but for what is said otherwise."""
    entry = IndexEntry(
        ksef_number=columns.pop("ksef_number", "K-1"),
        kind=columns.pop("kind", "VAT"),
        currency=columns.pop("currency", "PLN"),
        gross=Decimal(177),
    )
    in_cash = columns.pop("in_cash", False)
    values = {"payment": "due", "state": "new", "role": "Subject2", "payable": Decimal(177), **columns}
    purchase = ReceivedInvoice(
        entry=entry, mode="Online", open_warnings=values.pop("open_warnings", 0), **values
    )
    purchase.left = Decimal(left)
    payee = Payee(accounts=accounts or (GOOD,), in_cash=in_cash)
    return Proposal(purchase=purchase, payee=payee, order=order, currencies=frozenset({"PLN"}))


def nowhere(left: str) -> list[str]:
    result = proposal(left=left)
    return Proposal(purchase=result.purchase, payee=Payee(), currencies=result.currencies).obstacles


def test_nothing_stands_in_the_way_of_an_ordinary_one() -> None:
    result = proposal()
    assert (result.obstacles, result.is_stopped, result.hints, result.account) == ([], False, [], GOOD)


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"order": TransferOrder()}, "ordered"),
        ({"payment": "paid"}, "paid"),
        ({"reported_at": timezone.now()}, "reported"),
        ({"state": "hidden"}, "hidden"),
        ({"left": "0"}, "nothing"),
        ({"currency": "EUR"}, "currency"),
    ],
)
def test_what_stops_it_whatever_a_person_types(columns: dict[str, Any], code: str) -> None:
    result = proposal(**columns)
    assert (result.obstacles, result.is_stopped) == ([code], True)


@pytest.mark.parametrize("left", ["177", "0.50"])
def test_an_account_is_needed_and_can_be_typed(left: str) -> None:
    assert nowhere(left) == ["no-account"]
    result = proposal(BAD, left=left)
    assert (result.obstacles, result.is_stopped, result.account) == (["bad-account"], False, None)


def test_where_nothing_is_due_the_account_is_of_no_interest() -> None:
    assert nowhere("0") == proposal(BAD, left="0").obstacles == ["nothing"]


@pytest.mark.parametrize("left", ["-177", "-0.50"])
def test_a_correction_that_lowers_needs_none(left: str) -> None:
    assert nowhere(left) == []
    assert proposal(BAD, left=left).obstacles == []


@pytest.mark.parametrize(
    ("accounts", "columns", "hint"),
    [
        ((GOOD,), {"open_warnings": 1}, "warnings"),
        ((GOOD,), {"kind": "ZAL"}, "advance"),
        ((GOOD,), {"kind": "KOR_ZAL"}, "advance"),
        ((GOOD,), {"in_cash": True}, "cash"),
        ((account(GOOD.number, is_factor=True),), {}, "factor"),
        ((GOOD, account("10105000997603123456789123")), {}, "several"),
        ((GOOD, BAD), {}, "bad-one"),
        ((GOOD,), {"payable": Decimal("176.99")}, "other-amount"),
        ((GOOD,), {"role": "Subject3"}, "not-buyer"),
    ],
)
def test_what_is_worth_knowing(accounts: tuple[Account, ...], columns: dict[str, Any], hint: str) -> None:
    result = proposal(*accounts, **columns)
    assert (result.hints, result.obstacles, result.account) == ([hint], [], accounts[0])


def test_the_first_account_that_can_be_right_is_proposed() -> None:
    result = proposal(BAD, GOOD)
    assert (result.account, result.hints, result.obstacles) == (GOOD, ["bad-one"], [])


def test_a_cost_that_was_typed_has_no_role_to_warn_of() -> None:
    assert proposal(role="", ksef_number="").hints == []
