"""The list of sales invoices, which refreshes the states of those that move."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liczydlo.companies import saved_filters
from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.documents import sums
from liczydlo.documents.filters import lengths, of_environment
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.sales import corrections, similar
from liczydlo.sales.delivery.bounces import telling
from liczydlo.sales.filters import heads, narrowed, order
from liczydlo.sales.models import Invoice
from liczydlo.sales.models.receivables import Receivable
from liczydlo.sales.repeating import recurrences
from liczydlo.sales.services import hindrance
from liczydlo.web import times
from liczydlo.web.paging import SIZE, ids, page

LIVELY = dt.timedelta(minutes=1)  # after so long without a change there is no hurry to look again


@member()
@require_safe
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Sprzedaż": invoices by page, narrowed by the filters of the address."""
    form, rows = narrowed(company, request.GET, times.today())
    every = of_environment(company, Direction.SALE)
    rows_page = page(rows.select_related("receivable"), request.GET, order=order(request.GET), base=every)
    issued = every.exclude(document=None)
    filtered = any(request.GET.get(name) for name in form.fields)
    drafts = (
        [row.sale.pk for row in rows_page.rows if row.sale.state == "draft"]
        if request.GET.get("stan") == "draft"
        else []
    )
    return render(
        request,
        "sales/list.html",
        {
            "form": form,
            "page": rows_page,
            "filtered": filtered,
            "heads": heads(request.GET),
            "payments": _payments(rows_page.rows),
            "sums": sums.sums_of(rows, rows_page, request.GET, everything=issued),
            "query": request.GET.urlencode(),
            "saved": saved_filters.shelf(request, "sales", form.fields),
            "drafts": drafts,
            "corrections": corrections.listed(company, [row.sale for row in rows_page.rows]),
            "sends_mail": settings.LICZYDLO_SENDS_MAIL,
            "may_issue": request.membership.role in ISSUERS,
            **lengths(company, returned=telling.returned(company), recurring=recurrences.waiting(company)),
            "repeatable": {
                row.sale.pk for row in rows_page.rows if similar.refusal(company, row.sale) is None
            },
            "is_connected": clients.is_connected(company),
            **moving_of(company, [row.sale for row in rows_page.rows]),
        },
    )


@member()
@require_safe
def states(request: CompanyRequest, company: Company) -> HttpResponse:
    """The states of the named invoices, for htmx: each replaces its own on the page."""
    ids_listed = ids(request.GET.getlist("id"))[:SIZE]
    rows = list(Invoice.objects.of(company).filter(pk__in=ids_listed).select_related("entry"))
    return render(request, "sales/parts/states.html", {"rows": rows, **moving_of(company, rows)})


def _payments(rows: list[IndexEntry]) -> dict[int, tuple[Receivable, str]]:
    """What was paid of the rows, with the key of its chip, by their ids; of those that count by themselves."""
    receivables = [row.receivable for row in rows if hasattr(row, "receivable")]
    return {row.entry_id: (row, row.chip(times.today())) for row in receivables if row.counts}


def moving_of(company: Company, rows: list[Invoice]) -> dict[str, object]:
    """Which rows of a list change by themselves, how soon it looks again (seconds), and what is in their way."""
    moving = [row for row in rows if row.is_moving]
    lively = any(times.now() - row.changed_at < LIVELY for row in moving)
    return {
        "moving": moving,
        "look_again": 2 if lively else 10,
        "hindrance": hindrance(company) if moving else None,
    }
