"""What outages do to the firm's invoices: those that were issued because of one, and those whose deadline it moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from liczydlo.companies.models import Company
from liczydlo.ksef import deadlines
from liczydlo.ksef.modes import Mode
from liczydlo.offline.effects import Effect
from liczydlo.offline.models import Outage, outages
from liczydlo.sales.models import OF_OUTAGE, Invoice
from liczydlo.sales.states import UNSENT


def of_invoices(company: Company, shown: Sequence[Outage]) -> dict[str, list[Effect]]:
    """By event: how many were issued because of it and how many of them wait; whose deadline else it moved."""
    events = [row.event for row in shown]
    rows = Invoice.objects.of(company).filter(environment=company.environment)
    name = "mode_reason_json__params__event"
    because = rows.filter(mode__in=OF_OUTAGE, **{f"{name}__in": events}).values_list(name)
    counted = because.annotate(number=Count("pk"), waiting=Count("pk", filter=Q(state__in=UNSENT))).order_by()
    url = reverse("sales:list", args=[company.pk])
    made: dict[str, list[Effect]] = {}
    for event, number, waiting in counted:
        text = _("Wystawione z jej powodu: %(n)d, czeka: %(waiting)d") % {"n": number, "waiting": waiting}
        made.setdefault(event, []).append(Effect(text, url + "?stan=waiting" if waiting else url))
    for event, number in _moved(company, set(events)).items():
        text = _("Inne faktury, których termin przesunęła: %(n)d") % {"n": number}
        made.setdefault(event, []).append(Effect(text, url + "?stan=waiting"))
    return made


def _moved(company: Company, events: set[str]) -> Counter[str]:
    """How many unsent invoices of other modes have each event to thank for their deadline."""
    known = outages(company)
    rows = Invoice.objects.of(company).filter(environment=company.environment, state__in=UNSENT)
    counted: Counter[str] = Counter()
    values = rows.exclude(mode__in=OF_OUTAGE).values_list("mode", "entry__issue_date", "issued_at")
    for mode, day, issued_at in values.iterator():
        outage = deadlines.deadline(Mode(mode), day, known, issued_at=issued_at).outage
        if outage is not None and outage.event in events:
            counted[outage.event] += 1
    return counted
