"""„KSeF" under „Dane i ustawienia"."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liczydlo.companies.access import CompanyRequest, member
from liczydlo.companies.models import Company


@member()
@require_safe
def authentication(request: CompanyRequest, company: Company) -> HttpResponse:
    """The tab „Uwierzytelnienie"."""
    return render(request, "connection/authentication.html", {})
