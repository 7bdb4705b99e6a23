"""„Do zapłaty": purchases that are to pay, by their day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Final

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from liczydlo.companies.access import BOOKKEEPERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.documents import sums
from liczydlo.documents.filters import matching
from liczydlo.documents.models import Direction
from liczydlo.payments import accounts
from liczydlo.payments.transfers import proposals, words
from liczydlo.payments.transfers.forms import DueFilters
from liczydlo.payments.transfers.proposals import Proposal
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.web import times
from liczydlo.web.paging import Order, Page, page

GROUPS: Final = {
    "overdue": _("Po terminie"),
    "week": _("W tym tygodniu"),
    "later": _("Później"),
    "undated": _("Bez terminu"),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A purchase with the words of what stands in its way and of what to know."""

    proposal: Proposal

    @property
    def obstacles(self) -> list[str | Promise]:
        """Why it cannot go as it is, and what to do."""
        return [words.OBSTACLES[code] for code in self.proposal.obstacles]

    @property
    def hints(self) -> list[str | Promise]:
        """What to know before paying."""
        return [words.HINTS[code] for code in self.proposal.hints]


@member()
@require_safe
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """What is to pay, the longest overdue first."""
    form = DueFilters(request.GET)
    base = proposals.unpaid(company)
    rows = narrowed(base, form)
    rows_page = page(
        rows.select_related("entry"), request.GET, order=Order(column="payment_due", nullable=True), base=base
    )
    return render(
        request,
        "payments/due.html",
        {
            "form": form,
            "filtered": any(request.GET.get(name) for name in form.fields),
            "page": rows_page,
            "groups": list(grouped(company, rows_page.rows)),
            "total": total(form, rows, rows_page, request.GET),
            "has_account": accounts.default(company) is not None,
            "may_pay": request.membership.role in BOOKKEEPERS,
        },
    )


def narrowed(rows: QuerySet[ReceivedInvoice], form: DueFilters) -> QuerySet[ReceivedInvoice]:
    """Rows that the filters let through."""
    data = form.cleaned_data
    if text := (data.get("q") or "").strip():
        rows = rows.filter(matching(text, Direction.PURCHASE, at="entry__"))
    if data.get("do"):
        rows = rows.filter(payment_due__lte=data["do"])
    if data.get("kwota_od") is not None:
        rows = rows.filter(left__gte=data["kwota_od"])
    if data.get("kwota_do") is not None:
        rows = rows.filter(left__lte=data["kwota_do"])
    return rows


@dataclass(frozen=True, kw_only=True)
class Total:
    """What is still to pay in each currency; where ``address`` leads to all of it, of the rows of the page alone."""

    amounts: list[tuple[str, Decimal]]
    address: str = ""


def total(form: DueFilters, rows: QuerySet[ReceivedInvoice], rows_page: Page, query: QueryDict) -> Total:
    """The whole list is added up by itself where it is short and no words are sought: an index holds all that it takes.
    With words each row has to be looked at, and a long list is long to add up: a person asks for it."""
    is_part = rows_page.older or not rows_page.is_first
    if (
        is_part
        and sums.SUMS_PARAMETER not in query
        and (form.cleaned_data.get("q") or proposals.are_many(rows))
    ):
        by_currency: dict[str, Decimal] = {}
        for row in rows_page.rows:
            by_currency[row.currency] = by_currency.get(row.currency, Decimal(0)) + row.left
        return Total(amounts=sorted(by_currency.items()), address=sums.asking(query))
    of_all = rows.order_by("currency").values("currency").annotate(**sums.split_sums("left_sum", "left"))
    return Total(amounts=[(one["currency"], sums.joined_sum(one, "left_sum")) for one in of_all])


def grouped(
    company: Company, purchases: Iterable[ReceivedInvoice]
) -> Iterator[tuple[str | Promise, list[Row]]]:
    """Rows of a page under the headings of ``GROUPS``, in the order of the page."""
    today = times.today()
    for name, group in groupby(
        proposals.of_purchases(company, purchases), lambda one: _group(one.purchase.payment_due, today)
    ):
        yield GROUPS[name], [Row(proposal=one) for one in group]


def _group(due: dt.date | None, today: dt.date) -> str:
    if due is None:
        return "undated"
    if due < today:
        return "overdue"
    sunday = today + dt.timedelta(days=6 - today.weekday())
    return "week" if due <= sunday else "later"
