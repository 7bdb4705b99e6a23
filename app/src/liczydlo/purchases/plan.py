"""KSeF's limits of requests, planned: what is left of each window, and when the next request may go out.

The windows slide, per company and operation (ksef-docs limity/limity-api.md). Each request is noted before it goes out,
so that a process that dies counts too.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.db.models import QuerySet

from liczydlo.companies.models import Company, Environment
from liczydlo.connection import limits
from liczydlo.jobs.claims import HOUR, Clock
from liczydlo.ksef import limits as ksef
from liczydlo.ksef.limits import Rate
from liczydlo.purchases.models import KsefRequest

Operation = Literal["list", "export", "document"]
SECOND: Final = dt.timedelta(seconds=1)
MINUTE: Final = dt.timedelta(minutes=1)
NAMES: Final[dict[Operation, ksef.Operation]] = {
    "list": "invoiceMetadata",
    "export": "invoiceExport",
    "document": "invoiceDownload",
}
"""``POST /invoices/query/metadata``, ``POST /invoices/exports``, ``GET /invoices/ksef/…`` as KSeF counts them."""
UNLIMITED: Final = 10_000
RESERVE: Final = 4
"""Requests that what is new may always have, while years of the past are brought in."""
BRIEF: Final = SECOND
"""So short a wait is not worth giving the work back for."""


class NotYet(Exception):
    """The limit is used up; ``at`` is when the work can go on."""

    def __init__(self, at: dt.datetime) -> None:
        super().__init__(f"not before {at:%H:%M:%S}")
        self.at = at


def sliding(rate: Rate) -> tuple[tuple[dt.timedelta, int], ...]:
    """The windows of a rate; what is not limited has none."""
    windows = ((SECOND, rate.second), (MINUTE, rate.minute), (HOUR, rate.hour))
    return tuple((length, limit) for length, limit in windows if limit is not None)


@dataclass(frozen=True, kw_only=True)
class Window:
    """``used`` of ``limit`` requests in the last ``length``."""

    length: dt.timedelta
    limit: int
    used: int

    @property
    def left(self) -> int:
        """Requests that may go out now."""
        return max(0, self.limit - self.used)


@dataclass(frozen=True, kw_only=True)
class Budget:
    """The requests of one operation in the last hour, oldest first.

    ``refused_until`` is KSeF's own word. Not ``enforced``: an emulator that nobody has told to limit anything.
    """

    operation: Operation
    sent: Sequence[dt.datetime]
    now: dt.datetime
    limits: Sequence[tuple[dt.timedelta, int]]
    refused_until: dt.datetime | None = None
    enforced: bool = True

    @property
    def windows(self) -> list[Window]:
        """Every window as it stands."""
        return [
            Window(
                length=length,
                limit=limit,
                used=sum(self.now - at < length for at in self.sent),
            )
            for length, limit in self.limits
        ]

    @property
    def left(self) -> int:
        """How many may go out one after another, a second's limit aside."""
        if self.refused_until is not None and self.refused_until > self.now:
            return 0
        if not self.enforced:
            return max((limit for _, limit in self.limits), default=UNLIMITED)
        return min((window.left for window in self.windows if window.length > SECOND), default=UNLIMITED)

    def free_at(self, number: int = 1) -> dt.datetime:
        """When the last one of so many further requests may go out, each as soon as the windows let it."""
        at = max(self.now, self.refused_until or self.now)
        if not self.enforced:
            return at
        sent = list(self.sent)
        for _ in range(number):
            for length, limit in self.limits:
                if 0 < limit <= len(sent):
                    at = max(at, sent[-limit] + length)
            sent.append(at)
        return at


class Plan:
    """What one company may ask KSeF for."""

    def __init__(
        self, company: Company, clock: Clock, *, pause: Callable[[float], None] = time.sleep
    ) -> None:
        """``pause`` waits out the limit of a second."""
        self._company, self._clock, self._pause = company, clock, pause

    def budget(self, operation: Operation) -> Budget:
        """How an operation stands now."""
        now = self._clock()
        rows = (
            self._rows().filter(operation=operation, at__gt=now - HOUR, at__lte=now + MINUTE).order_by("at")
        )
        requests = list(rows.values_list("at", "refused_until"))
        return Budget(
            operation=operation,
            sent=[at for at, refused in requests if refused is None],
            now=now,
            limits=sliding(limits.limits_of(self._company).rate(NAMES[operation])),
            refused_until=max((until for _, until in requests if until is not None), default=None),
            enforced=self.is_limited,
        )

    @property
    def is_limited(self) -> bool:
        """The emulator limits nothing until it is told to; its first 429 says that it was."""
        if self._company.environment != Environment.EMULATOR:
            return True
        return self._rows().exclude(refused_until=None).exists()

    def take(self, operation: Operation, *, reserve: int = 0) -> None:
        """Count a request that is about to go out and leaves so many to others. Raises NotYet."""
        budget = self.budget(operation)
        if (free_at := budget.free_at(1 + reserve)) - budget.now > BRIEF:
            raise NotYet(free_at)
        at = budget.free_at()
        if at > budget.now:
            self._pause((at - budget.now).total_seconds())
        self._note(operation, at)

    def refused(self, operation: Operation, seconds: float) -> dt.datetime:
        """KSeF answered 429 all the same: others use its limits too. Until when nothing of the kind goes out."""
        now = self._clock()
        until = now + min(HOUR, dt.timedelta(seconds=max(1.0, seconds)))
        limits.doubt(self._company)
        self._note(operation, now, until)
        return until

    def _note(self, operation: Operation, at: dt.datetime, refused_until: dt.datetime | None = None) -> None:
        self._rows().filter(at__lt=at - 2 * HOUR).delete()
        KsefRequest.objects.create(
            company=self._company,
            environment=self._company.environment,
            operation=operation,
            at=at,
            refused_until=refused_until,
        )

    def _rows(self) -> QuerySet[KsefRequest]:
        rows: QuerySet[KsefRequest] = KsefRequest.objects.of(self._company)
        return rows.filter(environment=self._company.environment)
