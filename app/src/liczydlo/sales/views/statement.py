"""„Wyciąg rozrachunków" of a contractor, as a page and as PDF."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from liczydlo.companies.access import CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.contacts.views.contractors import contractor_of
from liczydlo.sales import statement
from liczydlo.sales.delivery import statement as delivery
from liczydlo.sales.delivery.statement import WHOLE_HISTORY
from liczydlo.sales.views import letters
from liczydlo.web import times
from liczydlo.web.files import PDF, as_file, file_name
from liczydlo.web.reasons import language


@member()
@require_safe
def page(request: CompanyRequest, company: Company, contractor_id: int) -> HttpResponse:
    """What is open, or all sales to him."""
    contractor, with_settled = contractor_of(company, contractor_id), WHOLE_HISTORY in request.GET
    return render(
        request,
        "sales/statement.html",
        {
            "contractor": contractor,
            "accounts": statement.of(company, contractor, times.today(), with_settled=with_settled),
            "whole": with_settled,
            "today": times.today(),
            "letters": letters.card(
                request, delivery.matter(company, contractor, with_settled=with_settled), can_be_sent=True
            ),
        },
    )


@member()
@require_safe
def download(request: CompanyRequest, company: Company, contractor_id: int) -> HttpResponse:
    """The same on paper."""
    contractor, now = contractor_of(company, contractor_id), times.now()
    accounts = statement.of(company, contractor, times.today(), with_settled=WHOLE_HISTORY in request.GET)
    content = statement.pdf(company, contractor, accounts, at=now, language=language())
    name = file_name("wyciag-rozrachunkow", f"{timezone.localdate(now)}", ending=".pdf")
    return as_file(content, PDF, name)
