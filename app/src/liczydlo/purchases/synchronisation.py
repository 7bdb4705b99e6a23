"""How complete the company's documents are, role by role, and what KSeF's limits leave for the rest; for a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.purchases import coverage, packages, services, set_aside
from liczydlo.purchases.coverage import Stretch
from liczydlo.purchases.models import BEGINNING, BUYER, SELLER, Checkpoint, LateDocument, Order
from liczydlo.purchases.plan import NAMES, RESERVE, Budget, Plan

ROLES: Final[dict[str, str | Promise]] = {
    BUYER: _("Nabywca"),
    SELLER: _("Sprzedawca"),
    "Subject3": _("Podmiot trzeci"),
    "SubjectAuthorized": _("Podmiot upoważniony"),
}
OPERATIONS: Final[dict[str, str | Promise]] = {
    "list": _("Lista faktur"),
    "export": _("Paczki faktur"),
    "document": _("Pojedyncze faktury"),
}
HOW: Final[dict[str, str | Promise]] = {
    "list": _("lista KSeF do jego znacznika kompletności"),
    "package": _("paczka z KSeF"),
    "earlier": _("wcześniejsza wersja programu"),
}
SHOWN: Final = 20  # late documents on the page


@dataclass(frozen=True, kw_only=True)
class RoleState:
    """One role. ``complete_until``: everything from ``since`` to then is here, but for what is set aside."""

    subject: str
    since: dt.datetime
    complete_until: dt.datetime | None
    timeline: coverage.Timeline
    gaps: Sequence[tuple[dt.datetime, dt.datetime]]
    hwm: dt.datetime | None
    looked_at: dt.datetime | None
    order: Order | None
    set_aside: int
    late: int
    windows_left: int
    percent: int

    @property
    def label(self) -> str | Promise:
        """What the role is called."""
        return ROLES[self.subject]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing between ``since`` and the last look."""
        return self.complete_until is not None and not self.gaps

    @property
    def stretches(self) -> list[tuple[Stretch, str | Promise]]:
        """The time line, the newest first, and how each part was proved."""
        return [(one, HOW[one.how]) for one in reversed(self.timeline)]


@dataclass(frozen=True, kw_only=True)
class State:
    """All of it. ``finish_at`` is the earliest moment at which KSeF's limits let the rest be asked for."""

    roles: Sequence[RoleState]
    budgets: Sequence[tuple[str | Promise, Budget]]
    late: Sequence[LateDocument]
    finish_at: dt.datetime | None
    is_limited: bool

    @property
    def complete_until(self) -> dt.datetime | None:
        """Up to when the documents of every role are here; None while one of them has never been read."""
        moments = [role.complete_until for role in self.roles]
        moments_known = [one for one in moments if one is not None]
        return min(moments_known) if len(moments_known) == len(moments) else None


def state_of(company: Company, *, now: dt.datetime) -> State:
    """How the company stands in its present environment; asks nobody."""
    late = LateDocument.objects.of(company).filter(environment=company.environment)
    counts = dict(late.order_by().values_list("subject").annotate(number=Count("*")))
    orders = {one.subject: one for one in packages.orders(company).filter(purpose="new")}
    waiting = [one.role for one in set_aside.undecided(company)]
    rows = Checkpoint.objects.of(company).filter(environment=company.environment)
    checkpoints = {row.subject: row for row in rows}
    roles = [
        _role(
            checkpoints.get(subject) or Checkpoint(subject=subject, until=BEGINNING),
            now,
            order=orders.get(subject),
            waiting=waiting.count(subject),
            late=counts.get(subject, 0),
        )
        for subject in services.ROLES
    ]
    plan = Plan(company, lambda: now)
    left = sum(role.windows_left for role in roles)
    return State(
        roles=roles,
        budgets=[(OPERATIONS[operation], plan.budget(operation)) for operation in NAMES],
        late=list(late[:SHOWN]),
        finish_at=plan.budget("list").free_at(left + RESERVE) if left else None,
        is_limited=plan.is_limited,
    )


def _role(row: Checkpoint, now: dt.datetime, *, order: Order | None, waiting: int, late: int) -> RoleState:
    timeline = row.timeline
    newest = timeline[-1].end if timeline else min(row.since, now)
    gaps = coverage.gaps(timeline, row.since, newest)
    windows = list(coverage.windows(timeline, row.since, now))
    windows_left = len(windows) - 1 if timeline else len(windows)
    uncovered = sum(
        ((end - start) for start, end in coverage.gaps(timeline, row.since, now)), dt.timedelta(0)
    )
    span = max(now - row.since, dt.timedelta(seconds=1))
    return RoleState(
        subject=row.subject,
        since=row.since,
        complete_until=coverage.complete_until(timeline, row.since),
        timeline=timeline,
        gaps=gaps,
        hwm=row.hwm,
        looked_at=row.looked_at,
        order=order,
        set_aside=waiting,
        late=late,
        windows_left=windows_left,
        percent=100 if not gaps and timeline else int(100 * (1 - uncovered / span)),
    )


def look_back_to(company: Company, day: dt.datetime) -> None:
    """Bring in everything since a day, in every role; what is here already stays."""
    for role in services.ROLES:
        services.checkpoint_of(company, role)
    rows = Checkpoint.objects.of(company).filter(environment=company.environment)
    rows.update(since=day, looked_at=None)
    services.request(company)
