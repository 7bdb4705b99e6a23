"""Tables of templates, of how they recur and of what became of their days.

Everything that changes one of their rows writes its own columns alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import ClassVar, Final, cast

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import CompanyOwned
from liczydlo.contacts.models import Contractor
from liczydlo.fa3.codec import from_json
from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.sales.repeating.days import Period, Rhythm, Shift, Unit, Which
from liczydlo.web.reasons import Reason

LONGEST_NAME: Final = 100

RATE_SOON: Final = "recurring-rate-soon"
"""Why a day waits for NBP, which has no rate yet or does not answer: see ``retrying``."""


class InvoiceTemplate(CompanyOwned):
    """A named beginning of invoices.

    ``draft_json`` is an ``InvoiceDraft`` without a number; its days count from its own day of issue. ``unread`` are
    what it does not take over of the document that it was made from: names of fields of a draft, and paths for which a
    draft has no place. The buyer, the sum and the currency are
    those of the document that it would make. It goes with its contractor when he is erased (art. 17 RODO).
    """

    name = models.CharField(max_length=LONGEST_NAME)
    draft_json = models.JSONField()
    unread = models.JSONField(default=list)
    buyer_name = models.CharField(max_length=512, blank=True, default="")
    currency = models.CharField(max_length=3)
    gross = models.DecimalField(max_digits=18, decimal_places=2)
    contractor = models.ForeignKey(Contractor, models.CASCADE, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)  # grows with every change of the contents
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("name", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "name"], name="one_template_per_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("sales:template", args=[self.company_id, self.pk])

    @property
    def draft(self) -> InvoiceDraft:
        """What the invoices made of the template mean."""
        return from_json(InvoiceDraft, self.draft_json)


class Recurrence(CompanyOwned):
    """That invoices of a template are made on certain days: see ``days`` for its columns' meaning.

    Nominal days up to ``done_until`` are done: made, skipped, or not to be made. ``set_by`` is the person in whose name
    it works: who set or changed it last, or resumed it. It rests while ``is_active`` is false: by a person's will, or
    for ``reason``.
    """

    class Unit(models.TextChoices):
        """What ``every`` counts."""

        WEEK = "week", _("tydzień")
        MONTH = "month", _("miesiąc")
        QUARTER = "quarter", _("kwartał")
        YEAR = "year", _("rok")

    class Shift(models.TextChoices):
        """What becomes of a day that is no working day."""

        NONE = "none", _("bez zmiany")
        BEFORE = "before", _("dzień roboczy przed nim")
        AFTER = "after", _("dzień roboczy po nim")

    class Which(models.TextChoices):
        """The period that the invoice is of, beside its day."""

        THIS = "this", _("okres, w którym jest ten dzień")
        PREVIOUS = "previous", _("poprzedni okres")

    class Delivery(models.TextChoices):
        """The date of delivery (P_6)."""

        ISSUE = "issue", _("dzień wystawienia")
        PERIOD_END = "period-end", _("ostatni dzień okresu")

    template = models.OneToOneField(InvoiceTemplate, models.CASCADE, related_name="recurrence")
    every = models.PositiveSmallIntegerField(default=1)
    unit = models.CharField(max_length=7, choices=Unit, default=Unit.MONTH)
    day = models.PositiveSmallIntegerField(default=1)  # of the month
    shift = models.CharField(max_length=6, choices=Shift, default=Shift.NONE)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    count = models.PositiveSmallIntegerField(null=True, blank=True)
    which = models.CharField(max_length=8, choices=Which, default=Which.THIS)
    delivery = models.CharField(max_length=10, choices=Delivery, default=Delivery.ISSUE)
    automatic = models.BooleanField(default=False)  # issued and sent without anybody's approval
    done_until = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    reason_json = models.JSONField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)  # grows with every change

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["company"], name="recurrence_active", condition=models.Q(is_active=True)),
        ]

    def __str__(self) -> str:
        return str(self.template)

    @property
    def reason(self) -> Reason | None:
        """Why it rests, if not by a person's will."""
        return Reason.from_json(self.reason_json)

    @property
    def rhythm(self) -> Rhythm:
        """The days on which it makes invoices, for ``days``."""
        return Rhythm(
            every=self.every,
            unit=cast("Unit", self.unit),
            first=self.first_day,
            day=self.day,
            shift=cast("Shift", self.shift),
            last=self.last_day,
        )

    def period(self, nominal: dt.date) -> Period:
        """The period that the invoice of a nominal day is of."""
        return self.rhythm.period(nominal, cast("Which", self.which))

    def left(self) -> int | None:
        """How many invoices are still to be made; None without a limit."""
        if self.count is None:
            return None
        used = self.occurrences.exclude(outcome=Occurrence.Outcome.SKIPPED).count() if self.pk else 0
        return max(0, self.count - used)

    def ahead(self) -> Iterator[dt.date]:
        """Nominal days that are not done, the next one first."""
        left = self.left()
        for index, nominal in enumerate(self.rhythm.days(self.done_until)):
            if left is not None and index >= left:
                return
            yield nominal

    def next(self) -> dt.date | None:
        """The next nominal day; None when all are done."""
        return next(self.ahead(), None)


class Occurrence(CompanyOwned):
    """What became of a nominal day of a recurrence: one row, made in the transaction that does its work.

    ``made_on`` is the day on which that was; the document's own date of issue is that day too. A held one whose content
    no draft could be made of has no invoice.
    """

    class Outcome(models.TextChoices):
        """How it ended."""

        DRAFTED = "drafted", _("Szkic do zatwierdzenia")
        ISSUED = "issued", _("Wystawiona przez program")
        HELD = "held", _("Czeka na człowieka")
        SKIPPED = "skipped", _("Pominięta")

    recurrence = models.ForeignKey(Recurrence, models.CASCADE, related_name="occurrences")
    nominal = models.DateField()
    planned = models.DateField()
    made_on = models.DateField()
    outcome = models.CharField(max_length=7, choices=Outcome)
    invoice = models.OneToOneField(
        "sales.Invoice", models.SET_NULL, null=True, blank=True, related_name="occurrence"
    )
    reason_json = models.JSONField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["recurrence", "nominal"], name="one_occurrence_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.recurrence_id} {self.nominal}"

    @property
    def reason(self) -> Reason | None:
        """Why its invoice waits for a person; None when it does not."""
        return Reason.from_json(self.reason_json)

    @property
    def is_late(self) -> bool:
        """Whether it was made after its day: the program did not work then."""
        return self.made_on > max(self.planned, self.recurrence.first_day)

    @property
    def waits_for_content(self) -> bool:
        """Whether a person has to finish it in the form: no draft could be made of it."""
        return self.outcome == self.Outcome.HELD and self.invoice_id is None and self.reason_json is not None

    @property
    def waits_for_rate(self) -> bool:
        """Whether the program itself tries again, for NBP had no rate of exchange yet."""
        return self.waits_for_content and self.reason is not None and self.reason.code == RATE_SOON
