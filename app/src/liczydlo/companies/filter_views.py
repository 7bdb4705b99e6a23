"""Saving and removing filters of a list."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from liczydlo.companies import saved_filters
from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company, SavedFilter

WHY: Final = {
    "name": gettext_lazy("Nie zapisano: nazwa ma od 1 do 60 znaków."),
    "empty": gettext_lazy("Nie zapisano: żaden filtr nie jest ustawiony."),
    "long": gettext_lazy("Nie zapisano: filtry są za długie."),
    "many": gettext_lazy("Nie zapisano: jest już 50 filtrów. Usuń któryś."),
}


@member()
@require_POST
def save(request: CompanyRequest, company: Company) -> HttpResponse:
    """Keep the filters of a list under a name; those of the whole company by people who do something in it."""
    listing = request.POST.get("listing", "")
    if listing not in saved_filters.LISTS:
        raise Http404("no such list")
    query = QueryDict(request.POST.get("query", "")[: saved_filters.LONGEST * 2])
    normal = saved_filters.normal(query, query)
    shared = bool(request.POST.get("shared"))
    if shared and request.membership.role not in ISSUERS:
        raise PermissionDenied("filters of the whole company")
    try:
        row = saved_filters.keep(
            company, request.user, listing, request.POST.get("name", ""), normal, shared=shared
        )
    except saved_filters.NotSaved as error:
        messages.warning(request, str(WHY[error.code]))
    else:
        messages.success(request, _("Zapisano filtr „%(name)s”.") % {"name": row.name})
    return _back(company, listing, normal)


@member()
@require_POST
def remove(request: CompanyRequest, company: Company, filter_id: int) -> HttpResponse:
    """Remove one's own filter, or the company's."""
    row: SavedFilter = get_object_or_404(SavedFilter.objects.of(company), pk=filter_id)
    if row.person_id not in (None, request.user.pk):
        raise Http404("somebody else's")
    if row.person_id is None and request.membership.role not in ISSUERS:
        raise PermissionDenied("filters of the whole company")
    row.delete()
    messages.success(request, _("Usunięto filtr „%(name)s”.") % {"name": row.name})
    return _back(company, row.listing, "")


def _back(company: Company, listing: str, query: str) -> HttpResponse:
    address = reverse(saved_filters.LISTS[listing], args=[company.pk])
    return redirect(f"{address}?{query}" if query else address)
