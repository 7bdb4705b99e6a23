"""Announced outages of KSeF. Latarnia forgets after thirty days; deadlines and inspections do not."""

from __future__ import annotations

from typing import ClassVar, cast

from django.db import models
from django.utils import timezone

from liczydlo.companies.models import Company, Environment
from liczydlo.ksef import deadlines


class Kind(models.TextChoices):
    """What was announced (ustawa o VAT art. 106ne, 106nf, 106nh)."""

    MAINTENANCE = "maintenance"
    FAILURE = "failure"
    TOTAL_FAILURE = "total-failure"


class Outage(models.Model):
    """A time without KSeF of one environment, the same for every company. ``ended_at`` is empty while it lasts."""

    environment = models.CharField(max_length=10, choices=Environment)
    event = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, choices=Kind)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("started_at",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["environment", "event"], name="one_outage_per_event"),
        ]

    def __str__(self) -> str:
        """What and since when."""
        return f"{self.kind} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def announced(self) -> deadlines.Outage:
        """As the rules of deadlines take it."""
        kind = cast("deadlines.OutageKind", self.kind)
        return deadlines.Outage(kind=kind, start=self.started_at, end=self.ended_at, event=self.event)


def outages(company: Company) -> list[deadlines.Outage]:
    """Every outage known of the company's present environment, the earliest first."""
    return [row.announced for row in Outage.objects.filter(environment=company.environment)]
