"""What is typed into the editor, kept while it is typed: the page asks for it by itself."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.bodies import accepts
from liczydlo.companies.models import Company, Membership
from liczydlo.sales import services, unfinished
from liczydlo.sales.lifecycle import StaleDraft, lock_draft
from liczydlo.sales.views.beginning import editor_for, page_of
from liczydlo.sales.views.invoices import invoice_of
from liczydlo.web.templatetags.liczydlo import godzina


@accepts(unfinished.MOST)
@member(*ISSUERS)
@require_POST
def keep(request: CompanyRequest, company: Company, kind: str, about: int | None = None) -> HttpResponse:
    """Keep the fields of a page, whatever they say: 204 with the time of day; 404 for a draft that is one no more.

    ``Liczydlo-Replaced`` is there where another tab's were kept before.
    """
    invoice = invoice_of(company, about) if kind == unfinished.DRAFT and about is not None else None
    edited = editor_for(company, kind, about) if invoice is None else None
    with transaction.atomic():
        get_object_or_404(Membership.objects.select_for_update(no_key=True), pk=request.membership.pk)
        try:
            draft = services.draft_of(lock_draft(invoice)) if invoice is not None else None
        except StaleDraft as stale:
            raise Http404(stale.why) from stale
        page = page_of(request, edited, invoice)
        at, replaced = unfinished.keep(page, request.POST, draft=draft)
    headers = {"Liczydlo-Saved-At": godzina(at)} | ({"Liczydlo-Replaced": "1"} if replaced else {})
    return HttpResponse(status=204, headers=headers)
