"""The life of an order: prepared, downloaded, paid or cancelled; each change conditional on what was there."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from liczydlo.audit.actions import Action
from liczydlo.audit.services import log
from liczydlo.companies.access import CompanyRequest
from liczydlo.companies.models import Company, User
from liczydlo.payments.models import (
    BankAccount,
    FileFormat,
    OrderState,
    Transfer,
    TransferItem,
    TransferOrder,
)
from liczydlo.payments.models.transfers import OPEN
from liczydlo.payments.transfers import addresses, elixir, identifiers, pain
from liczydlo.payments.transfers.addresses import Address
from liczydlo.payments.transfers.order import Order
from liczydlo.payments.transfers.order import Payment as FilePayment
from liczydlo.payments.transfers.payees import Party
from liczydlo.payments.transfers.planning import Planned, Refusal
from liczydlo.payments.transfers.white_list import Check
from liczydlo.purchases import lifecycle
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.states import Payment
from liczydlo.web import times

ENDINGS: Final = {FileFormat.PAIN: ".xml", FileFormat.ELIXIR: ".txt"}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a person wants: ``transfers`` from ``account`` on ``day``."""

    account: BankAccount
    day: dt.date
    with_numbers: bool
    transfers: Sequence[Planned]


def payer(company: Company) -> Party:
    """The firm as banks want it. Raises Refusal where its address has no town."""
    address = addresses.parse("PL", company.line1, company.line2)
    if not address.is_complete:
        raise Refusal("payer")
    return Party(name=company.name, address=address)


def prepare(company: Company, wish: Wish, request: CompanyRequest) -> TransferOrder:
    """Commit an order. Raises Refusal, and then nothing is there."""
    who = payer(company)
    account = wish.account
    key = uuid.uuid4().hex
    try:
        with transaction.atomic():
            _lock(company, wish)
            order = TransferOrder.objects.create(
                company=company,
                environment=company.environment,
                account=account,
                day=wish.day,
                message_id=key,
                payer_name=who.name,
                payer_street=who.address.street,
                payer_postcode=who.address.postcode,
                payer_town=who.address.town,
                iban=account.iban,
                currency=account.currency,
                file_format=account.file_format,
                encoding=account.encoding,
                with_numbers=wish.with_numbers,
                made_by=request.user,
            )
            for position, planned in enumerate(wish.transfers, 1):
                transfer = _store(order, position, planned)
                if planned.needs_identifier:
                    identifiers.begin(transfer, request)
            content(order)  # or the file would be refused only once somebody wants it
            _log(order, Action.TRANSFERS_PREPARED, request)
    except IntegrityError as error:
        numbers = [item.purchase.entry.number for one in wish.transfers for item in one.items]
        raise Refusal("changed", ", ".join(numbers)[:100]) from error
    return order


def _lock(company: Company, wish: Wish) -> None:
    """Hold the purchases until the end, and see that each is still as the person saw it."""
    items = {item.purchase.pk: item for one in wish.transfers for item in one.items}
    rows = ReceivedInvoice.objects.of(company).filter(pk__in=items).select_for_update(no_key=True)
    payments = {row.pk: (row.payment, row.left) for row in rows.order_by("pk")}
    for pk, item in items.items():
        if payments.get(pk) != (item.purchase.payment, item.purchase.left):
            raise Refusal("changed", item.purchase.entry.number)


def _store(order: TransferOrder, position: int, planned: Planned) -> Transfer:
    transfer = Transfer.objects.create(
        company_id=order.company_id,
        order=order,
        position=position,
        reference=f"{order.message_id[:24]}-{position:04}",
        amount=planned.amount,
        name=planned.party.name,
        street=planned.party.address.street,
        postcode=planned.party.address.postcode,
        town=planned.party.address.town,
        country=planned.party.address.country,
        iban=planned.iban,
        bic=planned.bic,
        account_source=planned.source,
        title=planned.title,
        is_split=planned.is_split,
    )
    TransferItem.objects.bulk_create(
        TransferItem(
            company_id=order.company_id,
            transfer=transfer,
            purchase=item.purchase,
            amount=item.amount,
            is_whole=item.is_whole,
        )
        for item in planned.items
    )
    return transfer


def _log(order: TransferOrder, action: Action, request: CompanyRequest) -> None:
    total = sum((one.amount for one in order.transfers.all()), Decimal(0))
    amount = f"{total:.2f} {order.currency}"
    log(order.company, action, request=request, name=str(order), amount=amount, account=order.grouped)


def _log_decision(order: TransferOrder, check: Check, request: CompanyRequest) -> None:
    log(
        order.company,
        Action.TRANSFER_UNLISTED,
        request=request,
        reference=check.verdict.request_id,
        name=", ".join(check.numbers)[:200],
        account=check.transfer.grouped,
        answer=check.verdict.code or check.verdict.state,
    )


def content(order: TransferOrder) -> bytes:
    """The file that the rows make. Raises Refusal for what the format cannot carry."""
    home = Address(street=order.payer_street, postcode=order.payer_postcode, town=order.payer_town)
    order_file = Order(
        message_id=order.message_id,
        made_at=timezone.localtime(order.made_at),
        day=order.day,
        payer=Party(name=order.payer_name, address=home),
        iban=order.iban,
        currency=order.currency,
        payments=tuple(_payment(one) for one in order.transfers.select_related("change")),
    )
    if order.file_format == FileFormat.PAIN:
        return pain.write(order_file)
    try:
        return elixir.write(order_file, order.encoding)
    except elixir.ElixirError as error:
        raise Refusal(error.code, error.value) from error


def _payment(row: Transfer) -> FilePayment:
    address = Address(street=row.street, postcode=row.postcode, town=row.town, country=row.country)
    return FilePayment(
        reference=row.reference,
        amount=row.amount,
        payee=Party(name=row.name, address=address),
        iban=row.iban,
        title=identifiers.title_of(row),
        is_split=row.is_split,
        bic=row.bic,
    )


def download(order: TransferOrder, request: CompanyRequest, checks: Sequence[Check] = ()) -> bytes:
    """The file, made once and the same ever after, with the ``checks`` of its accounts as evidence; empty where the
    order was cancelled meanwhile. Raises Refusal."""
    with transaction.atomic():
        rows = TransferOrder.objects.filter(pk=order.pk, company_id=order.company_id)
        locked_order = rows.select_for_update(no_key=True).get()
        if locked_order.state == OrderState.CANCELLED:
            return b""
        if not locked_order.content and not all(
            one.is_ready for one in locked_order.transfers.select_related("change")
        ):
            raise Refusal("waiting")
        file_content = bytes(locked_order.content) or content(locked_order)
        if not locked_order.content:
            rows.update(content=file_content)
            for check in checks:
                Transfer.objects.filter(pk=check.transfer.pk).update(checked=check.evidence(request.user))
                if not check.is_listed:
                    _log_decision(order, check, request)
        if locked_order.state == OrderState.PREPARED:
            rows.update(state=OrderState.DOWNLOADED, changed_at=times.now())
            _log(order, Action.TRANSFERS_DOWNLOADED, request)
    return file_content


def items_of(order: TransferOrder) -> list[TransferItem]:
    """What it pays, with purchases and their entries."""
    rows = TransferItem.objects.filter(company_id=order.company_id, transfer__order=order)
    return list(
        rows.select_related("purchase__entry", "transfer", "settlement__line").order_by(
            "transfer__position", "pk"
        )
    )


def last_events(items: Sequence[TransferItem]) -> dict[int, int]:
    """The last change of payment of each purchase, which a page shows and sends back."""
    return {one.purchase_id: lifecycle.last_event(one.purchase, lifecycle.PAYMENTS) for one in items}


def mark_paid(
    order: TransferOrder,
    *,
    on: dt.date,
    last_seen_events: Mapping[int, int],
    by: User,
    request: CompanyRequest,
) -> int:
    """A person says that the bank has paid: every purchase of the order is; how many changed.

    ``last_seen_events`` as :func:`seen` gave it. Raises lifecycle.ChangedMeanwhile, and then nothing has changed.
    """
    with transaction.atomic():
        _end(order, OrderState.PAID)
        rows = ReceivedInvoice.objects.filter(transfer_items__transfer__order=order).order_by("pk")
        # in the order of ``_lock``: another order that is being prepared of the same ones would wait for us in turn
        list(rows.select_for_update(no_key=True, of=("self",)).values_list("pk"))
        done = 0
        for item in items_of(order):
            if item.settlement_id or item.purchase.payment == Payment.PAID:
                continue
            payment = Payment.PAID if item.is_whole else Payment.PART
            paid = None if item.is_whole else (item.purchase.paid_amount or Decimal(0)) + item.amount
            last_seen_event = last_seen_events.get(item.purchase_id, -1)
            done += lifecycle.pay(
                item.purchase, payment, amount=paid, on=on, by=by, last_seen_event=last_seen_event
            )
        _log(order, Action.TRANSFERS_PAID, request)
    return done


def cancel(order: TransferOrder, request: CompanyRequest) -> None:
    """Its purchases can go into another order. Raises lifecycle.ChangedMeanwhile."""
    with transaction.atomic():
        _end(order, OrderState.CANCELLED)
        _log(order, Action.TRANSFERS_CANCELLED, request)


def _end(order: TransferOrder, state: OrderState) -> None:
    values: dict[str, Any] = {"state": state, "changed_at": times.now()}
    rows = TransferOrder.objects.filter(pk=order.pk, company_id=order.company_id, state__in=OPEN)
    if not rows.update(**values):
        raise lifecycle.ChangedMeanwhile
    TransferItem.objects.filter(company_id=order.company_id, transfer__order=order).update(is_open=False)
