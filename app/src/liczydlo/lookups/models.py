"""Which services a firm has switched on, what was asked, and what they answered."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import CompanyOwned, Environment
from liczydlo.public_services.nbp import DECIMALS


class Service(models.TextChoices):
    """A public service; the values are kept with answers, so they are never renamed."""

    WHITE_LIST = "white-list", _("Biała lista (wykaz podatników VAT)")
    NBP = "nbp", _("Kursy walut NBP")
    VIES = "vies", _("VIES (numery VAT UE)")
    GUS = "gus", _("GUS (rejestr REGON)")


class Choice(CompanyOwned):
    """Whether a firm lets the program ask a service; without a row it does not.

    ``sealed_key`` is the firm's own key where a service wants one (``vault``).
    """

    service = models.CharField(max_length=20, choices=Service)
    is_on = models.BooleanField(default=False)
    sealed_key = models.BinaryField(default=b"")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "service"], name="one_choice_per_service"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {'on' if self.is_on else 'off'}"


class Answer(CompanyOwned):
    """A question about a day and, once ``answered_at`` is there, what the service said. An answer is never changed.

    ``request_id`` and ``answered_at`` are the service's own; ``error`` is why the last try brought none.
    """

    environment = models.CharField(max_length=10, choices=Environment)
    service = models.CharField(max_length=20, choices=Service)
    question = models.CharField(
        max_length=80
    )  # of Biała lista „NIP/account" or NIP, of GUS NIP, of VIES „FR2755"
    day = models.DateField()
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    request_id = models.CharField(max_length=60, blank=True, default="")
    content = models.JSONField(default=dict)
    error = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "environment", "service", "question", "day"],
                condition=models.Q(answered_at=None),
                name="one_open_question_of_a_day",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["company", "environment", "service", "question", "day"], name="answer_question"
            ),
            models.Index(
                fields=["company", "service"],
                name="answer_waiting",
                condition=models.Q(answered_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.question} {self.day}"


class ExchangeRate(models.Model):
    """A middle rate of NBP's table A as ``base`` has answered it, for all firms of this installation.

    A table is never changed, so a row is not either. ``mid`` is PLN for one unit of ``currency``.
    """

    base = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    day = models.DateField()  # the table's effectiveDate
    number = models.CharField(max_length=20)  # „230/A/NBP/2026"
    mid = models.DecimalField(max_digits=14, decimal_places=DECIMALS)
    answered_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["base", "currency", "day"], name="one_rate_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.day} {self.number}"


class Pause(models.Model):
    """Until when an operation of a service is not asked by anybody of this installation: its limits are per address.

    ``failures`` in a row; an answer removes the row.
    """

    base = models.CharField(max_length=200)
    operation = models.CharField(max_length=20)
    until = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["base", "operation"], name="one_pause_per_operation"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} until {self.until}"
