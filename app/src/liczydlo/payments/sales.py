"""What was paid of a sale: by lines of statements, and as people say. Sales themselves know nothing of payments."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from liczydlo.companies.models import Company
from liczydlo.payments.models import Settlement
from liczydlo.purchases import facts
from liczydlo.purchases.facts import Facts
from liczydlo.sales import corrections
from liczydlo.sales.models import Invoice


@dataclass(frozen=True, kw_only=True)
class SalePayment:
    """What is to be paid of a sale with its corrections, ``gross``, and the settlements of all of them.

    ``due`` is the first date of payment that the invoice names, ``stated`` what the invoice itself says was paid: a
    line of a statement that shows the same payment does not add to it.
    """

    gross: Decimal
    settlements: list[Settlement]
    due: dt.date | None
    stated: Decimal = Decimal(0)
    stated_on: dt.date | None = None

    @property
    def paid(self) -> Decimal:
        """With the sign of the gross amount."""
        settled = sum((one.amount for one in self.settlements), Decimal(0))
        return max(settled, self.stated, key=abs)

    @property
    def left(self) -> Decimal:
        """What is still to pay; below nothing where something is to be given back."""
        return self.gross - self.paid

    def chip(self, today: dt.date) -> str:
        """The look of its state, a key of ``web.chips``."""
        if not self.left:
            return "sale-paid"
        if self.left * (self.gross or self.left) < 0 or not self.gross:
            return "sale-return"
        if self.due and self.due < today:
            return "sale-overdue"
        return "sale-part" if self.paid else "sale-due"


def of(company: Company, invoice: Invoice) -> SalePayment:
    """What was paid of an issued sale; of a correction, what was paid of the sale that it corrects."""
    root = corrections.root(invoice)
    own = corrections.of(root)
    entries = [root.entry_id, *(row.entry_id for row in own.counted)]
    rows = Settlement.objects.of(company).filter(entry__in=entries)
    said = facts.of(root.entry.xml)
    return SalePayment(
        gross=own.total,
        settlements=list(rows.select_related("line__statement", "by")),
        due=said.payment_due,
        stated=_stated(said, root.entry.gross),
        stated_on=said.paid_on,
    )


def _stated(said: Facts, gross: Decimal) -> Decimal:
    return gross if said.is_paid else said.paid_amount or Decimal(0)
