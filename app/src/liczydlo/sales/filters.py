"""What the list of sales invoices can be narrowed to."""

from __future__ import annotations

import datetime as dt
import re

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.sales.lifecycle import MOVING, State
from liczydlo.sales.models import Invoice

STATES = [
    ("", _("Wszystkie stany")),
    ("draft", _("Szkice")),
    ("moving", _("W drodze do KSeF")),
    ("waiting", _("Offline, do wysłania")),
    ("overdue", _("Po terminie")),
    ("held", _("Wstrzymane")),
    ("accepted", _("Przyjęte")),
    ("rejected", _("Odrzucone")),
]
KSEF_NUMBER = re.compile(r"\d{10}-\d{8}-[0-9A-F]{12}-[0-9A-F]{2}")


class Filters(forms.Form):
    """The filter row above the list; everything is optional, and nonsense is told and ignored."""

    q = forms.CharField(
        label=_("Szukaj"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("numer, nabywca, NIP lub numer KSeF")}
        ),
    )
    stan = forms.ChoiceField(label=_("Stan"), choices=STATES, required=False)
    od = forms.DateField(
        label=_("Wystawione od"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    do = forms.DateField(label=_("do"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


def by_state(rows: QuerySet[Invoice], state: str, today: dt.date) -> QuerySet[Invoice]:
    """The invoices of one entry of ``STATES``."""
    match state:
        case "moving":
            return rows.filter(state__in=MOVING)
        case "overdue":
            return rows.filter(state__in=[State.WAITING, *MOVING], due_date__lt=today)
        case "held":
            return rows.filter(state=State.ISSUED)
        case "":
            return rows
        case _:
            return rows.filter(state=state)


def by_text(rows: QuerySet[Invoice], text: str) -> QuerySet[Invoice]:
    """Invoices that a person may mean by some words: a NIP, a KSeF number, a number's beginning, a buyer's name."""
    digits = re.sub(r"[\s-]", "", text.removeprefix("PL"))
    if KSEF_NUMBER.fullmatch(text.upper()):
        return rows.filter(ksef_number=text.upper())
    if re.fullmatch(r"\d{10}", digits):
        return rows.filter(buyer_nip=digits)
    return rows.filter(words__contains=text.casefold())


def narrowed(company: Company, query: QueryDict, today: dt.date) -> tuple[Filters, QuerySet[Invoice]]:
    """The filter form, and the company's invoices of its present environment that it lets through."""
    form = Filters(query, label_suffix="")
    form.is_valid()
    wanted = form.cleaned_data
    rows: QuerySet[Invoice] = Invoice.objects.of(company)
    rows = rows.filter(environment=company.environment)
    rows = by_state(rows, wanted.get("stan") or "", today)
    if text := (wanted.get("q") or "").strip():
        rows = by_text(rows, text)
    if wanted.get("od"):
        rows = rows.filter(issue_date__gte=wanted["od"])
    if wanted.get("do"):
        rows = rows.filter(issue_date__lte=wanted["do"])
    return form, rows
