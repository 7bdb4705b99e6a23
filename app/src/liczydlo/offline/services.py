"""How KSeF is by all that is known, and a total failure that the media announced."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from liczydlo.companies.models import Company, User
from liczydlo.connection import clients
from liczydlo.ksef.deadlines import Deadline, deadline
from liczydlo.ksef.modes import Mode
from liczydlo.offline.effects import Effect, effects
from liczydlo.offline.models import Kind, Latarnia, Outage, outages, rows
from liczydlo.offline.signals import outages_changed
from liczydlo.web import times

STALE: Final = dt.timedelta(minutes=15)
"""An answer of Latarnia's that is older says nothing of now."""
MODES: Final = {
    Kind.MAINTENANCE: Mode.OFFLINE,
    Kind.FAILURE: Mode.EMERGENCY,
    Kind.TOTAL_FAILURE: Mode.TOTAL_FAILURE,
}
"""In which mode an invoice is issued while an outage lasts."""
_GRAVITY: Final = [str(kind) for kind in Kind]


@dataclass(frozen=True, kw_only=True)
class Situation:
    """``outage`` is the gravest that is on, or None; ``is_known`` is False when Latarnia has been silent for long.

    ``answered_at`` is Latarnia's last answer; None: never, or the environment has no Latarnia (``has_latarnia``).
    """

    outage: Outage | None
    is_known: bool
    answered_at: dt.datetime | None
    has_latarnia: bool


def situation(company: Company, *, now: dt.datetime) -> Situation:
    """How the company's KSeF is. What was announced and not ended is on, however long Latarnia has been silent."""
    current = [row for row in rows(company) if row.is_on(now)]
    looked = Latarnia.objects.filter(environment=company.environment).first()
    answered_at = looked.answered_at if looked else None
    return Situation(
        outage=max(current, key=lambda row: _GRAVITY.index(row.kind), default=None),
        is_known=bool(current) or (answered_at is not None and now - answered_at <= STALE),
        answered_at=answered_at,
        has_latarnia=clients.environment(company).latarnia is not None,
    )


def with_deadlines(company: Company, found: list[Outage]) -> list[tuple[Outage, Deadline, list[Effect]]]:
    """Each outage with the deadline of an invoice issued because of it on its first day, and what it does to others."""
    known, told = outages(company), effects(company, found)
    return [
        (
            row,
            deadline(MODES[Kind(row.kind)], row.announced.first_day, known, issued_at=row.started_at),
            told.get(row.event, []),
        )
        for row in found
    ]


def enter_total_failure(
    company: Company, by: User, *, started_at: dt.datetime, ended_at: dt.datetime | None, title: str
) -> Outage:
    """Keep a total failure that was announced outside Latarnia; deadlines of the company's invoices follow."""
    with transaction.atomic():
        row = Outage.objects.create(
            environment=company.environment,
            company=company,
            event=f"hand-{uuid.uuid4().hex}",
            kind=Kind.TOTAL_FAILURE,
            started_at=started_at,
            ended_at=ended_at,
            title=title,
            by=by,
        )
        _changed(company)
    return row


def end_total_failure(company: Company, row: Outage, *, ended_at: dt.datetime) -> None:
    """Write the end of a total failure that was entered here; a correction of it, too."""
    with transaction.atomic():
        Outage.objects.filter(pk=row.pk, company=company).update(ended_at=ended_at, changed_at=times.now())
        _changed(company)


def take_back(company: Company, row: Outage) -> None:
    """Remove what was entered by mistake. What Latarnia announced cannot be removed."""
    with transaction.atomic():
        Outage.objects.filter(pk=row.pk, company=company).delete()
        _changed(company)


def _changed(company: Company) -> None:
    transaction.on_commit(lambda: outages_changed.send(sender=Outage, environment=company.environment))
