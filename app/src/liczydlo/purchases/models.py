"""Received invoices: when they came and who has seen them, and how far the program has looked."""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse

from liczydlo.companies.models import CompanyOwned, Environment
from liczydlo.documents.models import IndexEntry
from liczydlo.fa3.codec import from_json
from liczydlo.ksef.invoices import InvoiceMetadata
from liczydlo.web.reasons import Reason

BUYER: Final = "Subject2"
"""KSeF's subjectType of most purchases."""


class ReceivedInvoice(CompanyOwned):
    """One invoice that somebody else issued and in which the company is named, as KSeF lists it."""

    environment = models.CharField(max_length=10, choices=Environment)
    entry = models.OneToOneField(IndexEntry, models.CASCADE, related_name="purchase")
    role = models.CharField(max_length=20, default=BUYER)  # KSeF's subjectType in which it was seen first
    mode = models.CharField(max_length=16)  # KSeF's invoicingMode
    stored_at = models.DateTimeField()  # PermanentStorage, by which the checkpoint moves
    received_at = models.DateTimeField(db_default=Now(), editable=False)
    opened_at = models.DateTimeField(null=True, blank=True)  # when somebody first looked at it

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["company", "environment", "entry"],
                name="received_new",
                condition=models.Q(opened_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.entry)

    def get_absolute_url(self) -> str:
        return reverse("purchases:detail", args=[self.company_id, self.pk])

    @property
    def is_new(self) -> bool:
        """Whether nobody has looked at it yet."""
        return self.opened_at is None


class SetAside(CompanyOwned):
    """A document that KSeF lists and that could not be taken over; ``listed_json`` is its ``InvoiceMetadata``.

    It is tried again at ``next_at`` and goes away once it is here; ``dismissed_at``: somebody decided to do without it.
    """

    environment = models.CharField(max_length=10, choices=Environment)
    ksef_number = models.CharField(max_length=36)
    role = models.CharField(max_length=20, default=BUYER)  # KSeF's subjectType
    listed_json = models.JSONField()
    reason_json = models.JSONField()
    failures = models.PositiveIntegerField(default=1)
    since = models.DateTimeField()
    next_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("since", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "environment", "ksef_number"], name="one_row_per_document_set_aside"
            ),
        ]

    def __str__(self) -> str:
        return self.ksef_number

    @property
    def listed(self) -> InvoiceMetadata:
        """What KSeF's list says of it."""
        return from_json(InvoiceMetadata, self.listed_json)

    @property
    def reason(self) -> Reason | None:
        """Why it is not here."""
        return Reason.from_json(self.reason_json)


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
