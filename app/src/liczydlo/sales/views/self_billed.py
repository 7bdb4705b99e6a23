"""„Wystawione za dostawców": invoices that the company issues as the buyer, VAT RR and in suppliers' names."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.documents import filters
from liczydlo.documents.filters import NOT_HIDDEN, of_environment
from liczydlo.documents.models import Direction
from liczydlo.sales import similar
from liczydlo.sales.farm import payments
from liczydlo.sales.filters import STATES, in_state
from liczydlo.sales.models import Invoice
from liczydlo.sales.views.listing import moving_of
from liczydlo.web import times
from liczydlo.web.paging import page


class Filters(filters.Filters):
    """The filter row above the list."""

    direction = Direction.SELF_BILLED
    states = STATES
    typed = gettext_lazy("numer, dostawca, NIP, kwota lub numer KSeF")

    platnosc = forms.ChoiceField(label=gettext_lazy("Zapłata"), required=False, choices=payments.CHOICES)
    field_order = ("q", "stan", "platnosc", "od", "do")


@member()
@require_safe
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """The invoices by page, the latest first."""
    form = Filters(request.GET)
    rows = of_environment(company, Direction.SELF_BILLED).filter(NOT_HIDDEN)
    if form.state:
        entries = rows.select_related(None).order_by()
        of_state = in_state(Invoice.objects.filter(entry__in=entries), form.state, times.today())
        rows = rows.filter(pk__in=of_state.order_by().values("entry"))
    rows = payments.narrowed(company, rows, form.cleaned_data.get("platnosc") or "")
    rows_page = page(form.narrow(rows), request.GET)
    payments_of_rows = payments.of(company, rows_page.rows)
    context = {
        "home": "sales:self_billed",
        "form": form,
        "page": rows_page,
        "bought": [(row, payments_of_rows.get(row.ksef_number)) for row in rows_page.rows],
        "filtered": any(request.GET.get(name) for name in form.fields),
        "repeatable": {row.sale.pk for row in rows_page.rows if similar.refusal(company, row.sale) is None},
        "may_issue": request.membership.role in ISSUERS,
        **moving_of(company, [row.sale for row in rows_page.rows]),
    }
    return render(request, "sales/self_billed.html", context)
