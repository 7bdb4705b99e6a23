"""What outages do to the firm's invoices: those that were issued because of one, and those whose deadline it moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.documents.models import Direction
from liczydlo.ksef import deadlines
from liczydlo.ksef.modes import Mode
from liczydlo.offline.effects import Effect
from liczydlo.offline.models import Outage, outages
from liczydlo.sales.filters import HOMES
from liczydlo.sales.models import OF_OUTAGE, Invoice
from liczydlo.sales.states import UNSENT

BECAUSE: Final[Mapping[str, Any]] = {
    Direction.SALE: _("Wystawione z jej powodu: %(n)d, czeka: %(waiting)d"),
    Direction.SELF_BILLED: _("Za dostawców wystawione z jej powodu: %(n)d, czeka: %(waiting)d"),
}
MOVED: Final[Mapping[str, Any]] = {
    Direction.SALE: _("Inne faktury, których termin przesunęła: %(n)d"),
    Direction.SELF_BILLED: _("Inne wystawione za dostawców, których termin przesunęła: %(n)d"),
}


def of_invoices(company: Company, announced: Sequence[Outage]) -> dict[str, list[Effect]]:
    """By event: how many were issued because of it and how many of them wait; whose deadline else it moved. Sales and
    what is issued for suppliers apart, as their lists are."""
    events = [row.event for row in announced]
    rows = Invoice.objects.of(company).filter(environment=company.environment)
    name, kind = "mode_reason_json__params__event", "entry__direction"
    because = rows.filter(mode__in=OF_OUTAGE, **{f"{name}__in": events}).values_list(name, kind)
    counted = because.annotate(number=Count("pk"), waiting=Count("pk", filter=Q(state__in=UNSENT)))
    effects: dict[str, list[Effect]] = {}
    for event, direction, number, waiting in counted.order_by("-entry__direction"):
        text = BECAUSE[direction] % {"n": number, "waiting": waiting}
        effects.setdefault(event, []).append(_effect(company, direction, text, waiting=bool(waiting)))
    for (event, direction), number in sorted(_counts_moved(company, set(events)).items(), reverse=True):
        text = MOVED[direction] % {"n": number}
        effects.setdefault(event, []).append(_effect(company, direction, text, waiting=True))
    return effects


def _effect(company: Company, direction: str, text: str, *, waiting: bool) -> Effect:
    url = reverse(HOMES[Direction(direction)], args=[company.pk])
    return Effect(text, url + "?stan=waiting" if waiting else url)


def _counts_moved(company: Company, events: set[str]) -> Counter[tuple[str, str]]:
    """How many unsent invoices of other modes have each event to thank for their deadline, by event and direction."""
    announced = outages(company)
    rows = Invoice.objects.of(company).filter(environment=company.environment, state__in=UNSENT)
    counted: Counter[tuple[str, str]] = Counter()
    columns = ("mode", "entry__issue_date", "issued_at", "entry__direction")
    values = rows.exclude(mode__in=OF_OUTAGE).values_list(*columns)
    for mode, day, issued_at, direction in values.iterator():
        outage = deadlines.deadline(Mode(mode), day, announced, issued_at=issued_at).outage
        if outage is not None and outage.event in events:
            counted[outage.event, direction] += 1
    return counted
