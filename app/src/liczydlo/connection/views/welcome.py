"""„Usługi dodatkowe" and „Dowiedz się więcej": what KSeF gives, before anything is asked."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liczydlo.companies.access import OWNERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.connection.models import Purpose


@member()
@require_safe
def services(request: CompanyRequest, company: Company) -> HttpResponse:
    """What the program can be connected with."""
    return _page(request, company, "services")


@member()
@require_safe
def about(request: CompanyRequest, company: Company) -> HttpResponse:
    """The tab „Uwierzytelnienie": what the firm gains, and what it needs for it."""
    return _page(request, company, "about")


@member()
@require_safe
def about_offline(request: CompanyRequest, company: Company) -> HttpResponse:
    """The tab „Praca w trybie offline"."""
    return _page(request, company, "offline")


def _page(request: CompanyRequest, company: Company, page: str) -> HttpResponse:
    values = {
        "page": page,
        "connected": clients.is_connected(company),
        "offline": clients.certificate(company, Purpose.OFFLINE),
        "may_change": request.membership.role in OWNERS,
    }
    return render(request, f"connection/welcome/{page}.html", values)
