"""Announced outages of KSeF. Latarnia forgets after thirty days; deadlines and inspections do not."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Final, cast

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company, Environment
from liczydlo.ksef import deadlines
from liczydlo.web import times

BY_HAND: Final = "hand-"
"""How the events begin that Latarnia has not announced."""


class Kind(models.TextChoices):
    """What was announced (ustawa o VAT art. 106nh, 106nf, 106ne), the graver the later."""

    MAINTENANCE = "maintenance", _("Niedostępność (prace serwisowe)")
    FAILURE = "failure", _("Awaria")
    TOTAL_FAILURE = "total-failure", _("Awaria całkowita")


class Latarnia(models.Model):
    """When an environment's Latarnia was asked last, and when it answered last."""

    environment = models.CharField(max_length=10, choices=Environment, unique=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Latarnia {self.environment}"


class Outage(models.Model):
    """A time without KSeF of one environment, the same for every company. ``ended_at`` is empty while it lasts.

    A total failure is announced in the media; what a firm's owner enters of one is that company's alone, what the
    installation's operator enters is every company's.
    """

    environment = models.CharField(max_length=10, choices=Environment)
    company = models.ForeignKey(Company, models.CASCADE, null=True, blank=True, related_name="+")
    event = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, choices=Kind)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    title = models.CharField(max_length=500, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(default=times.now)

    class Meta:
        ordering = ("started_at",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["environment", "event"], name="one_outage_per_event"),
        ]

    def __str__(self) -> str:
        """What and since when."""
        return f"{self.kind} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def by_hand(self) -> bool:
        """Entered by a person; the rest is Latarnia's."""
        return self.event.startswith(BY_HAND)

    @property
    def announced(self) -> deadlines.Outage:
        """The outage in the type of ``ksef.deadlines``."""
        kind = cast("deadlines.OutageKind", self.kind)
        return deadlines.Outage(
            kind=kind, start=self.started_at, end=self.ended_at, event=self.event, title=self.title
        )

    def is_on(self, now: dt.datetime) -> bool:
        """Whether it has begun and not ended."""
        return self.started_at <= now and (self.ended_at is None or now < self.ended_at)


def rows(company: Company, environment: str = "") -> models.QuerySet[Outage]:
    """Every outage known to the company of an environment, by default its present one; the earliest first."""
    mine = models.Q(company=None) | models.Q(company=company)
    return Outage.objects.filter(mine, environment=environment or company.environment)


def outages(company: Company, environment: str = "") -> list[deadlines.Outage]:
    """Outages of a company's KSeF in the type of ``ksef.deadlines``."""
    return [row.announced for row in rows(company, environment)]
