"""What is proposed for lines, what people confirm of it, and taking it back."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from liczydlo.connection.models import RemoteChange
from liczydlo.fa3.identifiers import crc8
from liczydlo.payments.models import (
    PaymentEvent,
    Settlement,
    StatementLine,
    Transfer,
    TransferItem,
    TransferOrder,
)
from liczydlo.payments.statements import matching, proposals
from liczydlo.payments.statements.matching import Choice, DoesNotFit
from liczydlo.payments.statements.proposals import Proposal, Reason
from liczydlo.purchases import lifecycle
from liczydlo.purchases.lifecycle import ChangedMeanwhile
from liczydlo.purchases.models import Event, ReceivedInvoice
from liczydlo.purchases.states import Payment
from liczydlo.purchases.warnings.models import Seller, SellerAccount
from liczydlo.web import times

from app.tests.payments.statements.files import DAY, OTHER_ACCOUNT, line
from app.tests.payments.statements.test_execution import ordered
from app.tests.payments.statements.world import SELLER, account_of, lines_of, purchase, sale
from app.tests.sessions import at_once

pytestmark = pytest.mark.django_db


def proposed(company: Any, row: StatementLine) -> list[Proposal]:
    return proposals.of(company, "PLN", [row]).get(row.pk, [])


def shown(found: list[Proposal]) -> list[tuple[list[str], str, bool]]:
    return [([part.invoice.number for part in one.parts], str(one.reason), one.is_certain) for one in found]


def paid(invoice: ReceivedInvoice) -> tuple[str, Decimal | None, dt.date | None]:
    invoice.refresh_from_db()
    return invoice.payment, invoice.paid_amount, invoice.paid_on


def test_a_ksef_number_with_the_exact_amount_is_certain(company: Any, owner: Any) -> None:
    invoice = purchase(company, number="D/7")
    (row,) = lines_of(company, owner, line("-177.00", f"za {invoice.entry.ksef_number}"))
    found = proposed(company, row)
    assert shown(found) == [(["D/7"], "ksef-number", True)]
    matching.confirm(row, matching.choices(found[0]), reason=found[0].reason, by=owner)
    assert paid(invoice) == (Payment.PAID, None, DAY)
    row.refresh_from_db()
    assert (row.left, row.is_open, row.chip) == (0, False, "line-matched")
    assert Event.objects.get(invoice=invoice).by == owner
    said = PaymentEvent.objects.get()
    assert (said.line, said.entry, said.by) == (row, invoice.entry, owner)
    assert said.details == {"amount": "177.00", "reason": "ksef-number", "number": "D/7"}
    assert proposed(company, row) == []


@pytest.mark.parametrize(
    ("amount", "payment", "part", "left"),
    [("-77.00", Payment.PART, Decimal(77), Decimal(0)), ("-200.00", Payment.PAID, None, Decimal(-23))],
)
def test_a_part_and_too_much_are_doubtful(
    company: Any, owner: Any, amount: str, payment: str, part: Decimal | None, left: Decimal
) -> None:
    invoice = purchase(company)
    (row,) = lines_of(company, owner, line(amount, invoice.entry.ksef_number))
    (found,) = proposed(company, row)
    assert (found.reason, found.is_certain, found.remainder) == (Reason.KSEF_NUMBER, False, left)
    assert proposals.certain(company, "PLN", [row]) == []
    matching.confirm(row, matching.choices(found), reason=found.reason, by=owner)
    assert paid(invoice) == (payment, part, DAY)
    row.refresh_from_db()
    assert row.left == left


def test_two_parts_make_the_whole_and_each_is_taken_back(company: Any, owner: Any) -> None:
    invoice = purchase(company)
    number = invoice.entry.ksef_number
    for row in lines_of(company, owner, line("-77.00", number), line("-100.00", number)):
        (found,) = proposed(company, row)
        matching.confirm(row, matching.choices(found), reason=found.reason, by=owner)
    assert paid(invoice) == (Payment.PAID, None, DAY)
    first, second = Settlement.objects.order_by("pk")
    matching.undo(first, by=owner)
    assert paid(invoice) == (Payment.PART, Decimal(100), DAY)
    matching.undo(second, by=owner)
    assert paid(invoice) == (Payment.DUE, None, None)
    assert not Settlement.objects.exists()
    assert not StatementLine.objects.exclude(matched=0).exists()
    assert list(PaymentEvent.objects.values_list("step", flat=True)) == ["matched"] * 2 + ["undone"] * 2
    with pytest.raises(ChangedMeanwhile):
        matching.undo(first, by=owner)


def test_several_ksef_numbers_that_make_the_amount(company: Any, owner: Any) -> None:
    some = [purchase(company, gross) for gross in ("100.00", "50.00", "-20.00")]
    title = " ".join(one.entry.ksef_number for one in some)
    (row,) = lines_of(company, owner, line("-130.00", title))
    (found,) = proposed(company, row)
    assert found.is_certain
    matching.confirm(row, matching.choices(found), reason=found.reason, by=owner)
    assert {paid(one)[0] for one in some} == {Payment.PAID}


def test_two_lines_that_would_pay_one_invoice_are_in_doubt(company: Any, owner: Any) -> None:
    number = purchase(company).entry.ksef_number
    rows = lines_of(company, owner, line("-177.00", number), line("-177.00", number))
    assert proposals.certain(company, "PLN", rows) == []
    assert [one[0].is_certain for one in proposals.of(company, "PLN", rows).values()] == [False, False]


def test_a_line_that_goes_the_other_way_pays_nothing(company: Any, owner: Any) -> None:
    invoice = purchase(company)
    (row,) = lines_of(company, owner, line("177.00", invoice.entry.ksef_number))
    assert proposed(company, row) == []


def test_a_reversal_is_never_certain(company: Any, owner: Any) -> None:
    invoice = purchase(company)
    (row,) = lines_of(company, owner, line("-177.00", invoice.entry.ksef_number, is_reversal=True))
    assert [one.is_certain for one in proposed(company, row)] == [False]


def test_what_is_paid_already_is_tied_without_another_payment(company: Any, owner: Any) -> None:
    invoice = purchase(company)
    lifecycle.mark_paid(ReceivedInvoice.objects.all(), on=dt.date(2026, 11, 12), by=owner)
    (row,) = lines_of(company, owner, line("-177.00", invoice.entry.ksef_number))
    (found,) = proposed(company, row)
    assert not found.is_certain
    matching.confirm(row, matching.choices(found), reason=found.reason, by=owner)
    assert paid(invoice) == (Payment.PAID, None, dt.date(2026, 11, 12))
    matching.undo(Settlement.objects.get(), by=owner)
    assert paid(invoice) == (Payment.PAID, None, dt.date(2026, 11, 12))


def test_our_own_number_in_any_spelling(company: Any, owner: Any) -> None:
    sale(company, number="FV/12/2026")
    sale(company, number="FV/112/2026")
    (row,) = lines_of(company, owner, line("177.00", "zaplata fv 12-2026"))
    assert shown(proposed(company, row))[0] == (["FV/12/2026"], "number", False)


def test_a_known_account_comes_before_a_nip(company: Any, owner: Any) -> None:
    first, second = purchase(company, "50.00", number="A/1"), purchase(company, "60.00", number="A/2")
    rows = lines_of(
        company,
        owner,
        line("-50.00", "abonament", party_account=OTHER_ACCOUNT),
        line("-60.00", "abonament", party_account=OTHER_ACCOUNT),
        line("-60.00", f"abonament NIP {SELLER}"),
    )
    assert [str(proposed(company, row)[0].reason) for row in rows] == ["amount", "amount", "nip"]
    matching.confirm(rows[0], matching.choices(proposed(company, rows[0])[0]), reason="amount", by=owner)
    assert shown(proposed(company, rows[1])) == [(["A/2"], "account", False)]
    assert paid(first)[0] == Payment.PAID and paid(second)[0] == Payment.DUE


def test_an_account_that_invoices_name(company: Any, owner: Any) -> None:
    purchase(company, number="A/1")
    seller = Seller.objects.create(company=company, environment=company.environment, nip=SELLER)
    account = SellerAccount.objects.create(
        company=company, seller=seller, number=OTHER_ACCOUNT[2:], since=times.now()
    )
    (row,) = lines_of(company, owner, line("-177.00", "abonament", party_account=OTHER_ACCOUNT))
    assert shown(proposed(company, row)) == [(["A/1"], "account", False)]
    SellerAccount.objects.filter(pk=account.pk).update(doubted=True)
    assert shown(proposed(company, row)) == [(["A/1"], "amount", False)]


def test_a_transfer_of_an_open_order(company: Any, owner: Any) -> None:
    some = [purchase(company, gross, number=f"Z/{gross}") for gross in ("100.00", "-20.00")]
    order = TransferOrder.objects.create(
        company=company,
        environment=company.environment,
        account=account_of(company),
        day=DAY,
        message_id="M1",
    )
    transfer = Transfer.objects.create(
        company=company, order=order, position=1, reference="R1", amount=80, iban=OTHER_ACCOUNT
    )
    for one in some:
        TransferItem.objects.create(
            company=company, transfer=transfer, purchase=one, amount=one.entry.gross, is_whole=True
        )
    (row,) = lines_of(company, owner, line("-80.00", "przelew", party_account=OTHER_ACCOUNT))
    found = proposed(company, row)
    assert shown(found)[0] == (["Z/100.00", "Z/-20.00"], "order", False)
    matching.confirm(row, matching.choices(found[0]), reason=found[0].reason, by=owner)
    assert {paid(one)[0] for one in some} == {Payment.PAID}


def test_a_sum_of_some_of_a_partys_invoices(company: Any, owner: Any) -> None:
    for gross in ("10.00", "20.00", "40.00"):
        purchase(company, gross, number=f"S/{gross}")
    (row,) = lines_of(company, owner, line("-50.00", f"NIP {SELLER}"))
    assert shown(proposed(company, row)) == [(["S/10.00", "S/40.00"], "sum", False)]


def test_a_name_and_an_amount(company: Any, owner: Any) -> None:
    sale(company, number="FV/1")
    sale(company, number="FV/2", buyer_name="Ktoś inny sp. j.")
    (row,) = lines_of(company, owner, line("177.00", "przelew", party_name="KUPIEC SWIT"))
    assert shown(proposed(company, row)) == [(["FV/1"], "name", False)]


def test_an_amount_alone_is_proposed_only_where_one_invoice_has_it(company: Any, owner: Any) -> None:
    sale(company)
    (row,) = lines_of(company, owner, line("177.00", "przelew"))
    assert [one.reason for one in proposed(company, row)] == [Reason.AMOUNT]
    sale(company)
    assert proposed(company, row) == []


def test_another_currency_and_another_firm_are_never_proposed(
    company: Any, owner: Any, stranger: Any
) -> None:
    euros = purchase(company, currency="EUR")
    theirs = purchase(stranger.companies.get())
    title = f"{euros.entry.ksef_number} {theirs.entry.ksef_number}"
    (row,) = lines_of(company, owner, line("-177.00", title))
    assert proposed(company, row) == []
    for entry in (euros.entry_id, theirs.entry_id):
        with pytest.raises(DoesNotFit):
            matching.confirm(
                row, [Choice(entry=entry, amount=Decimal(177), last_seen_event=0)], reason="manual", by=owner
            )
    assert not Settlement.objects.exists()


def test_what_changed_since_it_was_seen_is_not_confirmed(company: Any, owner: Any) -> None:
    invoice = purchase(company)
    (row,) = lines_of(company, owner, line("-177.00", invoice.entry.ksef_number))
    (found,) = proposed(company, row)
    lifecycle.pay(invoice, Payment.PART, amount=Decimal(100), on=DAY, by=owner, last_seen_event=0)
    with pytest.raises(ChangedMeanwhile):
        matching.confirm(row, matching.choices(found), reason=found.reason, by=owner)
    assert not Settlement.objects.exists() and paid(invoice)[:2] == (Payment.PART, Decimal(100))


@pytest.mark.parametrize(
    ("gross", "amount"),
    [("177.00", "0.00"), ("177.00", "-1.00"), ("177.00", "177.01"), ("-177.00", "0.00"), ("-177.00", "1.00")],
)
def test_an_amount_beyond_the_invoice_is_refused(company: Any, owner: Any, gross: str, amount: str) -> None:
    invoice, other = purchase(company, gross), purchase(company)
    (row,) = lines_of(company, owner, line("-500.00"))
    with pytest.raises(DoesNotFit):
        choice = Choice(entry=invoice.entry_id, amount=Decimal(amount), last_seen_event=0)
        good = Choice(entry=other.entry_id, amount=Decimal(177), last_seen_event=0)
        matching.confirm(row, [choice, good], reason="manual", by=owner)
    assert not Settlement.objects.exists() and paid(invoice)[0] == Payment.DUE


def test_more_than_the_line_has_is_refused_by_the_database_too(company: Any, owner: Any) -> None:
    invoice = purchase(company)
    (row,) = lines_of(company, owner, line("-100.00"))
    with pytest.raises(DoesNotFit):
        choice = Choice(entry=invoice.entry_id, amount=Decimal(177), last_seen_event=0)
        matching.confirm(row, [choice], reason="manual", by=owner)
    assert paid(invoice)[0] == Payment.DUE
    with pytest.raises(IntegrityError), transaction.atomic():
        StatementLine.objects.update(matched=Decimal("-100.01"))


def test_a_line_is_set_aside_and_comes_back(company: Any, owner: Any) -> None:
    invoice = purchase(company)
    (row,) = lines_of(company, owner, line("-177.00", invoice.entry.ksef_number))
    matching.set_aside(row, "prowizja banku", by=owner)
    row.refresh_from_db()
    assert (row.aside, row.is_open, proposed(company, row)) == ("prowizja banku", False, [])
    with pytest.raises(ChangedMeanwhile):
        choice = Choice(entry=invoice.entry_id, amount=Decimal(177), last_seen_event=0)
        matching.confirm(row, [choice], reason="manual", by=owner)
    matching.resume(row, by=owner)
    row.refresh_from_db()
    assert row.is_open and proposed(company, row)
    assert list(row.events.values_list("step", flat=True)) == ["aside", "resumed"]


def test_a_matched_line_is_not_set_aside(company: Any, owner: Any) -> None:
    invoice = purchase(company)
    (row,) = lines_of(company, owner, line("-177.00", invoice.entry.ksef_number))
    matching.confirm(row, matching.choices(proposed(company, row)[0]), reason="ksef-number", by=owner)
    with pytest.raises(ChangedMeanwhile):
        matching.set_aside(row, "pomyłka", by=owner)


@pytest.mark.django_db(transaction=True)
def test_two_people_confirm_the_same_line_at_once(company: Any, owner: Any) -> None:
    invoice = purchase(company)
    (row,) = lines_of(company, owner, line("-177.00", invoice.entry.ksef_number))
    chosen = matching.choices(proposed(company, row)[0])
    once = partial(matching.confirm, row, chosen, reason="ksef-number", by=owner)
    answers = at_once(once, once)
    assert sorted(type(one).__name__ for one in answers) in (
        ["ChangedMeanwhile", "NoneType"],
        ["DoesNotFit", "NoneType"],
    )
    assert at_once(Settlement.objects.count, Event.objects.count) == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_two_lines_pay_one_invoice_at_once(company: Any, owner: Any) -> None:
    invoice = purchase(company)
    rows = lines_of(company, owner, line("-177.00", "a"), line("-177.00", "b"))
    chosen = [Choice(entry=invoice.entry_id, amount=Decimal(177), last_seen_event=0)]
    answers = at_once(*(partial(matching.confirm, row, chosen, reason="manual", by=owner) for row in rows))
    assert sum(one is None for one in answers) == 1
    assert at_once(Settlement.objects.count)[0] == 1


def test_a_collective_identifier_pays_what_it_was_made_for(company: Any, owner: Any) -> None:
    some = [purchase(company, gross) for gross in ("177.00", "100.00", "-20.00")]
    bystander = purchase(company, "257.00")
    order = ordered(company, *some)
    start = f"{company.nip}-IZ202611-00000000000A-"
    number = f"{start}{crc8(start[:32].encode()):02X}"
    change = RemoteChange.objects.create(
        company=company,
        environment=company.environment,
        kind="collective",
        key=uuid.uuid4(),
        state="done",
        reference=number,
        began_at=times.now(),
        lease_until=times.now(),
    )
    first = order.transfers.first()
    TransferItem.objects.filter(transfer__order=order).update(transfer=first)
    Transfer.objects.filter(pk=first.pk).update(change=change, amount=Decimal(257))
    spaced = f"{number[:20]} {number[20:]} Faktury"
    (row, part, both) = lines_of(
        company,
        owner,
        line("-257.00", spaced),
        line("-100.00", spaced),
        line("-257.00", f"{spaced} {bystander.entry.ksef_number}"),
    )
    names = [one.entry.number for one in some]
    assert shown(proposed(company, row))[0] == (names, "collective", True)
    assert shown(proposals.certain(company, "PLN", [row])) == [(names, "collective", True)]
    assert not any(one.is_certain for one in proposed(company, part))
    assert not proposals.certain(company, "PLN", [part])
    found = proposed(company, both)
    assert [one.is_certain for one in found if one.reason == Reason.COLLECTIVE] == [False]
    best = proposed(company, row)[0]
    matching.confirm(row, matching.choices(best), reason=best.reason, by=owner)
    assert {paid(one)[0] for one in some} == {Payment.PAID}
    assert paid(bystander)[0] == Payment.DUE
