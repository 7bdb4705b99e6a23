"""Where events are sent, and the log of what was sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from liczydlo.companies.models import CompanyOwned
from liczydlo.web import times


class Endpoint(CompanyOwned):
    """An address that a firm's events are posted to. Its secret is shown once and kept sealed (``vault``)."""

    url = models.CharField(max_length=500)
    sealed_secret = models.BinaryField(default=b"")
    made_at = models.DateTimeField(default=times.now)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "url"], name="one_endpoint_per_address"),
        ]

    def __str__(self) -> str:
        return self.url


class Delivery(CompanyOwned):
    """One event for one endpoint; ``body`` is posted as it is, so that every try has the same bytes."""

    class State(models.TextChoices):
        """How far it has got."""

        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed"

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=40)
    key = models.CharField(max_length=80)  # what the event is about; each is posted to an endpoint once
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(
        null=True, blank=True
    )  # HTTP, of the last try that was answered
    error = models.CharField(
        max_length=40, blank=True, default=""
    )  # why the last try failed, a key of ``ERRORS``
    made_at = models.DateTimeField(default=times.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["endpoint", "key"], name="one_delivery_per_event"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["company", "next_at"], name="delivery_waiting", condition=models.Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def chip(self) -> str:
        """The look of its state, a key of ``web.chips``."""
        return f"webhook-{self.state}"
