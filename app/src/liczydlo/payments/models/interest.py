"""Notes of interest, numbered and kept as they were made, and rates that are newer than this program."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import CompanyOwned, Environment
from liczydlo.contacts.models import Contractor
from liczydlo.documents.models import IndexEntry, WrittenOnce
from liczydlo.web import times


class InterestKind(models.TextChoices):
    """Values of ``interest.rates.Kind``."""

    TRADE = "trade", _("transakcje handlowe (dłużnik nie jest publicznym podmiotem leczniczym)")
    MEDICAL = "medical", _("transakcje handlowe, publiczny podmiot leczniczy")
    CIVIL = "civil", _("Kodeks cywilny (konsument)")


class InterestRate(CompanyOwned):
    """A rate that somebody has copied from Monitor Polski: percent a year on the days from ``since`` to ``until``."""

    kind = models.CharField(max_length=8, choices=InterestKind)
    since = models.DateField()
    until = models.DateField()
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    source = models.CharField(max_length=60)

    class Meta:
        ordering = ("kind", "since")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "kind", "since"], name="one_interest_rate_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.since} {self.percent}"


class InterestNote(WrittenOnce):
    """„Nota odsetkowa": no invoice, without VAT, not sent to KSeF. ``content`` is what it says, parties and parts too.

    Amounts are in PLN.
    """

    environment = models.CharField(max_length=10, choices=Environment)
    contractor = models.ForeignKey(
        Contractor, models.SET_NULL, null=True, blank=True, related_name="interest_notes"
    )
    year = models.PositiveSmallIntegerField()
    place = models.PositiveIntegerField()  # in the year, from 1
    day = models.DateField()
    kind = models.CharField(max_length=8, choices=InterestKind)
    interest = models.DecimalField(max_digits=18, decimal_places=2)
    compensation = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    content = models.JSONField()
    at = models.DateTimeField(default=times.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("-year", "-place")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "environment", "year", "place"], name="one_interest_note_per_number"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("payments:interest_note", args=[self.company_id, self.pk])

    @property
    def number(self) -> str:
        """The number that the note is printed with: „NO/3/2026"."""
        return f"NO/{self.place}/{self.year}"

    @property
    def total(self) -> Decimal:
        """What the note asks for."""
        return self.interest + self.compensation


class InterestNoteItem(CompanyOwned):
    """That a note asks for the interest of an invoice up to a day, so that the next note goes on from there."""

    note = models.ForeignKey(InterestNote, models.CASCADE, related_name="items")
    entry = models.ForeignKey(IndexEntry, models.PROTECT, related_name="+")
    until = models.DateField()
    has_compensation = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["entry", "until"], name="one_interest_note_per_day"),
            models.UniqueConstraint(
                fields=["entry"],
                condition=models.Q(has_compensation=True),
                name="one_compensation_per_invoice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.until}"
