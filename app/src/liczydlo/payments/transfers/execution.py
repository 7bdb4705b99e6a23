"""Orders that a bank has carried out, as lines of its statements show; taking a line's match back opens them again.

Whoever needs an order and a purchase locks the order first, as a person who says that an order is paid does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils import timezone

from liczydlo.companies.models import Company, User
from liczydlo.payments.models import (
    OrderState,
    PaymentEvent,
    Settlement,
    StatementLine,
    TransferItem,
    TransferOrder,
)
from liczydlo.payments.models.transfers import OPEN
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.web import times


def awaited(company: Company, line: StatementLine, entries: Collection[int]) -> dict[int, TransferItem]:
    """What open orders from the line's account, made before it was booked, pay of these invoices, by index entry.

    Their orders are locked until the end of the transaction.
    """
    items = TransferItem.objects.of(company).filter(is_open=True, purchase__entry__in=entries)
    orders = TransferOrder.objects.of(company).filter(
        pk__in=items.values("transfer__order"), account=line.account_id, state__in=OPEN
    )
    locked = orders.select_for_update(no_key=True).order_by("pk")
    orders_before = {order.pk for order in locked if timezone.localdate(order.made_at) <= line.booked_on}
    rows = items.filter(transfer__order__in=orders_before).select_related("purchase", "transfer")
    return {item.purchase.entry_id: item for item in rows}


def carried_out(done: Iterable[tuple[TransferItem, Settlement]], line: StatementLine, *, by: User) -> None:
    """These parts of orders were paid by the line; an order of which nothing is open is paid."""
    orders: dict[int, int] = {}
    for item, settlement in done:
        TransferItem.objects.filter(pk=item.pk, is_open=True).update(is_open=False, settlement=settlement)
        orders[item.transfer.order_id] = item.company_id
    for order, company in orders.items():
        if TransferItem.objects.filter(transfer__order=order, is_open=True).exists():
            continue
        rows = TransferOrder.objects.filter(pk=order, company_id=company, state__in=OPEN)
        if rows.update(state=OrderState.PAID, changed_at=times.now()):
            _note(company, order, PaymentEvent.Step.EXECUTED, line, by)


def taken_back(settlement: Settlement, *, by: User) -> None:
    """The match is being undone: what was paid by it is open again, and so is an order that lines alone had closed.

    It stays closed where somebody cancelled the order, or where the invoice stands in another open one by now.
    """
    item = (
        TransferItem.objects.filter(settlement=settlement, company_id=settlement.company_id)
        .select_related("transfer")
        .first()
    )
    if item is None:
        return
    rows = TransferOrder.objects.filter(pk=item.transfer.order_id, company_id=item.company_id)
    order = rows.select_for_update(no_key=True).get()
    list(ReceivedInvoice.objects.filter(pk=item.purchase_id).select_for_update(no_key=True).values_list("pk"))
    items = TransferItem.objects.filter(transfer__order=order)
    by_lines = order.state == OrderState.PAID and not items.filter(settlement=None).exists()
    TransferItem.objects.filter(pk=item.pk).update(settlement=None)
    elsewhere = TransferItem.objects.filter(purchase=item.purchase_id, is_open=True).exists()
    if elsewhere or not (by_lines or order.is_open):
        return
    TransferItem.objects.filter(pk=item.pk).update(is_open=True)
    if by_lines:
        state = OrderState.DOWNLOADED if order.content else OrderState.PREPARED
        rows.update(state=state, changed_at=times.now())
        _note(item.company_id, order.pk, PaymentEvent.Step.REOPENED, settlement.line, by)


def _note(company: int, order: int, step: PaymentEvent.Step, line: StatementLine | None, by: User) -> None:
    PaymentEvent.objects.create(
        company_id=company, order_id=order, line=line, step=step, by=by, details={"order": str(order)}
    )
