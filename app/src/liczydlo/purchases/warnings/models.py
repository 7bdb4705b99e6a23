"""Sellers as the firm knows them from their invoices, their accounts, and the warnings on purchases."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from liczydlo.companies.models import CompanyOwned, Environment
from liczydlo.documents.models import IndexEntry


class Seller(CompanyOwned):
    """What the purchases that were read say of a seller, and what people decided about it.

    ``since`` and ``latest`` are KSeF's days of receipt. ``amounts`` are the latest gross amounts by currency, as text.
    """

    environment = models.CharField(max_length=10, choices=Environment)
    nip = models.CharField(max_length=10)
    name = models.CharField(max_length=512, blank=True, default="")
    name_key = models.CharField(max_length=60, blank=True, default="")  # of ``names.key``
    since = models.DateTimeField(null=True, blank=True)
    latest = models.DateTimeField(null=True, blank=True)
    invoices = models.PositiveIntegerField(default=0)
    amounts = models.JSONField(default=dict)
    trusted_at = models.DateTimeField(null=True, blank=True)
    trusted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "environment", "nip"], name="one_seller_per_nip"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["company", "environment", "name_key"], name="seller_name_key"),
        ]

    def __str__(self) -> str:
        return self.name or self.nip


class SellerAccount(CompanyOwned):
    """An account that a seller's invoices name. ``doubted``: it came as a change that nobody has cleared, or on an
    invoice that was reported; it is compared with as if it were not there."""

    seller = models.ForeignKey(Seller, models.CASCADE, related_name="accounts")
    number = models.CharField(max_length=34)
    is_factor = models.BooleanField(default=False)
    since = models.DateTimeField()  # KSeF's day of receipt of the earliest invoice
    doubted = models.BooleanField(default=False)

    class Meta:
        ordering = ("since", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["seller", "number"], name="one_account_per_seller"),
        ]

    def __str__(self) -> str:
        return self.number


class AccountUse(CompanyOwned):
    """That a purchase names an account."""

    account = models.ForeignKey(SellerAccount, models.CASCADE, related_name="uses", db_index=False)
    entry = models.ForeignKey(IndexEntry, models.CASCADE, related_name="accounts")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "entry"], name="one_use_per_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} on {self.entry_id}"


class InvoiceWarning(CompanyOwned):
    """A warning on a purchase, as it was when the invoice came; ``params`` are what its text needs."""

    invoice = models.ForeignKey("purchases.ReceivedInvoice", models.CASCADE, related_name="warnings")
    code = models.CharField(max_length=20)  # of ``rules.Code``
    params = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ("id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["invoice", "code"], name="one_warning_of_a_kind"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def chip(self) -> str:
        """Its look, a key of ``web.chips``."""
        return f"warning-{self.code}"
