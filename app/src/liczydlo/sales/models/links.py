"""Which of our invoices belong together: corrections and their originals, advances and settlements of one order."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from liczydlo.companies.models import CompanyOwned


class CorrectionLink(CompanyOwned):
    """A row for every invoice that a correction, issued or not, names.

    ``collective``: the correction names others too, so its amounts cannot be told apart.
    """

    correction = models.ForeignKey("sales.Invoice", models.CASCADE, related_name="links_to_originals")
    original = models.ForeignKey("sales.Invoice", models.CASCADE, related_name="links_to_corrections")
    collective = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["correction", "original"], name="one_link_per_original"),
        ]

    def __str__(self) -> str:
        return f"{self.correction_id} of {self.original_id}"


class OrderLink(CompanyOwned):
    """``invoice``, a later advance or a settlement, issued or not, belongs to the order of the advance ``first``."""

    invoice = models.OneToOneField("sales.Invoice", models.CASCADE, related_name="order_link")
    first = models.ForeignKey("sales.Invoice", models.CASCADE, related_name="order_links")

    def __str__(self) -> str:
        return f"{self.invoice_id} of the order of {self.first_id}"
