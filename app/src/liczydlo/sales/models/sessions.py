"""Sessions at KSeF and the parts of batch packages."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import CompanyOwned, Environment
from liczydlo.ksef.sessions import FA3


class Session(CompanyOwned):
    """A session that we opened at KSeF; its key is kept sealed, so that any process can go on with it.

    A batch session is closed once its parts are uploaded; ``valid_until`` is then the end of the time for that.
    """

    class Kind(models.TextChoices):
        """How invoices go into it."""

        ONLINE = "online", _("Interaktywna")
        BATCH = "batch", _("Wsadowa")

    environment = models.CharField(max_length=10, choices=Environment)
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.ONLINE)
    form = models.CharField(max_length=10, default=FA3.system_code)  # which documents KSeF takes in it
    reference = models.CharField(max_length=36)
    sealed_key = models.BinaryField()
    opened_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    used_at = models.DateTimeField()
    sent = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    broken = models.BooleanField(default=False)
    reason_json = models.JSONField(null=True, blank=True)  # why it is
    # where KSeF's list of its invoices goes on; empty: at the beginning
    list_token = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "environment", "reference"], name="one_session_per_reference"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["company"], name="session_open", condition=models.Q(closed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.reference


class BatchPart(CompanyOwned):
    """One encrypted part of a batch session's package; ``sealed_upload`` is where KSeF wants it."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="parts")
    ordinal = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)  # of the encrypted part, lower-case hex
    sealed_upload = models.BinaryField()
    uploaded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["session", "ordinal"], name="one_part_per_ordinal"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.ordinal}"
