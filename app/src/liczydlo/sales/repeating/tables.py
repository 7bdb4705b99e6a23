"""Tables of templates. Everything that changes one of their rows writes its own columns alone."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models.functions import Now
from django.urls import reverse

from liczydlo.companies.models import CompanyOwned
from liczydlo.contacts.models import Contractor
from liczydlo.fa3.codec import from_json
from liczydlo.fa3.draft import InvoiceDraft

LONGEST_NAME: Final = 100


class InvoiceTemplate(CompanyOwned):
    """A named beginning of invoices.

    ``draft_json`` is an ``InvoiceDraft`` without a number; its days count from its own day of issue. ``unread`` are
    paths of the document that it was made from for which a draft has no place. The buyer, the sum and the currency are
    those of the document that it would make. ``had_contractor`` without a contractor: he was erased (art. 17 RODO).
    """

    name = models.CharField(max_length=LONGEST_NAME)
    draft_json = models.JSONField()
    unread = models.JSONField(default=list)
    buyer_name = models.CharField(max_length=512, blank=True, default="")
    currency = models.CharField(max_length=3)
    gross = models.DecimalField(max_digits=18, decimal_places=2)
    contractor = models.ForeignKey(Contractor, models.SET_NULL, null=True, blank=True, related_name="+")
    had_contractor = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)  # grows with each change of the contents
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("name", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "name"], name="one_template_per_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The template's page."""
        return reverse("sales:template", args=[self.company_id, self.pk])

    @property
    def draft(self) -> InvoiceDraft:
        """What it means."""
        return from_json(InvoiceDraft, self.draft_json)

    @property
    def lost_its_contractor(self) -> bool:
        """Whether its buyer was on the list of contractors and was erased from it."""
        return self.had_contractor and self.contractor_id is None
