"""Pairs of purchases that may be one."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from liczydlo.companies.models import CompanyOwned


class PossibleDouble(CompanyOwned):
    """A cost outside KSeF and an invoice from KSeF that may be the same; ``dismissed_at``: somebody said that they are
    not, and is never asked again."""

    outside = models.ForeignKey("purchases.ReceivedInvoice", models.CASCADE, related_name="doubles_in_ksef")
    invoice = models.ForeignKey("purchases.ReceivedInvoice", models.CASCADE, related_name="doubles_outside")
    same_number = models.BooleanField()  # else the same amount within a few days
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("-same_number", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["outside", "invoice"], name="one_double_of_a_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.outside_id} = {self.invoice_id}"
