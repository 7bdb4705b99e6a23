"""What the list of received invoices can be narrowed to and sorted by."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.documents import filters
from liczydlo.documents.filters import HIDDEN, NOT_HIDDEN, of_environment
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.purchases import search
from liczydlo.purchases.models import PossibleDouble, ReceivedInvoice
from liczydlo.purchases.states import Payment, State
from liczydlo.web import columns, times
from liczydlo.web.paging import Order, ids

STATES = [
    ("", _("Wszystkie oprócz ukrytych")),
    (State.NEW, _("Nowe")),
    (State.CHECKED, _("Sprawdzone")),
    (State.BOOKED, _("Zaksięgowane")),
    (State.HIDDEN, _("Ukryte")),
]
OVERDUE: Final = "overdue"
UNPAID: Final = ~Q(payment=Payment.PAID.value)
"""The condition of the index ``received_due``: nothing is left of what is paid."""
OUTSIDE: Final = "outside"
DOUBLE: Final = "double"
SOURCES = [
    ("", _("Wszystkie")),
    ("ksef", _("Z KSeF")),
    (OUTSIDE, _("Poza KSeF")),
    (DOUBLE, _("Może być podwójna")),
]
PAYMENTS = [("", _("Wszystkie")), *Payment.choices, (OVERDUE, _("Po terminie płatności"))]
WARNED: Final = "open"
REPORTED: Final = "reported"
WARNINGS: Final = [
    ("", _("Wszystkie")),
    (WARNED, _("Z ostrzeżeniem")),
    (REPORTED, _("Zgłoszone jako nadużycie")),
]
SINCE: Final = "od_wizyty"  # query parameter: purchases that came after the one of this id
COLUMNS: Final = {
    "seller": Order(column="seller_key"),
    "number": Order(column="number"),
    "issued": Order(column="issue_date"),
    "net": Order(column="net", nullable=True),
    "vat": Order(column="vat", nullable=True),
    "gross": Order(column="gross"),
    "due": Order(column="payment_due", nullable=True),
    "state": Order(column="purchase__state", values=State.values),
    "payment": Order(column="purchase__payment", values=Payment.values),
}
"""Columns of ``IndexEntry`` by their names in addresses."""


LABELS: Final = {
    "number": _("Numer"),
    "issued": _("Wystawiono"),
    "seller": _("Sprzedawca"),
    "net": _("Netto"),
    "vat": _("VAT"),
    "gross": _("Brutto"),
    "due": _("Termin płatności"),
    "payment": _("Płatność"),
    "state": _("Stan"),
}
HEADS: Final = (("number", "seller"), ("issued", "due"), ("net", "vat"), ("gross",), ("state", "payment"))
"""Columns of the table: two stand under one another, so that names get the width."""


class Filters(filters.Filters):
    """The filter row above the list."""

    direction = Direction.PURCHASE
    states = STATES
    typed = _("numer, sprzedawca, NIP, kwota, numer KSeF lub treść pozycji")

    platnosc = forms.ChoiceField(label=_("Płatność"), required=False, choices=PAYMENTS)
    ostrzezenia = forms.ChoiceField(label=_("Ostrzeżenia"), required=False, choices=WARNINGS)
    skad = forms.ChoiceField(label=_("Skąd"), required=False, choices=SOURCES)
    field_order = ("q", "stan", "platnosc", "skad", "ostrzezenia", "od", "do")

    def __init__(self, company: Company, query: QueryDict) -> None:
        self.company = company
        super().__init__(query)

    def search(self, rows: QuerySet[IndexEntry], text: str) -> QuerySet[IndexEntry]:
        """Lines are searched too."""
        return search.narrow(self.company, rows, text)


def order(query: QueryDict) -> Order | None:
    """What a request sorts the list by; None for the latest first, and for what is no column."""
    return columns.order(query, COLUMNS)


def heads(query: QueryDict) -> list[columns.Head]:
    """The heads of the table."""
    return columns.heads(query, HEADS, LABELS, COLUMNS)


def counts(company: Company) -> dict[str, int]:
    """How many invoices the list shows under „Wszystkie oprócz ukrytych" and under „Nowe", as ``number`` counts."""
    new = (
        _purchases(company).filter(state=State.NEW).order_by("entry_id")
    )  # of one state, the order of an index
    visible = of_environment(company, Direction.PURCHASE).filter(NOT_HIDDEN)
    few = slice(filters.MANY + 1)
    number = filters.lengths(company, new=new[few], shown=visible.select_related(None)[few])
    return {State.NEW: number["new"], "": number["shown"]}


def narrowed(company: Company, query: QueryDict) -> tuple[Filters, QuerySet[IndexEntry]]:
    """The filter form, and the company's received invoices of its present environment that it lets through."""
    form = Filters(company, query)
    rows = of_environment(company, Direction.PURCHASE)
    rows = rows.filter(HIDDEN if form.state == State.HIDDEN else NOT_HIDDEN)
    if form.state not in ("", State.HIDDEN):
        rows = having(company, rows, state=form.state)
    since = next(iter(ids([query.get(SINCE, "")])), None)
    if since is not None:
        rows = rows.filter(purchase__pk__gt=since)
    payment = form.cleaned_data.get("platnosc")
    if payment == OVERDUE:
        rows = having(company, rows, implied=UNPAID, left__gt=0, payment_due__lt=times.today())
    elif payment:
        rows = having(company, rows, payment=payment)
    warnings = form.cleaned_data.get("ostrzezenia")
    if warnings == WARNED:
        rows = having(company, rows, open_warnings__gt=0)
    elif warnings == REPORTED:
        rows = having(company, rows, reported_at__isnull=False)
    source = form.cleaned_data.get("skad")
    if source == DOUBLE:
        pairs = doubles(company)
        rows = rows.filter(Q(purchase__in=pairs.values("outside")) | Q(purchase__in=pairs.values("invoice")))
    elif source:
        rows = rows.filter(ksef_number="") if source == OUTSIDE else rows.exclude(ksef_number="")
    return form, form.narrow(rows)


def doubles(company: Company) -> QuerySet[PossibleDouble]:
    """Pairs of purchases that may be one and of which nobody has decided."""
    rows: QuerySet[PossibleDouble] = PossibleDouble.objects.of(company)
    return rows.filter(dismissed_at=None, outside__environment=company.environment).order_by()


def having(
    company: Company, rows: QuerySet[IndexEntry], *, implied: Q | None = None, **values: Any
) -> QuerySet[IndexEntry]:
    """Rows whose purchase has the values. ``implied`` follows from them; a database that reads it uses the index of
    purchases that have it."""
    few = _purchases(company).filter(implied or Q(), **values).order_by().values_list("entry", flat=True)
    on_the_way = dict(values)
    if (
        connection.vendor == "postgresql"
    ):  # by what its index begins with; SQLite would sort all that it lists
        on_the_way |= {"company": company, "environment": company.environment}
    return filters.having(rows, few, Q(**{f"purchase__{name}": value for name, value in on_the_way.items()}))


def _purchases(company: Company) -> QuerySet[ReceivedInvoice]:
    rows: QuerySet[ReceivedInvoice] = ReceivedInvoice.objects.of(company)
    return rows.filter(environment=company.environment)
