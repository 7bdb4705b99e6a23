"""Received invoices and how far the program has looked. The frozen XML is the invoice; its row is an index."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import CompanyOwned, Environment
from liczydlo.documents.models import Document


class ReceivedInvoice(CompanyOwned):
    """One invoice in which the company is the buyer, as KSeF lists it. Amounts are in ``currency``, VAT in PLN."""

    environment = models.CharField(max_length=10, choices=Environment)
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    ksef_number = models.CharField(_("numer KSeF"), max_length=36)
    number = models.CharField(_("numer"), max_length=256)
    kind = models.CharField(_("rodzaj"), max_length=16)
    issue_date = models.DateField(_("data wystawienia"))
    acquired_at = models.DateTimeField(
        _("data nadania numeru")
    )  # the day of receipt (ustawa o VAT art. 106na)
    stored_at = models.DateTimeField()  # PermanentStorage, by which the checkpoint moves
    seller_nip = models.CharField(max_length=10)
    seller_name = models.CharField(_("sprzedawca"), max_length=512, blank=True, default="")
    buyer_name = models.CharField(_("nabywca"), max_length=512, blank=True, default="")
    currency = models.CharField(_("waluta"), max_length=3)
    net = models.DecimalField(_("kwota netto"), max_digits=18, decimal_places=2)
    vat = models.DecimalField(_("VAT"), max_digits=18, decimal_places=2)
    gross = models.DecimalField(_("kwota brutto"), max_digits=18, decimal_places=2)
    mode = models.CharField(max_length=16)
    has_attachment = models.BooleanField(default=False)
    words = models.TextField(blank=True, default="")  # what ``web.search.fold`` makes of number and name
    received_at = models.DateTimeField(db_default=Now(), editable=False)
    opened_at = models.DateTimeField(null=True, blank=True)  # when somebody first looked at it

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "environment", "ksef_number"], name="one_row_per_ksef_number"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["company", "environment", "-id"], name="received_list"),
            models.Index(fields=["company", "seller_nip", "-id"], name="received_seller"),
            models.Index(fields=["company", "number"], name="received_number"),
            models.Index(
                fields=["company", "environment", "-id"],
                name="received_new",
                condition=models.Q(opened_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("purchases:detail", args=[self.company_id, self.pk])

    @property
    def xml(self) -> bytes:
        """The bytes as KSeF holds them."""
        return bytes(self.document.xml)

    @property
    def is_new(self) -> bool:
        """Whether nobody has looked at it yet."""
        return self.opened_at is None


class Checkpoint(CompanyOwned):
    """Up to which moment of permanent storage everything of a role is here; it moves with the documents it covers."""

    environment = models.CharField(max_length=10, choices=Environment)
    subject = models.CharField(max_length=20)  # KSeF's subjectType
    until = models.DateTimeField()
    looked_at = models.DateTimeField(null=True, blank=True)  # when the last whole synchronisation ended

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "environment", "subject"], name="one_checkpoint_per_role"
            ),
        ]

    def __str__(self) -> str:
        """The role and the moment."""
        return f"{self.subject} until {self.until:%Y-%m-%d %H:%M}"
