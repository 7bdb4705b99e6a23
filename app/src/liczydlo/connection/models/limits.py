"""How much KSeF takes of a company, as it said last."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from liczydlo.companies.models import CompanyOwned, Environment


class KsefLimits(CompanyOwned):
    """One row for a company and an environment; see ``connection.limits``."""

    environment = models.CharField(max_length=10, choices=Environment)
    limits = models.JSONField(null=True)  # see ``ksef.limits.Limits``; None: KSeF has not said
    asked_at = models.DateTimeField()
    again_at = models.DateTimeField()  # KSeF is not asked before

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "environment"], name="one_row_of_limits"),
        ]

    def __str__(self) -> str:
        return f"{self.environment} {self.asked_at:%Y-%m-%d %H:%M}"
