"""What the list of sales invoices can be narrowed to and sorted by, and what buyers owe altogether."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.models import Company
from liczydlo.connection.models import VOID
from liczydlo.documents import filters, sums
from liczydlo.documents.filters import MANY, NOT_HIDDEN, having, lengths, of_environment
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.sales.models import Invoice
from liczydlo.sales.models.receivables import OPEN, Receivable
from liczydlo.sales.states import MOVING, UNSENT, State
from liczydlo.web import columns
from liczydlo.web.paging import Order

STATES = [
    ("", _("Wszystkie stany")),
    ("draft", _("Szkice")),
    ("moving", _("W drodze do KSeF")),
    ("waiting", _("Offline, do wysłania")),
    ("overdue", _("Po terminie")),
    ("void", _("Z nieważnym KODEM II")),
    ("held", _("Wstrzymane")),
    ("accepted", _("Przyjęte")),
    ("rejected", _("Odrzucone")),
    ("corrected", _("Skorygowane technicznie")),
    ("outside", _("Poza KSeF")),
]

HOMES: Final = {Direction.SALE: "sales:list", Direction.SELF_BILLED: "sales:self_billed"}
"""The lists of what the company issues; both take ``stan``."""
OVERDUE: Final = "overdue"
PAYMENTS: Final = [
    ("", _("Wszystkie")),
    ("unpaid", _("Nieopłacone")),
    (OVERDUE, _("Po terminie płatności")),
    ("part", _("Zapłacone w części")),
    ("paid", _("Zapłacone")),
    ("return", _("Do zwrotu")),
]
COLUMNS: Final = {
    "number": Order(column="number"),
    "issued": Order(column="issue_date"),
    "due": Order(column="payment_due", nullable=True),
    "gross": Order(column="gross"),
}
"""Columns of ``IndexEntry`` by their names in addresses."""
LABELS: Final = {
    "number": _("Numer"),
    "issued": _("Wystawiono"),
    "due": _("Termin płatności"),
    "buyer": _("Nabywca"),
    "gross": _("Brutto"),
    "state": _("Stan"),
}
HEADS: Final = (("number",), ("issued", "due"), ("buyer",), ("gross",), ("state",))
"""Columns of the table: two stand under one another, so that names get the width."""


class Filters(filters.Filters):
    """The filter row above the list."""

    direction = Direction.SALE
    states = STATES
    typed = _("numer, nabywca, NIP, kwota lub numer KSeF")

    platnosc = forms.ChoiceField(label=_("Płatność"), required=False, choices=PAYMENTS)
    # of addresses that the dashboard leads to: amounts of several currencies are added up one by one
    waluta = forms.CharField(required=False, max_length=3, widget=forms.HiddenInput)
    field_order = ("q", "stan", "platnosc", "od", "do", "waluta")


def is_in(state: str, today: dt.date) -> Q:
    """What the invoices of one entry of ``STATES`` have in common; counts and lists are both made of it."""
    match state:
        case "moving":
            return Q(state__in=MOVING)
        case "overdue":
            return Q(state__in=UNSENT, due_date__lt=today)
        case "void":
            return Q(state__in=UNSENT, signature__certificate__ksef_status__in=VOID)
        case "held":
            return Q(state=State.ISSUED)
        case "":
            return Q()
        case _:
            return Q(state=state)


def counts(company: Company, today: dt.date) -> dict[Direction, dict[str, int]]:
    """How many invoices the lists of ``HOMES`` show under the entries of ``STATES`` that wait for a person or are on
    their way; and of the accepted ones as ``number`` counts."""
    rows, billed = Invoice.objects.of(company).filter(environment=company.environment), _self_billed(company)
    few = (State.DRAFT, State.REJECTED, State.ISSUED, *UNSENT, *MOVING)
    # counted apart: they are few, sales are many
    of_billed = _counts(company, billed, _by_state(billed), today)
    accepted = rows.filter(state=State.ACCEPTED)[: MANY + 1 + of_billed[State.ACCEPTED]]
    of_both = _counts(company, rows, _by_state(rows.filter(state__in=few)), today, accepted=accepted)
    own = {name: number - of_billed[name] for name, number in of_both.items()}
    return {Direction.SALE: own, Direction.SELF_BILLED: of_billed}


def _self_billed(company: Company) -> QuerySet[Invoice]:
    """By the entries alone, which are the company's: by the company SQLite reads all that it ever issued."""
    entries = (
        of_environment(company, Direction.SELF_BILLED).filter(NOT_HIDDEN).select_related(None).order_by()
    )
    return Invoice.objects.filter(entry__in=entries)


def in_state(rows: QuerySet[Invoice], state: str, today: dt.date) -> QuerySet[Invoice]:
    """Those of the rows that one entry of ``STATES`` lists."""
    if state != "void":
        return rows.filter(is_in(state, today))
    # beside a join SQLite does not take the index of states for more than one of them
    return Invoice.objects.filter(is_in(state, today), pk__in=rows.filter(state__in=UNSENT).values("pk"))


def _by_state(rows: QuerySet[Invoice]) -> dict[str, int]:
    return dict(rows.values_list("state").annotate(number=Count("*")).order_by())


def _counts(
    company: Company,
    rows: QuerySet[Invoice],
    by_state: dict[str, int],
    today: dt.date,
    **lists: QuerySet[Invoice],
) -> dict[str, int]:
    states = (State.DRAFT, State.REJECTED, State.WAITING, State.ACCEPTED)
    late: dict[str, int] = dict.fromkeys(("void", "overdue"), 0)
    if any(by_state.get(state) for state in UNSENT):
        lists |= {name: in_state(rows, name, today) for name in late}
    return {
        **{str(name): by_state.get(name, 0) for name in states},
        "moving": sum(by_state.get(state, 0) for state in MOVING),
        "held": by_state.get(State.ISSUED, 0),
        **late,
        **(lengths(company, **lists) if lists else {}),
    }


def narrowed(company: Company, query: QueryDict, today: dt.date) -> tuple[Filters, QuerySet[IndexEntry]]:
    """The filter form, and the company's invoices of its present environment that it lets through."""
    form = Filters(query)
    rows = of_environment(company, Direction.SALE).filter(NOT_HIDDEN)
    if form.state == State.ACCEPTED:  # most of them: on the way through the list rather than before it
        rows = rows.filter(sale__state=State.ACCEPTED)
    elif form.state:
        of_state = in_state(
            Invoice.objects.of(company).filter(environment=company.environment), form.state, today
        )
        rows = rows.filter(pk__in=of_state.order_by().values("entry"))
    if payment := form.cleaned_data.get("platnosc"):
        rows = _of_payment(company, rows, payment, today)
    if currency := form.cleaned_data.get("waluta"):
        rows = rows.filter(currency=currency)
    return form, form.narrow(rows)


def _of_payment(
    company: Company, rows: QuerySet[IndexEntry], payment: str, today: dt.date
) -> QuerySet[IndexEntry]:
    """Sales of one entry of ``PAYMENTS``; a correction counts with what it corrects."""
    values: dict[str, Any] = {"left__gt": 0}
    match payment:
        case "overdue":
            values["payment_due__lt"] = today
        case "part":
            values["paid__gt"] = 0
        case "return":
            values = {"left__lt": 0}
        case "paid":
            return rows.filter(receivable__left=Decimal(0)).exclude(receivable__paid=Decimal(0))
    few = of_company(company).filter(OPEN, **values).values_list("entry", flat=True)
    return having(rows, few, Q(**{f"receivable__{name}": value for name, value in values.items()}))


def of_company(company: Company) -> QuerySet[Receivable]:
    """What is owed to a company in its present environment."""
    rows: QuerySet[Receivable] = Receivable.objects.of(company)
    return rows.filter(environment=company.environment).order_by()


def owing(company: Company) -> QuerySet[Receivable]:
    """Sales of which buyers still owe something."""
    return of_company(company).filter(OPEN, left__gt=0)


def unpaid_sums(company: Company, today: dt.date) -> list[sums.UnpaidSum]:
    """By currency, PLN first."""
    return sums.unpaid_sums(owing(company), today)


def order(query: QueryDict) -> Order | None:
    """What a request sorts the list by; None for the latest first."""
    return columns.order(query, COLUMNS)


def heads(query: QueryDict) -> list[columns.Head]:
    """The heads of the table."""
    return columns.heads(query, HEADS, LABELS, COLUMNS)
