"""What was paid of a sale: by lines of statements, and as people say."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from liczydlo.companies.models import Company
from liczydlo.documents import facts
from liczydlo.payments.models import Settlement
from liczydlo.sales import balances, corrections
from liczydlo.sales.models import Invoice
from liczydlo.sales.models.receivables import Receivable


@dataclass(frozen=True, kw_only=True)
class SalePayment:
    """What is left of a sale with its corrections, ``balance``, and the settlements of all of them.

    ``stated`` is what the invoice itself says was paid.
    """

    balance: Receivable
    settlements: list[Settlement]
    stated: Decimal = Decimal(0)
    stated_on: dt.date | None = None


def of(company: Company, invoice: Invoice) -> SalePayment:
    """What was paid of an issued sale; of a correction, what was paid of the sale that it corrects."""
    root = balances.root_of(invoice)
    entries = [root.entry_id]
    if root.entry.kind not in corrections.KINDS:
        entries += [row.entry_id for row in corrections.of(root).counted]
    rows = Settlement.objects.of(company).filter(entry__in=entries)
    document_facts = facts.of(root.entry.xml)
    return SalePayment(
        balance=Receivable.objects.of(company).get(entry=root.entry_id),
        settlements=list(rows.select_related("line__statement", "by")),
        stated=facts.stated(root.entry.kind, facts.payable(root.entry.gross, document_facts), document_facts),
        stated_on=document_facts.paid_on,
    )
