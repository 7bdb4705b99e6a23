"""What happened to invoices, and the letters about them that members have been sent."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from liczydlo.companies.models import CompanyOwned
from liczydlo.documents.models import WrittenOnce
from liczydlo.sales.models.invoices import Invoice
from liczydlo.sales.states import Step
from liczydlo.web import times
from liczydlo.web.reasons import Reason


class Event(WrittenOnce):
    """One line of an invoice's timeline."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="events")
    at = models.DateTimeField(default=times.now)
    step = models.CharField(max_length=10, choices=Step)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    reason_json = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.get_step_display()

    @property
    def reason(self) -> Reason | None:
        """Why, when that needs saying."""
        return Reason.from_json(self.reason_json)


class Notice(CompanyOwned):
    """A letter that was sent: each (person, kind, key) is written once. ``key`` is an invoice or an outage's event."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)  # ``letters.Kind``
    key = models.CharField(max_length=64)
    sent_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "person", "kind", "key"], name="one_letter_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
