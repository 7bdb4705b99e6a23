"""One table of all background work: a row per company and kind of work."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from liczydlo.companies.models import CompanyOwned
from liczydlo.web.reasons import Reason


class Job(CompanyOwned):
    """That some work of a company is due, at the latest at ``due_at``, and who holds it until when.

    One company's work of one kind is one row, so its own things keep their order and its waiting (a limit of KSeF,
    a failure) holds up nobody else's.
    """

    name = models.CharField(max_length=40)
    due_at = models.DateTimeField(null=True, blank=True)
    wakes = models.PositiveBigIntegerField(default=0)  # a wake during a run must not be lost
    queued_until = models.DateTimeField(
        null=True, blank=True
    )  # a worker has been told; tell again after this
    blocked_until = models.DateTimeField(null=True, blank=True)  # KSeF said Retry-After: no wake shortens it
    lease_until = models.DateTimeField(null=True, blank=True)
    holder = models.CharField(max_length=64, blank=True, default="")
    token = models.CharField(max_length=32, blank=True, default="")
    failures = models.PositiveIntegerField(default=0)  # put off so often in a row, nothing having moved
    deaths = models.PositiveIntegerField(default=0)  # runs in a row that ended with their process
    reason_json = models.JSONField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "name"], name="one_job_of_a_kind"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], name="job_due", condition=models.Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        """The kind of work and whose it is."""
        return f"{self.name} of company {self.company_id}"

    @property
    def reason(self) -> Reason | None:
        """Why the work waits, if something went wrong the last time."""
        return Reason.from_json(self.reason_json)
