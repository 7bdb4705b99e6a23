"""„Zakupy": the list with „Pobierz z KSeF", one invoice, its files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.documents import files
from liczydlo.prints.invoice import PrintError, invoice_html
from liczydlo.purchases import services, set_aside
from liczydlo.purchases.filters import narrowed
from liczydlo.purchases.models import BUYER, Checkpoint, ReceivedInvoice, SetAside
from liczydlo.web import times
from liczydlo.web.files import PDF, XML
from liczydlo.web.paging import page
from liczydlo.web.reasons import language


@member()
@require_safe
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """Received invoices, the latest first."""
    form, rows = narrowed(company, request.GET)
    return render(
        request,
        "purchases/list.html",
        {
            "form": form,
            "page": page(rows, request.GET),
            "filtered": any(request.GET.get(name) for name in form.fields),
            "may_fetch": request.membership.role in ISSUERS,
            "is_connected": clients.is_connected(company),
            **_progress(company),
        },
    )


@member()
@require_safe
def progress(request: CompanyRequest, company: Company) -> HttpResponse:
    """How the bringing-in stands, for htmx; when it is over, the page is loaded anew to show what came."""
    found = _progress(company)
    response = render(request, "purchases/parts/progress.html", found)
    if not found["is_fetching"]:
        response["HX-Refresh"] = "true"
    return response


def _progress(company: Company) -> dict[str, Any]:
    job = services.job(company)
    checkpoint = Checkpoint.objects.of(company).filter(environment=company.environment, subject=BUYER).first()
    due_at, reason = (job.due_at, job.reason) if job is not None else (None, None)
    return {
        "is_fetching": due_at is not None and reason is None and due_at <= times.now(),
        "hindrance": reason if due_at is not None else None,
        "next_run": due_at,
        "set_aside": set_aside.shown(company),
        "looked_at": checkpoint.looked_at if checkpoint else None,
    }


@member(*ISSUERS)
@require_POST
def fetch(_request: CompanyRequest, company: Company) -> HttpResponse:
    """„Pobierz z KSeF": the job is due at once, with what was set aside, and the list shows how it goes."""
    set_aside.try_now(company, now=times.now())
    services.request(company)
    return redirect("purchases:list", company.pk)


@member(*ISSUERS)
@require_POST
def dismiss(request: CompanyRequest, company: Company, row_id: int) -> HttpResponse:
    """Do without a document that was set aside."""
    row: SetAside = get_object_or_404(SetAside.objects.of(company), pk=row_id)
    set_aside.dismiss(row, by=request.user, now=times.now())
    messages.success(
        request, _("Dokument %(number)s nie będzie już pobierany.") % {"number": row.ksef_number}
    )
    return redirect("purchases:list", company.pk)


def _invoice(company: Company, invoice_id: int) -> ReceivedInvoice:
    rows = ReceivedInvoice.objects.of(company).select_related("entry__document")
    invoice: ReceivedInvoice = get_object_or_404(rows, pk=invoice_id)
    return invoice


@member()
@require_safe
def detail(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """One received invoice; it is no longer new once somebody has opened it."""
    invoice = _invoice(company, invoice_id)
    if invoice.is_new:
        mine = ReceivedInvoice.objects.of(company).filter(pk=invoice.pk, opened_at=None)
        mine.update(opened_at=times.now())
    return render(
        request,
        "purchases/detail.html",
        {
            "invoice": invoice,
            "document": invoice_html(invoice.entry.xml, language=language()),
            "kod_1": files.kod_1(invoice.entry),
        },
    )


@member()
@require_safe
def pdf(_request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """The print; 404 for a document that is not FA(3)."""
    invoice = _invoice(company, invoice_id)
    try:
        content = files.pdf(invoice.entry)
    except PrintError as error:
        raise Http404("not FA(3)") from error
    return files.response(invoice.entry, content, PDF)


@member()
@require_safe
def xml(_request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """The bytes as KSeF holds them."""
    invoice = _invoice(company, invoice_id)
    return files.response(invoice.entry, invoice.entry.xml, XML)
