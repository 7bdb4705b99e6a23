"""What the list of received invoices can be narrowed to."""

from __future__ import annotations

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.web import search

STATES = [("", _("Wszystkie")), ("new", _("Nowe"))]


class Filters(forms.Form):
    """The filter row above the list; everything is optional, and nonsense is told and ignored."""

    q = forms.CharField(
        label=_("Szukaj"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("numer, sprzedawca, NIP, kwota lub numer KSeF")}
        ),
    )
    stan = forms.ChoiceField(label=_("Stan"), choices=STATES, required=False)
    od = forms.DateField(
        label=_("Wystawione od"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    do = forms.DateField(label=_("do"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


def is_in(state: str) -> Q:
    """What the invoices of one entry of ``STATES`` have in common."""
    return Q(opened_at__isnull=True) if state == "new" else Q()


def of_environment(company: Company) -> QuerySet[ReceivedInvoice]:
    """The company's received invoices of its present environment."""
    rows: QuerySet[ReceivedInvoice] = ReceivedInvoice.objects.of(company)
    return rows.filter(environment=company.environment)


def counts(company: Company) -> dict[str, int]:
    """How many invoices the list shows under each entry of ``STATES``."""
    rows = of_environment(company)
    return {name: rows.filter(is_in(name)).count() for name, _words in STATES}


def narrowed(company: Company, query: QueryDict) -> tuple[Filters, QuerySet[ReceivedInvoice]]:
    """The filter form, and the company's received invoices of its present environment that it lets through."""
    form = Filters(query, label_suffix="")
    form.is_valid()
    wanted = form.cleaned_data
    rows = of_environment(company).filter(is_in(wanted.get("stan") or ""))
    if text := (wanted.get("q") or "").strip():
        rows = rows.filter(search.matching(text, nip_field="seller_nip"))
    if wanted.get("od"):
        rows = rows.filter(issue_date__gte=wanted["od"])
    if wanted.get("do"):
        rows = rows.filter(issue_date__lte=wanted["do"])
    return form, rows
