"""Letters to a firm's owners about invoices that do not get to KSeF: an outage, a deadline that is near or has passed.

Each is written once for an owner: one of an outage, one of each invoice's deadline, one when it has passed; a letter
lists all that are due for it. What the mail server does not take is tried again.
"""

from __future__ import annotations

import datetime as dt
import enum
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.conf import settings
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from liczydlo.companies import letters
from liczydlo.companies.models import Company, User
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim
from liczydlo.jobs.letters import try_again
from liczydlo.ksef.deadlines import is_business_day
from liczydlo.offline.models import Kind as OutageKind
from liczydlo.offline.models import Outage
from liczydlo.offline.services import situation
from liczydlo.sales.countdown import countdown
from liczydlo.sales.models import Invoice, Notice
from liczydlo.sales.states import UNSENT, State

NAME: Final = "sales.letters"
ROUND: Final = "sales.letters.round"
EVERY: Final = dt.timedelta(hours=1)
"""How often all firms are looked at."""
GRACE: Final = dt.timedelta(hours=1)
"""So long an invoice may be on its way by itself before anybody is written to."""
MORNING: Final = dt.time(8)
LISTED: Final = 50
"""Invoices named in one letter; of the rest their number is told."""
DAY: Final = dt.timedelta(days=1)


class Kind(enum.StrEnum):
    """What a letter is about; the value is kept with its notices."""

    OUTAGE = "outage"
    SOON = "deadline"
    LATE = "late"


def reminder_day(due: dt.date) -> dt.date:
    """The last working day before a deadline."""
    day = due - DAY
    while not is_business_day(day):
        day -= DAY
    return day


def moments(invoice: Invoice) -> dict[Kind, dt.datetime]:
    """When an owner is written to about an invoice's deadline, if it is still not sent then; nothing without one."""
    if invoice.due_date is None:
        return {}
    began = invoice.send_after if invoice.state == State.WAITING else invoice.queued_at
    settled_at = began or invoice.changed_at
    days = {Kind.SOON: reminder_day(invoice.due_date), Kind.LATE: invoice.due_date + DAY}
    return {kind: max(_morning(day), settled_at + GRACE) for kind, day in days.items()}


def _morning(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, MORNING))


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One that is due: its invoices by the keys of their notices; of an outage one key stands for all."""

    kind: Kind
    keys: Mapping[str, Sequence[Invoice]]
    outage: Outage | None = None

    @property
    def rows(self) -> list[Invoice]:
        """The invoices that it lists."""
        return [row for rows in self.keys.values() for row in rows]

    def unwritten(self, company: Company, person: User) -> Letter:
        """What of it the person has not got yet."""
        notices = Notice.objects.of(company).filter(person=person, kind=self.kind, key__in=self.keys)
        noticed = set(notices.values_list("key", flat=True))
        return replace(self, keys={key: rows for key, rows in self.keys.items() if key not in noticed})


@registry.job(NAME)
def write(claim: Claim) -> dt.datetime | None:
    """Write what is due; returns when the next letter may be. Raises Later when the mail server took not all."""
    company, now = claim.company, claim.clock()
    if not settings.LICZYDLO_SENDS_MAIL:
        return None
    unsent = list(_held_invoices(company))
    undelivered = 0
    for letter in _due_letters(company, unsent, now):
        for person in letters.owners(company):
            unwritten = letter.unwritten(company, person)
            if unwritten.keys and not _send_letter(claim, company, person, unwritten):
                undelivered += 1
    try_again(undelivered)
    ahead = [moment for row in unsent for moment in moments(row).values() if moment > now]
    return min(ahead, default=None)


def _held_invoices(company: Company) -> QuerySet[Invoice]:
    """The company's invoices that KSeF has not got, the nearest deadline first."""
    rows = Invoice.objects.of(company).filter(environment=company.environment, state__in=UNSENT)
    return rows.select_related("entry").order_by(*Invoice.nearest_deadline())


def _due_letters(company: Company, unsent: Sequence[Invoice], now: dt.datetime) -> list[Letter]:
    letters = []
    outage = situation(company, now=now).outage
    if outage is not None and unsent:
        letters.append(Letter(kind=Kind.OUTAGE, keys={outage.event: unsent}, outage=outage))
    today = timezone.localdate(now)
    for kind in (Kind.LATE, Kind.SOON):
        rows = [row for row in unsent if row.is_overdue(today) == (kind == Kind.LATE)]
        reached = [row for row in rows if row.due_date and moments(row)[kind] <= now]
        letters.append(Letter(kind=kind, keys={str(row.pk): [row] for row in reached}))
    return letters


def _send_letter(claim: Claim, company: Company, person: User, letter: Letter) -> bool:
    claim.step("letters.write")
    today, rows = timezone.localdate(claim.clock()), letter.rows
    values = {
        "kind": letter.kind,
        "company": company,
        "outage": letter.outage,
        "is_total": letter.outage is not None and letter.outage.kind == OutageKind.TOTAL_FAILURE,
        "rows": [(row, countdown(row.due_date, today) if row.due_date else None) for row in rows[:LISTED]],
        "more": max(0, len(rows) - LISTED),
        "link": letters.link(reverse("sales:queue", args=[company.pk])),
    }
    subject = functools.partial(_subject, company, letter.kind, len(rows))
    if not letters.write(person, subject, "sales/letter.txt", values):
        return False
    claim.step("letters.written")
    Notice.objects.bulk_create(
        (Notice(company=company, person=person, kind=letter.kind, key=key) for key in letter.keys),
        ignore_conflicts=True,
    )
    return True


def _subject(company: Company, kind: Kind, count: int) -> str:
    match kind:
        case Kind.OUTAGE:
            text = _("%(firm)s: KSeF nie działa, faktury czekają (%(n)d)")
        case Kind.SOON:
            text = _("%(firm)s: zbliża się termin wysłania faktur do KSeF (%(n)d)")
        case Kind.LATE:
            text = _("%(firm)s: minął termin wysłania faktur do KSeF (%(n)d)")
    return text % {"firm": company.name, "n": count}


@registry.job(ROUND, standing=True)
def look_round(claim: Claim) -> dt.datetime:
    """Look at every firm with something that is not sent: a deadline comes near by itself. Raises ClaimLost."""
    claim.step("letters.round")
    if settings.LICZYDLO_SENDS_MAIL:
        _look_at(Invoice.objects.all())
    return claim.clock() + EVERY


def once_outages_changed(*, environment: str, **_: object) -> None:
    """An outage began, ended or moved deadlines: look at every firm whose invoices it may hold."""
    _look_at(Invoice.objects.filter(environment=environment))


def _look_at(rows: QuerySet[Invoice]) -> None:
    unsent = rows.filter(state__in=UNSENT, company__environment=F("environment"))
    for company in unsent.order_by().values_list("company", flat=True).distinct():
        registry.enqueue(company, NAME)
