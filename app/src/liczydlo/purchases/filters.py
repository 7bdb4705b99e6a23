"""What the list of received invoices can be narrowed to."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.documents import filters
from liczydlo.documents.filters import of_environment
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.purchases.models import ReceivedInvoice

STATES = [("", _("Wszystkie")), ("new", _("Nowe"))]


class Filters(filters.Filters):
    """The filter row above the list."""

    direction = Direction.PURCHASE
    states = STATES
    typed = _("numer, sprzedawca, NIP, kwota lub numer KSeF")


def counts(company: Company) -> dict[str, int]:
    """How many invoices the list shows under each entry of ``STATES``."""
    return {"": of_environment(company, Direction.PURCHASE).count(), "new": _new(company).count()}


def narrowed(company: Company, query: QueryDict) -> tuple[Filters, QuerySet[IndexEntry]]:
    """The filter form, and the company's received invoices of its present environment that it lets through."""
    form = Filters(query)
    rows = of_environment(company, Direction.PURCHASE)
    if form.state == "new":
        rows = rows.filter(pk__in=_new(company).order_by().values("entry"))
    return form, form.narrow(rows)


def _new(company: Company) -> QuerySet[ReceivedInvoice]:
    rows: QuerySet[ReceivedInvoice] = ReceivedInvoice.objects.of(company)
    return rows.filter(environment=company.environment, opened_at__isnull=True)
