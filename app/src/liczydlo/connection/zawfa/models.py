"""How far a company's ZAW-FA is."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import CompanyOwned, Environment


class State(models.TextChoices):
    """What has been done."""

    TO_FILE = "to-file", _("do złożenia")
    FILED = "filed", _("złożone, czeka na urząd")
    ACCEPTED = "accepted", _("przyjęte przez urząd")


class ZawFa(CompanyOwned):
    """The notice by which a company names the person who will manage its permissions; one in an environment."""

    environment = models.CharField(max_length=10, choices=Environment)
    state = models.CharField(max_length=10, choices=State, default=State.TO_FILE)
    person = models.CharField(max_length=160, blank=True)  # who is named in it
    filed_on = models.DateField(null=True)
    accepted_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "environment"], name="one_zawfa_per_environment"),
        ]

    def __str__(self) -> str:
        """How far it is."""
        return self.state
