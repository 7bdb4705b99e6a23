"""A contractor's data: a file of them, and their erasure."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liczydlo.companies.access import BOOKKEEPERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.contacts import privacy
from liczydlo.contacts.views.contractors import contractor_of


@member(*BOOKKEEPERS)
@require_safe
def export(_request: CompanyRequest, company: Company, contractor_id: int) -> HttpResponse:
    """Everything that is kept of him, as JSON."""
    contractor = contractor_of(company, contractor_id)
    answer = JsonResponse(
        privacy.export(company, contractor), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    answer["Content-Disposition"] = f'attachment; filename="kontrahent-{contractor.pk}.json"'
    return answer


@member(*BOOKKEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: CompanyRequest, company: Company, contractor_id: int) -> HttpResponse:
    """What goes and what stays, and then the erasure itself."""
    contractor = contractor_of(company, contractor_id)
    if request.method == "POST":
        privacy.erase(contractor, request)
        messages.success(request, _("Dane kontrahenta usunięto z listy."))
        return redirect("contacts:contractors", company.pk)
    return render(
        request,
        "contacts/erase.html",
        {"contractor": contractor, "going": privacy.going(company, contractor)},
    )
