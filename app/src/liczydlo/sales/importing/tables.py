"""Which invoice was read in from a file, so that its order or its rows are not read in again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from liczydlo.companies.models import CompanyOwned, Environment


class ImportedSale(CompanyOwned):
    """An invoice that came from a table: ``key`` is a SHA-256 of what its rows are known by (their number, order, or
    all they say), in lower-case hex, ``order`` the order that it is of. With a deleted draft it goes too."""

    environment = models.CharField(max_length=10, choices=Environment)
    invoice = models.OneToOneField("sales.Invoice", models.CASCADE, related_name="imported")
    key = models.CharField(max_length=64)
    order = models.CharField(max_length=256, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "environment", "key"], name="one_invoice_per_rows"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["company", "environment", "order"], name="imported_order"),
        ]

    def __str__(self) -> str:
        """The order, or the beginning of the key."""
        return self.order or self.key[:12]
