"""What is typed into the editor, kept while it is typed: the page asks for it by itself."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.bodies import accepts
from liczydlo.companies.models import Company, Membership
from liczydlo.sales import services, unfinished
from liczydlo.sales.lifecycle import StaleDraft, lock_draft
from liczydlo.sales.models import Invoice
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
    return keep_typed(request, page_of(request, edited, invoice), invoice)


def keep_typed(request: CompanyRequest, page: unfinished.Page, invoice: Invoice | None) -> HttpResponse:
    """The answer of :func:`keep`, of any page."""
    with transaction.atomic():
        get_object_or_404(Membership.objects.select_for_update(no_key=True), pk=request.membership.pk)
        try:
            draft = services.draft_of(lock_draft(invoice)) if invoice is not None else None
        except StaleDraft as stale:
            raise Http404(stale.why) from stale
        at, replaced = unfinished.keep(page, request.POST, draft=draft)
    headers = {"Liczydlo-Saved-At": godzina(at)} | ({"Liczydlo-Replaced": "1"} if replaced else {})
    return HttpResponse(status=204, headers=headers)


def decided(request: CompanyRequest, page: unfinished.Page, leads_to: str) -> HttpResponse | None:
    """What was typed and not saved is thrown away, by a person who stays or who leaves for the address ``leads_to``; or
    the request is from now on as if it were posted by a button that shows what is typed and saves nothing, and there is
    no answer yet."""
    if any(name in request.POST for name in unfinished.LEAVING):
        page.forget(unfinished.tab_of(request.POST))
        return redirect(leads_to)
    if unfinished.DISCARD in request.POST:
        page.rows().delete()
        return redirect(request.path)
    post = page.resume()
    if post is None:
        messages.info(request, _("Tych zmian już nie ma: zapisano je albo odrzucono."))
        return redirect(request.path)
    post["redraw"] = "1"
    request.POST = cast("Any", post)
    return None
