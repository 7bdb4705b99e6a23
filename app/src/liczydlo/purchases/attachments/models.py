"""Which file belongs to which purchase."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from liczydlo.companies.models import CompanyOwned
from liczydlo.documents.kinds import KINDS
from liczydlo.documents.models import StoredFile
from liczydlo.web import times


class Attachment(CompanyOwned):
    """A file attached to a purchase under a name; the same bytes may be attached to several."""

    invoice = models.ForeignKey("purchases.ReceivedInvoice", models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=200)
    at = models.DateTimeField(default=times.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["invoice", "file"], name="one_attachment_per_file"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        """Whether browsers show it as a picture."""
        kind = KINDS[self.file.content_type]
        return kind.is_shown and kind.is_image

    @property
    def is_shown(self) -> bool:
        """Whether browsers show it."""
        return KINDS[self.file.content_type].is_shown
