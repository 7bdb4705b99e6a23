"""Bank statements, their lines, and which invoices the lines pay."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Environment
from liczydlo.documents.models import IndexEntry, WrittenOnce
from liczydlo.payments.models.accounts import BankAccount
from liczydlo.web import times


class Statement(WrittenOnce):
    """A statement of one account as its file says it; ``digest`` is of what was read, so no statement is here twice."""

    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="statements")
    digest = models.CharField(max_length=64)  # SHA-256, lower-case hex
    format = models.CharField(max_length=10)  # of ``reading.Format``
    file_name = models.CharField(max_length=255, blank=True, default="")
    number = models.CharField(max_length=35, blank=True, default="")
    opened_on = models.DateField()
    closed_on = models.DateField()
    opening = models.DecimalField(max_digits=18, decimal_places=2)
    closing = models.DecimalField(max_digits=18, decimal_places=2)
    line_count = models.PositiveIntegerField()  # of the file
    known_count = models.PositiveIntegerField(
        default=0
    )  # of them in an earlier statement, and so not kept again
    read_at = models.DateTimeField(default=times.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "digest"], name="one_row_per_statement"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["company", "-id"], name="statement_list"),
        ]

    def __str__(self) -> str:
        return self.number or self.digest[:12]

    def get_absolute_url(self) -> str:
        return reverse("payments:statement", args=[self.company_id, self.pk])


class StatementLine(WrittenOnce):
    """One line. ``amount`` is negative for what left the account; ``matched`` of it pays invoices, with its sign.

    ``key`` is the line's place on the account (``storing``). ``aside``: why it belongs to no invoice.
    """

    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="+")
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="lines")
    key = models.CharField(max_length=64)
    position = models.PositiveIntegerField()  # in the statement, from 1
    booked_on = models.DateField()
    value_on = models.DateField(null=True, blank=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    title = models.TextField(blank=True, default="")
    party_name = models.CharField(max_length=512, blank=True, default="")
    party_account = models.CharField(max_length=34, blank=True, default="")
    party_nip = models.CharField(max_length=10, blank=True, default="")
    bank_reference = models.CharField(max_length=64, blank=True, default="")
    is_reversal = models.BooleanField(default=False)
    matched = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    is_aside = models.BooleanField(default=False)
    aside = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ("position", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "key"], name="one_row_per_line"),
            models.CheckConstraint(
                condition=models.Q(matched=0)
                | models.Q(amount__gt=0, matched__gte=0, matched__lte=models.F("amount"))
                | models.Q(amount__lt=0, matched__lte=0, matched__gte=models.F("amount")),
                name="line_pays_no_more_than_it_is",
            ),
            models.CheckConstraint(
                condition=models.Q(is_aside=False) | models.Q(matched=0), name="line_aside_pays_nothing"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["statement", "position"], name="line_of_statement"),
            models.Index(
                fields=["statement"],
                name="line_open",
                condition=models.Q(is_aside=False) & ~models.Q(matched=models.F("amount")),
            ),
            models.Index(fields=["company", "party_account"], name="line_party_account"),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.amount}"

    @property
    def left(self) -> Decimal:
        """What of it pays no invoice yet, with its sign."""
        return self.amount - self.matched

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to say what it pays."""
        return not self.is_aside and self.left != 0

    @property
    def chip(self) -> str:
        """The look of its state, a key of ``web.chips``."""
        if self.is_aside:
            return "line-aside"
        if not self.matched:
            return "line-open"
        return "line-part" if self.left else "line-matched"


class Settlement(WrittenOnce):
    """That ``amount`` of an invoice was paid, with the sign of its gross: by a line, or as somebody says (no line).

    ``applied`` of it has changed the payment of a purchase; less where somebody had marked it as paid before.
    """

    environment = models.CharField(max_length=10, choices=Environment)
    entry = models.ForeignKey(IndexEntry, models.PROTECT, related_name="settlements")
    line = models.ForeignKey(StatementLine, models.PROTECT, null=True, blank=True, related_name="settlements")
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    applied = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    paid_on = models.DateField()
    reason = models.CharField(max_length=20)  # of ``proposals.Reason``, or „manual”
    at = models.DateTimeField(default=times.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["line", "entry"], name="one_settlement_per_line_and_invoice"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["company", "environment", "entry"], name="settlement_of_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.amount}"


class PaymentEvent(WrittenOnce):
    """What somebody decided of a line or of an invoice, when, and what became of an order by it; it stays when the
    decision is taken back."""

    class Step(models.TextChoices):
        """Kept with rows, so never renamed."""

        MATCHED = "matched", _("Dopasowano wpłatę")
        UNDONE = "undone", _("Cofnięto dopasowanie")
        ASIDE = "aside", _("Odłożono: nie dotyczy faktury")
        RESUMED = "resumed", _("Przywrócono do dopasowania")
        SAID = "said", _("Wpisano zapłatę")
        TAKEN_BACK = "taken-back", _("Usunięto wpisaną zapłatę")
        EXECUTED = "executed", _("Zlecenie zapłacone według wyciągu")
        REOPENED = "reopened", _("Zlecenie znów otwarte: cofnięto dopasowanie")

    line = models.ForeignKey(StatementLine, models.CASCADE, null=True, blank=True, related_name="events")
    entry = models.ForeignKey(IndexEntry, models.CASCADE, null=True, blank=True, related_name="+")
    order = models.ForeignKey(
        "payments.TransferOrder", models.CASCADE, null=True, blank=True, related_name="events"
    )
    step = models.CharField(max_length=10, choices=Step)
    details = models.JSONField(default=dict)
    at = models.DateTimeField(default=times.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.get_step_display()
