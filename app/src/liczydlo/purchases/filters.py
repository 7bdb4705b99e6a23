"""What the list of received invoices can be narrowed to."""

from __future__ import annotations

import re

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.sales.filters import KSEF_NUMBER


class Filters(forms.Form):
    """The filter row above the list; everything is optional, and nonsense is told and ignored."""

    q = forms.CharField(
        label=_("Szukaj"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("numer, sprzedawca, NIP lub numer KSeF")}
        ),
    )
    od = forms.DateField(
        label=_("Wystawione od"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    do = forms.DateField(label=_("do"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


def by_text(rows: QuerySet[ReceivedInvoice], text: str) -> QuerySet[ReceivedInvoice]:
    """Invoices that a person may mean by some words."""
    digits = re.sub(r"[\s-]", "", text.removeprefix("PL"))
    if KSEF_NUMBER.fullmatch(text.upper()):
        return rows.filter(ksef_number=text.upper())
    if re.fullmatch(r"\d{10}", digits):
        return rows.filter(seller_nip=digits)
    return rows.filter(words__contains=text.casefold())


def narrowed(company: Company, query: QueryDict) -> tuple[Filters, QuerySet[ReceivedInvoice]]:
    """The filter form, and the company's received invoices of its present environment that it lets through."""
    form = Filters(query, label_suffix="")
    form.is_valid()
    wanted = form.cleaned_data
    rows: QuerySet[ReceivedInvoice] = ReceivedInvoice.objects.of(company)
    rows = rows.filter(environment=company.environment)
    if text := (wanted.get("q") or "").strip():
        rows = by_text(rows, text)
    if wanted.get("od"):
        rows = rows.filter(issue_date__gte=wanted["od"])
    if wanted.get("do"):
        rows = rows.filter(issue_date__lte=wanted["do"])
    return form, rows
