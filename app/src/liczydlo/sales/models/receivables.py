"""What is still to be paid of each sale: a row beside the invoice from the moment at which it is issued.

``balances`` writes it, and whatever changes what is owed asks it to. Rows are locked last of all, in the order of
their ids, so that issuing, refusals and payments never wait for each other in a circle.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import ClassVar, Final

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round

from liczydlo.companies.models import CompanyOwned, Environment
from liczydlo.documents.models import IndexEntry

OPEN: Final = ~Q(left=Decimal(0))
"""The condition of the index ``receivable_open``: something is to be paid or given back."""


class Receivable(CompanyOwned):
    """Of a sale: what is to be paid of it with its corrections, and what was paid.

    A correction of one invoice counts with that invoice, so in its own row nothing is to be paid; nor is it in the row
    of what KSeF refused. ``settled`` is what lines of statements and people have settled of this very document.
    """

    environment = models.CharField(max_length=10, choices=Environment)
    entry = models.OneToOneField(IndexEntry, models.CASCADE, related_name="receivable")
    currency = models.CharField(max_length=3)
    payment_due = models.DateField(null=True, blank=True)  # the first date of payment that the invoice names
    payable = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    settled = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    # by settlements, or as the documents say where that is more, with the sign of ``payable``
    paid = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    # with the sign of ``payable``; of the other sign where more was paid than is owed now
    left = models.GeneratedField(
        expression=Round(F("payable") - F("paid"), 2),
        output_field=models.DecimalField(max_digits=18, decimal_places=2),
        db_persist=True,
    )

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["company", "environment", "currency", "payment_due", "left", "paid", "entry"],
                name="receivable_open",
                condition=OPEN,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.left}"

    @property
    def counts(self) -> bool:
        """Whether it has anything to say of itself: a correction counts with what it corrects."""
        return bool(self.payable or self.paid)

    def chip(self, today: dt.date) -> str:
        """The look of its state, a key of ``web.chips``."""
        if not self.left:
            return "sale-paid"
        if self.left < 0:
            return "sale-return"
        if self.is_overdue(today):
            return "sale-overdue"
        return "sale-part" if self.paid else "sale-due"

    def is_overdue(self, today: dt.date) -> bool:
        """Whether something is still to be paid after the day of payment."""
        return self.left > 0 and self.payment_due is not None and self.payment_due < today
