"""Sessions at KSeF, interactive and batch: how far each is, its invoices, its collective UPO."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from liczydlo.companies.access import CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.sales.models import Invoice, UpoPage
from liczydlo.sales.progress import progress, sessions
from liczydlo.web.files import XML, as_file, file_name
from liczydlo.web.paging import page


@member()
@require_safe
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """The company's sessions, the newest first."""
    rows_page = page(sessions(company), request.GET)
    context = {"page": rows_page, "rows": progress(company, rows_page.rows)}
    return render(request, "sales/sessions.html", context)


@member()
@require_safe
def detail(request: CompanyRequest, company: Company, session_id: int) -> HttpResponse:
    """One session with its invoices; each refusal says what to do."""
    session = get_object_or_404(sessions(company), pk=session_id)
    invoices = Invoice.objects.of(company).filter(session=session).select_related("entry")
    (row,) = progress(company, [session])
    return render(
        request, "sales/session.html", {"row": row, "session": session, "page": page(invoices, request.GET)}
    )


@member()
@require_safe
def upo(_request: CompanyRequest, company: Company, session_id: int, page_id: int) -> HttpResponse:
    """A page of the session's collective UPO, as KSeF signed it."""
    session = get_object_or_404(sessions(company), pk=session_id)
    upo_page: UpoPage = get_object_or_404(UpoPage.objects.of(company), session=session, pk=page_id)
    return as_file(bytes(upo_page.xml), XML, file_name("UPO", upo_page.reference, ending=".xml"))
