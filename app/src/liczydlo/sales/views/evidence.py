"""„Dowody": everything that proves an issued invoice, on a page and in one archive."""

from __future__ import annotations

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from liczydlo.companies.access import CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.sales import evidence
from liczydlo.sales.models import Invoice
from liczydlo.sales.views.invoices import invoice_of
from liczydlo.web import times
from liczydlo.web.files import file_name
from liczydlo.web.zips import as_archive


def _issued(company: Company, invoice_id: int) -> Invoice:
    invoice = invoice_of(company, invoice_id)
    if invoice.entry.document is None:
        raise Http404("a draft proves nothing")
    return invoice


@member()
@require_safe
def show(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """The page."""
    found = evidence.of(_issued(company, invoice_id))
    return render(request, "sales/evidence.html", {"invoice": found.invoice, "found": found})


@member()
@require_safe
def archive(_request: CompanyRequest, company: Company, invoice_id: int) -> StreamingHttpResponse:
    """The same and every file, named after the invoice."""
    found = evidence.of(_issued(company, invoice_id))
    name = file_name("dowody", found.invoice.entry.number, found.invoice.entry.ksef_number, ending=".zip")
    return as_archive(evidence.archive(found), name, moment=timezone.localtime(times.now()))
