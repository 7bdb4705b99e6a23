"""How far the machine's clock is from KSeF's, as an answer of KSeF's said last."""

from __future__ import annotations

import datetime as dt

from django.db import models

from liczydlo.companies.models import Environment


class KsefClock(models.Model):
    """One row for an environment, the same for every company; see ``connection.machine_clock``."""

    environment = models.CharField(max_length=10, choices=Environment, unique=True)
    ahead = models.DurationField()  # of ours; negative when ours is behind
    read_at = models.DateTimeField()  # by our clock

    def __str__(self) -> str:
        return f"{self.environment} {self.ahead}"

    @property
    def is_ahead(self) -> bool:
        return self.ahead > dt.timedelta(0)

    @property
    def minutes(self) -> int:
        """How far, whichever way."""
        return round(abs(self.ahead).total_seconds() / 60)
