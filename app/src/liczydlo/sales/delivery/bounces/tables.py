"""How far the mailbox of returned letters has been read."""

from __future__ import annotations

from django.db import models


class BounceMailbox(models.Model):
    """One row for each mailbox that was ever set; messages up to ``last_uid`` are done while ``validity`` stays."""

    name = models.CharField(max_length=500, unique=True)  # user, host, port and folder
    validity = models.PositiveBigIntegerField(default=0)
    last_uid = models.PositiveBigIntegerField(default=0)
    checked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
