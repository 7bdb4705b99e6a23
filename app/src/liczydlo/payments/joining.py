"""Moving what was paid and ordered of a typed cost to the invoice from KSeF that it turns out to be."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from django.db.models import Sum

from liczydlo.payments.models import PaymentEvent, Settlement, TransferItem, TransferOrder
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.outside.services import NotChanged


def move(*, cost: ReceivedInvoice, invoice: ReceivedInvoice, **_: object) -> Decimal:
    """Settlements, parts of orders and events; what lines and people have settled of the invoice then.

    Raises NotChanged: „ordered" where both stand in open orders, „line" where one line pays both, „currency".
    """
    items = TransferItem.objects.filter(company_id=cost.company_id, purchase__in=(cost, invoice))
    orders = TransferOrder.objects.filter(pk__in=items.values("transfer__order"))
    list(orders.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    if items.filter(is_open=True).count() > 1:
        raise NotChanged("ordered")
    both = Settlement.objects.filter(company_id=cost.company_id, entry__in=(cost.entry_id, invoice.entry_id))
    settlements = list(both.select_for_update(no_key=True).order_by("pk"))
    lines = Counter(one.line_id for one in settlements if one.line_id)
    if any(number > 1 for number in lines.values()):
        raise NotChanged("line")
    moved_ids = [one.pk for one in settlements if one.entry_id == cost.entry_id]
    ordered = items.filter(purchase=cost)
    if cost.entry.currency != invoice.entry.currency and (moved_ids or ordered.exists()):
        raise NotChanged("currency")
    Settlement.objects.filter(pk__in=moved_ids).update(entry=invoice.entry_id)
    ordered.update(purchase=invoice.pk)
    PaymentEvent.objects.filter(company_id=cost.company_id, entry=cost.entry_id).update(
        entry=invoice.entry_id
    )
    total = both.filter(entry=invoice.entry_id).aggregate(total=Sum("amount"))["total"]
    return Decimal(total or 0)
