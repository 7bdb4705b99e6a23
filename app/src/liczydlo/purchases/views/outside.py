"""Costs outside KSeF: the form with the paper beside it, and deleting."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.bodies import FILES, accepts
from liczydlo.companies.models import Company
from liczydlo.documents import storage
from liczydlo.documents.kinds import KINDS
from liczydlo.purchases import lifecycle
from liczydlo.purchases.attachments import services as attachments
from liczydlo.purchases.attachments.services import NotAttached, StoredUpload
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.outside import services
from liczydlo.purchases.outside.forms import OutsideForm, values_of
from liczydlo.purchases.outside.services import WHY, NotChanged
from liczydlo.purchases.views.detail import invoice_of
from liczydlo.web import times
from liczydlo.web.paging import ids

BAD, STALE = HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT


@accepts(FILES)
@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: CompanyRequest, company: Company) -> HttpResponse:
    """A new cost. Files that came with a form which is not right yet are kept until it is."""
    if request.method != "POST":
        today = times.today()
        return _page(request, company, OutsideForm(initial={"received_on": today}, label_suffix=""))
    form = OutsideForm(request.POST, label_suffix="")
    uploads = _earlier_uploads(company, request) + attachments.store_uploads(
        company, request.FILES.getlist("files")
    )
    good = {one.file.pk: (one.file, one.name) for one in uploads if one.file is not None}
    refused = [one for one in uploads if one.refused]
    others = attachments.elsewhere(company, [file for file, _name in good.values()])
    may_add = bool(request.POST.get("twice")) or not others
    if not form.is_valid() or refused or not good or not may_add:
        more = {"refused": refused, "files": list(good.values()), "others": others, "no_file": not uploads}
        return _page(request, company, form, status=BAD, **more)
    try:
        row = services.add(company, form.cleaned_data, list(good.values()), by=request.user)
    except NotAttached as error:
        messages.error(request, str(attachments.WHY[error.code]))
        return _page(request, company, form, status=STALE)
    messages.success(request, _("Dodano koszt %(number)s.") % {"number": row.entry.number})
    return redirect("purchases:add", company.pk) if "next" in request.POST else redirect(row)


@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """Change what was typed."""
    row = _cost_of(company, invoice_id)
    if request.method != "POST":
        return _page(request, company, _edit_form(initial=values_of(row)), row=row)
    form = _edit_form(request.POST)
    if not form.is_valid():
        return _page(request, company, form, row=row, status=BAD)
    last_seen_event = next(iter(ids([request.POST.get("seen", "")])), -1)
    try:
        if not services.edit(row, form.cleaned_data, by=request.user, last_seen_event=last_seen_event):
            messages.info(request, _("Dane kosztu są bez zmian."))
    except NotChanged as error:
        messages.warning(request, str(WHY[error.code]))
        if error.code in ("changed", "paid"):
            return _page(request, company, form, row=row, status=STALE)
        return _back(company, row, error)
    return redirect(row)


@member(*ISSUERS)
@require_POST
def delete(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """Delete a cost that nobody booked."""
    row = _cost_of(company, invoice_id)
    try:
        services.delete(row, request)
    except NotChanged as error:
        messages.error(request, str(WHY[error.code]))
        return _back(company, row, error)
    messages.success(request, _("Usunięto koszt %(number)s.") % {"number": row.entry.number})
    return redirect("purchases:list", company.pk)


def _edit_form(data: QueryDict | None = None, *, initial: dict[str, Any] | None = None) -> OutsideForm:
    """Category, whom it concerns and the note are changed on the cost's page, as those of any purchase."""
    form = OutsideForm(data, initial=initial, label_suffix="")
    for name in ("category", "concerns", "note"):
        del form.fields[name]
    return form


def _back(company: Company, row: ReceivedInvoice, error: NotChanged) -> HttpResponse:
    return redirect("purchases:list", company.pk) if error.code == "gone" else redirect(row)


def _cost_of(company: Company, invoice_id: int) -> ReceivedInvoice:
    """Raises Http404."""
    row = invoice_of(company, invoice_id)
    if not row.is_outside:
        raise Http404("an invoice from KSeF")
    return row


def _earlier_uploads(company: Company, request: CompanyRequest) -> list[StoredUpload]:
    """Files that came with the form the last time: ``SHA-256:name`` each."""
    fields = [one.partition(":") for one in request.POST.getlist("kept")[: attachments.AT_ONCE]]
    names = {digest: name for digest, _colon, name in fields}
    return [
        StoredUpload(
            name=storage.file_name_of(names[file.sha256], KINDS[file.content_type].ending), file=file
        )
        for file in storage.of(company, names)
    ]


def _page(
    request: CompanyRequest, company: Company, form: OutsideForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    row: ReceivedInvoice | None = more.get("row")
    context = {
        "form": form,
        "categories": lifecycle.categories(company),
        "seen": lifecycle.last_event(row, services.EDITS) if row is not None else 0,
        **more,
    }
    return render(request, "purchases/outside/form.html", context, status=status)
