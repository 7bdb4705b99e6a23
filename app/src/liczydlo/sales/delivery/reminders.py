"""Reminders of payment, so many days before and after its day, once each; none of what is paid."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from liczydlo.companies.models import Company
from liczydlo.contacts import trade
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim
from liczydlo.sales.delivery import letters, stops
from liczydlo.sales.delivery.letters import Kind
from liczydlo.sales.delivery.tables import BuyerLetter, LetterSettings
from liczydlo.sales.filters import of_company
from liczydlo.sales.models import Invoice
from liczydlo.sales.models.receivables import OPEN

JOB: Final = "sales.reminders"
ROUND: Final = "sales.reminders.round"
EVERY: Final = dt.timedelta(hours=1)
MORNING: Final = dt.time(8)
"""Nobody is reminded in the night."""
CHUNK: Final = 200


@registry.job(ROUND, standing=True)
def look_round(claim: Claim) -> dt.datetime:
    """Look at every firm that reminds its buyers. Raises ClaimLost."""
    claim.step("reminders.round")
    if settings.LICZYDLO_SENDS_MAIL and timezone.localtime(claim.clock()).time() >= MORNING:
        enabled = Q(remind_before__isnull=False) | Q(remind_after__isnull=False)
        for company in LetterSettings.objects.filter(enabled).values_list("company", flat=True):
            registry.enqueue(company, JOB)
    return claim.clock() + EVERY


@registry.job(JOB)
def remind(claim: Claim) -> None:
    """Make the letters that are due today. Raises ClaimLost."""
    company, today = claim.company, timezone.localdate(claim.clock())
    row = letters.of(company)
    for kind in (Kind.BEFORE, Kind.AFTER):
        due = _days(row, kind, today)
        if due is None or not settings.LICZYDLO_SENDS_MAIL:
            continue
        rows = of_company(company).filter(OPEN, left__gt=0, payment_due__range=due)
        earlier = BuyerLetter.objects.of(company).filter(kind=kind, automatic=True)
        entries = list(rows.exclude(entry__sale__letters__in=earlier).values_list("entry", flat=True))
        for at in range(0, len(entries), CHUNK):
            claim.step("reminders.make")
            reminders = reminder_letters(company, row, kind, entries[at : at + CHUNK], now=claim.clock())
            if reminders:
                letters.store(company.pk, reminders)
            claim.progressed()


def _days(row: LetterSettings, kind: Kind, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """The days of payment of which a kind reminds today, and has not for the machine was off; None where it is off."""
    since = row.reminders_since or today
    if kind == Kind.BEFORE and row.remind_before is not None:
        before = dt.timedelta(days=row.remind_before)
        return max(today, since + before), today + before
    if kind == Kind.AFTER and row.remind_after is not None:
        after = dt.timedelta(days=row.remind_after)
        return since - after, today - after
    return None


def reminder_letters(
    company: Company, row: LetterSettings, kind: Kind, entries: list[int], *, now: dt.datetime
) -> list[BuyerLetter]:
    """Those of a kind that are due, about invoices of these index entries; to an address that takes no letters they are
    made once it does."""
    reminders = []
    invoices = Invoice.objects.of(company).filter(entry__in=entries).select_related("entry", "company")
    for invoice in invoices.order_by("pk"):
        contractor = trade.buyer_of(company, invoice.entry)
        if contractor is None or not contractor.email or contractor.no_reminders:
            continue
        if letters.can_be_sent(invoice) and not stops.holds(company, contractor.email, now=now):
            reminders.append(letters.automatic(invoice, contractor, row, kind))
    return reminders
