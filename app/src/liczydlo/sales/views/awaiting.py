"""An invoice that waits for the KSeF number of what it refers to."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.prints.invoice import invoice_html
from liczydlo.sales import awaiting, services
from liczydlo.sales.models import Invoice
from liczydlo.sales.states import NotNow, State
from liczydlo.sales.timeline import timeline
from liczydlo.sales.views.invoices import invoice_of
from liczydlo.web import times
from liczydlo.web.reasons import language


def page(request: CompanyRequest, invoice: Invoice) -> HttpResponse:
    """What it waits for, and what then happens. Raises StaleDraft when it was issued at this moment."""
    document = invoice_html(services.draft_of(invoice).content, language=language())
    context = {**_context(request, invoice), "document": document}
    return render(request, "sales/awaiting.html", context)


def _context(request: CompanyRequest, invoice: Invoice) -> dict[str, object]:
    return {
        "invoice": invoice,
        "originals": awaiting.originals(invoice),
        "is_past": invoice.entry.issue_date < times.today(),
        "events": timeline(invoice),
        "may_issue": request.membership.role in ISSUERS,
    }


@member()
@require_safe
def part(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """The part that changes by itself, for htmx; once it waits no more the whole page is another one."""
    invoice = invoice_of(company, invoice_id)
    if invoice.state != State.AWAITING:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "sales/parts/awaiting.html", _context(request, invoice))


@member(*ISSUERS)
@require_POST
def take_back(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """„Zatrzymaj i popraw"."""
    invoice = invoice_of(company, invoice_id)
    try:
        awaiting.take_back(invoice, by=request.user)
    except NotNow:
        messages.info(request, _("Ta faktura już nie czeka, więc nie da się jej zatrzymać."))
    else:
        messages.success(request, _("Faktura jest znowu szkicem. Nic nie zostało wysłane."))
    return redirect(invoice)
