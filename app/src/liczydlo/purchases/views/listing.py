"""„Zakupy": the list of received invoices."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liczydlo.companies import saved_filters
from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.documents import sums
from liczydlo.documents.filters import NOT_HIDDEN, lengths, of_environment
from liczydlo.documents.models import Direction
from liczydlo.purchases import visits
from liczydlo.purchases.filters import SINCE, doubles, heads, narrowed, order
from liczydlo.purchases.views import actions
from liczydlo.purchases.views.fetching import state_of
from liczydlo.purchases.warnings import services
from liczydlo.web import times
from liczydlo.web.paging import page


@member()
@require_safe
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """Received invoices, the latest first or sorted by a column."""
    form, rows = narrowed(company, request.GET)
    every = of_environment(company, Direction.PURCHASE)
    rows_page = page(rows, request.GET, order=order(request.GET), base=every)
    visible = every.filter(NOT_HIDDEN)
    return render(
        request,
        "purchases/list.html",
        {
            "form": form,
            "page": rows_page,
            "warned": services.warnings_of(row for row in rows_page.rows if row.purchase.open_warnings),
            "filtered": any(request.GET.get(name) for name in (*form.fields, SINCE)),
            "saved": saved_filters.shelf(request, "purchases", form.fields),
            "visit": visits.note(company, request.user, now=times.now()),
            "heads": heads(request.GET),
            "sums": sums.sums_of(rows, rows_page, request.GET, everything=visible),
            "actions": actions.CHOICES,
            "query": request.GET.urlencode(),
            "may_act": request.membership.role in ISSUERS,
            "may_fetch": request.membership.role in ISSUERS,
            "is_connected": clients.is_connected(company),
            **lengths(company, hidden=services.hidden(company), doubles=doubles(company)),
            **state_of(company),
        },
    )
