"""The last check of a company's readiness, so that whoever comes back sees it again."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from liczydlo.companies.models import CompanyOwned, Environment


class ReadinessReport(CompanyOwned):
    """What the checks found; one in an environment, the latest."""

    environment = models.CharField(max_length=10, choices=Environment)
    findings = models.JSONField(default=list)  # see ``findings.Finding``; no secrets
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "environment"], name="one_readiness_report"),
        ]

    def __str__(self) -> str:
        return f"{self.environment} {self.at:%Y-%m-%d %H:%M}"
