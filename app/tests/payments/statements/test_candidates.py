"""Which invoices are compared with a line at all: those that somebody may pay, and whose an account or a name is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Q
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.payments.models import StatementLine, Transfer, TransferItem
from liczydlo.payments.statements import candidates, matching, proposals
from liczydlo.purchases import lifecycle
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.states import Step
from liczydlo.purchases.warnings.models import Seller, SellerAccount
from liczydlo.web import times

from app.tests.payments.statements.files import DAY, OTHER_ACCOUNT, line
from app.tests.payments.statements.test_execution import ordered
from app.tests.payments.statements.world import BUYER, SELLER, lines_of, purchase, sale

pytestmark = pytest.mark.django_db


def named(company: Any, row: StatementLine) -> list[tuple[str, list[str]]]:
    found = proposals.of(company, "PLN", [row]).get(row.pk, [])
    return [(str(one.reason), [part.invoice.number for part in one.parts]) for one in found]


def test_what_nobody_pays_is_no_candidate(company: Any) -> None:
    """A draft, what KSeF rejected, what another environment has, and a VAT RR, which comes back as a purchase; unlike a
    cost that was typed, which has no document either."""
    issued, typed = sale(company), purchase(company, document=None)
    others = [
        sale(company, document=None),
        sale(company, rejected=True),
        sale(company, environment="TEST"),
        sale(company, direction=Direction.SELF_BILLED),
    ]
    entries = [one.entry_id for one in (issued, typed, *others)]
    assert set(candidates.of_entries(company, entries)) == {issued.entry_id, typed.entry_id}


def test_what_is_left_of_a_sale_is_what_is_compared(company: Any, owner: Any) -> None:
    invoice = sale(company)
    matching.say_paid(company, invoice.entry, Decimal(100), on=DAY, by=owner)
    (one,) = candidates.of_entries(company, [invoice.entry_id]).values()
    assert (one.payable, one.unpaid, one.room, one.settled) == (177, 77, 77, 100)


def test_by_hand_only_the_accounts_currency_is_searched(company: Any) -> None:
    mine, _ = sale(company), sale(company, currency="EUR")
    found = candidates.matching(company, Q(buyer_nip=BUYER), "PLN", most=5)
    assert [one.pk for one in found] == [mine.entry_id]


def test_an_order_that_is_ended_proposes_nothing(company: Any, owner: Any) -> None:
    some = [purchase(company, gross, number=f"Z/{gross}") for gross in ("100.00", "50.00")]
    order = ordered(company, *some)
    Transfer.objects.filter(order=order, position=1).update(amount=150)
    TransferItem.objects.update(transfer=order.transfers.get(position=1))
    (row,) = lines_of(company, owner, line("-150.00", "przelew", party_account=order.iban))
    assert ("order", ["Z/100.00", "Z/50.00"]) in named(company, row)
    TransferItem.objects.update(is_open=False)
    assert "order" not in dict(named(company, row))


def test_a_customers_invoices_make_a_sum(company: Any, owner: Any) -> None:
    for gross in ("10.00", "20.00", "40.00"):
        sale(company, gross, number=f"S/{gross}")
    (row,) = lines_of(company, owner, line("50.00", f"NIP {BUYER}"))
    assert named(company, row) == [("sum", ["S/10.00", "S/40.00"])]


def test_a_name_that_is_the_same_is_the_same_party(company: Any, owner: Any) -> None:
    first, _ = sale(company), sale(company, buyer_name="Ktoś inny sp. j.")
    (row,) = lines_of(company, owner, line("177.00", "przelew", party_name="Kupiec „Świt” sp. z o.o."))
    assert named(company, row) == [("name", [first.entry.number])]


def test_one_word_in_common_is_no_name(company: Any, owner: Any) -> None:
    for name in ("Kupiec „Świt” sp. z o.o.", "Ktoś inny"):
        sale(company, buyer_name=name)
    (row,) = lines_of(company, owner, line("177.00", "przelew", party_name="Kupiec"))
    assert named(company, row) == []


@pytest.mark.parametrize("columns", [{"is_factor": True}, {"doubted": True}, {"environment": "TEST"}])
def test_an_account_that_is_not_surely_the_sellers_names_nobody(
    company: Any, owner: Any, columns: dict[str, Any]
) -> None:
    purchase(company, number="A/1")
    environment = columns.pop("environment", company.environment)
    seller = Seller.objects.create(company=company, environment=environment, nip=SELLER)
    SellerAccount.objects.create(
        company=company, seller=seller, number=OTHER_ACCOUNT[2:], since=times.now(), **columns
    )
    (row,) = lines_of(company, owner, line("-177.00", "abonament", party_account=OTHER_ACCOUNT))
    assert named(company, row) == [("amount", ["A/1"])]


def test_what_happened_to_a_purchase_beside_its_payment_stops_no_match(company: Any, owner: Any) -> None:
    invoice = purchase(company)
    assert lifecycle.move_all(ReceivedInvoice.objects.all(), Step.CHECK, by=owner) == 1
    (row,) = lines_of(company, owner, line("-177.00", invoice.entry.ksef_number))
    (best,) = proposals.of(company, "PLN", [row])[row.pk]
    matching.confirm(row, matching.choices(best), reason=best.reason, by=owner)
    row.refresh_from_db()
    assert not row.is_open
    assert IndexEntry.objects.get().settlements.count() == 1
