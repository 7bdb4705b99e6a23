"""Whether a company's KSeF is available, by the outages stored; total failures that a person enters."""

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
from liczydlo.offline import locks
from liczydlo.offline.effects import Effect, effects
from liczydlo.offline.models import BY_HAND, Kind, Latarnia, Outage, outages, rows
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


def with_deadlines(company: Company, announced: list[Outage]) -> list[tuple[Outage, Deadline, list[Effect]]]:
    """Each outage with the deadline of an invoice issued because of it on its first day, and what it does to others."""
    all_outages, caused = outages(company), effects(company, announced)
    return [
        (
            row,
            deadline(MODES[Kind(row.kind)], row.announced.first_day, all_outages, issued_at=row.started_at),
            caused.get(row.event, []),
        )
        for row in announced
    ]


def may_change(row: Outage, user: User, company: Company, *, is_owner: bool) -> bool:
    """A company's entry is its owner's to correct, one for all companies the operator's (a superuser)."""
    if row.company_id is None:
        return row.by_hand and user.is_superuser
    return row.company_id == company.pk and is_owner


def enter_total_failure(
    company: Company,
    by: User,
    *,
    started_at: dt.datetime,
    ended_at: dt.datetime | None,
    title: str,
    everywhere: bool = False,
) -> Outage:
    """Keep a total failure of the company's KSeF that was announced outside Latarnia; deadlines follow.

    ``everywhere``: it counts for every company of the installation that works with this KSeF.
    """
    with transaction.atomic():
        locks.change(company.environment)
        row = Outage.objects.create(
            environment=company.environment,
            company=None if everywhere else company,
            event=f"{BY_HAND}{uuid.uuid4().hex}",
            kind=Kind.TOTAL_FAILURE,
            started_at=started_at,
            ended_at=ended_at,
            title=title,
            by=by,
        )
        _changed(row)
    return row


def correct_total_failure(
    row: Outage, *, started_at: dt.datetime, ended_at: dt.datetime | None, title: str
) -> None:
    """Write the end of a total failure that was entered by hand, or correct it."""
    values = {"started_at": started_at, "ended_at": ended_at, "title": title, "changed_at": times.now()}
    with transaction.atomic():
        locks.change(row.environment)
        Outage.objects.filter(pk=row.pk, event__startswith=BY_HAND).update(**values)
        _changed(row)


def take_back(row: Outage) -> None:
    """Remove what was entered by mistake. What Latarnia announced cannot be removed."""
    with transaction.atomic():
        locks.change(row.environment)
        Outage.objects.filter(pk=row.pk, event__startswith=BY_HAND).delete()
        _changed(row)


def _changed(row: Outage) -> None:
    environment = row.environment
    transaction.on_commit(lambda: outages_changed.send(sender=Outage, environment=environment))
