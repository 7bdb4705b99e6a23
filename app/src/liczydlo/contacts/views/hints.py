"""Hints while a contractor is typed, as options of a combobox."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.contacts import contractors, items


@member(*ISSUERS)
@require_safe
def of_contractors(request: CompanyRequest, company: Company) -> HttpResponse:
    """Contractors whom the typed text may mean; nothing for nothing."""
    text = request.GET.get("contractor_q", "").strip()[:100]
    shown = contractors.hints(company, text) if text else []
    return render(request, "contacts/parts/contractor_options.html", {"contractors": shown, "typed": text})


@member(*ISSUERS)
@require_safe
def of_items(request: CompanyRequest, company: Company) -> HttpResponse:
    """Goods and services that the name typed into a line may mean; the parameter is the line's own field."""
    field = next(iter(request.GET), "")
    text = request.GET.get(field, "")
    line = field.removeprefix("lines-").removesuffix("-name")
    is_asked = line.isascii() and line.isdigit() and text.strip()
    hints = items.hints(company, text.strip()[:100]) if is_asked else []
    return render(request, "contacts/parts/item_options.html", {"items": hints, "line": line})
