"""What the list of received invoices can be narrowed to."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.web import filters

STATES = [("", _("Wszystkie")), ("new", _("Nowe"))]


class Filters(filters.Filters):
    """The filter row above the list."""

    states = STATES
    typed = _("numer, sprzedawca, NIP, kwota lub numer KSeF")


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
    form = Filters(query)
    rows = of_environment(company).filter(is_in(form.state))
    return form, form.narrow(rows, nip_field="seller_nip")
