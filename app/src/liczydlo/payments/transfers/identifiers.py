"""Collective identifiers of transfers for several invoices: a change that is committed before KSeF is asked."""

from __future__ import annotations

import uuid

from django.db import transaction

from liczydlo.companies.access import CompanyRequest
from liczydlo.connection.changes import services
from liczydlo.connection.models import ChangeKind, ChangeState, RemoteChange
from liczydlo.payments.models import Transfer, TransferOrder
from liczydlo.payments.transfers.planning import Item
from liczydlo.payments.transfers.planning import title_of as title
from liczydlo.web.caller import address_of


def items_of(transfer: Transfer) -> list[Item]:
    """What a stored transfer pays."""
    rows = transfer.items.select_related("purchase__entry").order_by("pk")
    return [Item(purchase=one.purchase, amount=one.amount, is_whole=one.is_whole) for one in rows]


def title_of(transfer: Transfer) -> str:
    """The title, with the collective identifier once KSeF has made it."""
    if not transfer.identifier:
        return transfer.title
    return title(items_of(transfer), is_split=transfer.is_split, number=transfer.identifier)


def begin(transfer: Transfer, request: CompanyRequest) -> RemoteChange | None:
    """Commit that KSeF is to be asked, in the caller's transaction; a failed change is followed by another.

    None: another request has begun it.
    """
    items = items_of(transfer)
    row, is_new = services.begin(
        transfer.company,
        ChangeKind.COLLECTIVE,
        uuid.uuid5(uuid.NAMESPACE_OID, f"{transfer.reference} {transfer.change_id or 0}"),
        {"invoices": [_body(one) for one in items]},
        {"name": transfer.name, "invoices": str(len(items))},
        by=request.user,
        address=address_of(request),
    )
    Transfer.objects.filter(pk=transfer.pk, change=transfer.change_id).update(change=row)
    return row if is_new else None


def _body(item: Item) -> dict[str, str | None]:
    entry = item.purchase.entry
    amount = str(item.amount) if item.amount > 0 else None
    return {"number": entry.ksef_number, "amount": amount, "currency": entry.currency}


def ask(order: TransferOrder) -> None:
    """Have KSeF make what a new order needs; what stays in doubt is the job's."""
    for transfer in order.transfers.select_related("change__company"):
        if transfer.change is not None:
            services.carry_out(transfer.change)


def renew(order: TransferOrder, request: CompanyRequest) -> None:
    """Ask once more for those that KSeF did not make."""
    with transaction.atomic():
        failed = order.transfers.select_related("change", "company").filter(change__state=ChangeState.FAILED)
        begun = [begin(transfer, request) for transfer in failed]
    for change in begun:
        if change is not None:
            services.carry_out(change)
