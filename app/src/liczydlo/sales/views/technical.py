"""„Korekta techniczna": what KSeF refused and what would replace it, side by side; sent with one click."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.bodies import CREDENTIALS, accepts
from liczydlo.companies.models import Company
from liczydlo.fa3.problems import DocumentError
from liczydlo.prints.labels import label
from liczydlo.prints.reading import FARMER
from liczydlo.sales import services, technical
from liczydlo.sales.models import Invoice
from liczydlo.sales.states import NotNow
from liczydlo.sales.views.invoices import invoice_of
from liczydlo.sales.views.upload import LARGEST
from liczydlo.web.reasons import language


@accepts(CREDENTIALS)
@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """The proposal; ``do`` of a form says what to do with it: ``send``, ``upload``, ``drop``."""
    original = invoice_of(company, invoice_id)
    if not technical.can_be_corrected(original):
        messages.info(request, _("Tej faktury nie można teraz poprawić korektą techniczną."))
        return redirect(technical.correction_of(original) or original)
    match request.POST.get("do"):
        case "send":
            return _send(request, company, original)
        case "upload":
            problems = _upload(company, original, request.FILES.get("file"))
            return _page(request, company, original, problems) if problems else redirect(request.path)
        case "drop":
            technical.drop_file(company, original)
            return redirect(request.path)
    return _page(request, company, original)


def _send(request: CompanyRequest, company: Company, original: Invoice) -> HttpResponse:
    try:
        correction = technical.send(
            company, original, by=request.user, seen_digest=request.POST.get("seen", "")
        )
    except DocumentError as error:
        return _page(request, company, original, error.problems)
    except services.NotIssued as error:
        return _page(request, company, original, (error.reason,))
    except NotNow:
        messages.info(
            request, _("Ktoś był szybszy albo plik zmienił się po otwarciu strony. Stąd nic nie wysłano.")
        )
        return redirect(technical.correction_of(original) or original)
    messages.success(request, _("Korekta techniczna jest w drodze do KSeF."))
    return redirect(correction)


def _upload(company: Company, original: Invoice, file: UploadedFile[Any] | None) -> tuple[Any, ...]:
    """What is wrong with the file; nothing when it is the proposal now."""
    if file is None:
        return (_("Nie wybrano pliku. Dodaj poprawiony plik XML tej faktury."),)
    if (file.size or 0) > LARGEST:
        return (_("Plik jest za duży: faktura może mieć najwyżej 3 MB."),)
    try:
        technical.keep_file(company, original, file.read(), file_name=file.name or "")
    except DocumentError as error:
        return error.problems
    except services.NotIssued as error:
        return (error.reason,)
    return ()


def _page(
    request: CompanyRequest, company: Company, original: Invoice, problems: tuple[Any, ...] = ()
) -> HttpResponse:
    proposal: technical.Proposal | None = None
    fields_broken: tuple[Any, ...] = ()
    try:
        proposal = technical.proposal(company, original)
    except DocumentError as error:
        fields_broken = error.problems
    except services.NotIssued as error:
        fields_broken = (error.reason,)
    fields = proposal.fields if proposal is not None else ()
    refusal = technical.refusal_of(original)
    context = {
        "invoice": original,
        "structure": "FA_RR(1)" if original.is_farm else "FA(3)",
        "refusal": refusal.reason if refusal is not None else None,
        "own_problems": technical.own_problems(original),
        "made": proposal,
        "broken": fields_broken,
        "problems": problems,
        "changed": [_named(one, original) for one in fields if not one.same],
        "same": [_named(one, original) for one in fields if one.same],
    }
    return render(request, "sales/technical.html", context, status=422 if problems else 200)


def _named(field: Any, invoice: Invoice) -> dict[str, Any]:
    name = FARMER.get(field.name, field.name) if invoice.is_farm else field.name
    return {"field": field, "label": label(name, language())}
