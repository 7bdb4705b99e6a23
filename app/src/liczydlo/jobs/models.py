"""One table of all background work: a row per company and kind of work."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from liczydlo.companies.models import Company, CompanyOwnedQuerySet
from liczydlo.web.reasons import Reason


class Job(models.Model):
    """Pending work: one row per scope and kind. ``due_at``: run no later; ``lease_until``: who runs it now.

    The scope is a company, or the installation where ``company`` is None. One scope's work of one kind is one row, so
    its own things keep their order and its waiting (a limit of KSeF, a failure) holds up nobody else's.
    """

    company = models.ForeignKey(Company, models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=40)
    due_at = models.DateTimeField(null=True, blank=True)
    wakes = models.PositiveBigIntegerField(default=0)  # a wake during a run must not be lost
    blocked_until = models.DateTimeField(null=True, blank=True)  # KSeF said Retry-After: no wake shortens it
    lease_until = models.DateTimeField(null=True, blank=True)
    holder = models.CharField(max_length=64, blank=True, default="")
    token = models.CharField(max_length=32, blank=True, default="")
    failures = models.PositiveIntegerField(default=0)  # put off so often in a row, nothing having moved
    deaths = models.PositiveIntegerField(default=0)  # runs in a row that ended with their process
    reason_json = models.JSONField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = CompanyOwnedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["company", "name"], name="one_job_of_a_kind"),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(company__isnull=True),
                name="one_job_of_a_kind_of_the_installation",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], name="job_due", condition=models.Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        """The kind of work and whose it is."""
        return f"{self.name} of {f'company {self.company_id}' if self.company_id else 'the installation'}"

    @property
    def reason(self) -> Reason | None:
        """Why the work waits, if something went wrong the last time."""
        return Reason.from_json(self.reason_json)
