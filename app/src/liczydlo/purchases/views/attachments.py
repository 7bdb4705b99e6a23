"""Files attached to a purchase: bringing, showing, taking away."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.bodies import FILES, accepts
from liczydlo.companies.models import Company
from liczydlo.documents import storage
from liczydlo.purchases.attachments import services
from liczydlo.purchases.attachments.services import WHY, NotAttached
from liczydlo.purchases.models import Attachment
from liczydlo.purchases.views.detail import invoice_of


@accepts(FILES)
@member(*ISSUERS)
@require_POST
def attach(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """Attach one or several files; each refused one is named with the reason."""
    invoice = invoice_of(company, invoice_id)
    uploads = services.store_uploads(company, request.FILES.getlist("files"))
    if not uploads:
        messages.warning(request, _("Nie wybrano pliku. Nic nie zmieniono."))
    for one in uploads:
        if one.refused:
            messages.error(request, f"{one.name}: {one.refused}")
    good = [(one.file, one.name) for one in uploads if one.file is not None]
    try:
        new = services.attach(invoice, good, by=request.user)
    except NotAttached as error:
        messages.error(request, str(WHY[error.code]))
        return redirect("purchases:list", company.pk) if error.code == "gone" else redirect(invoice)
    if new:
        messages.success(request, _("Dodano plików: %(n)d.") % {"n": new})
    if new < len(good):
        messages.info(request, _("Ten plik jest już przy tej fakturze. Nie dodano go drugi raz."))
    for other in services.elsewhere(company, [file for file, _name in good], but=invoice.pk):
        messages.warning(
            request,
            _("Taki sam plik jest też przy fakturze %(number)s (%(seller)s).")
            % {"number": other.invoice.entry.number, "seller": other.invoice.entry.seller_name},
        )
    return redirect(invoice)


@member(*ISSUERS)
@require_POST
def detach(request: CompanyRequest, company: Company, invoice_id: int, attachment_id: int) -> HttpResponse:
    """Take a file away."""
    attachment = _attachment(company, invoice_id, attachment_id)
    try:
        services.detach(attachment, by=request.user)
    except NotAttached as error:
        messages.error(request, str(WHY[error.code]))
    else:
        messages.success(request, _("Usunięto plik %(name)s.") % {"name": attachment.name})
    return redirect("purchases:detail", company.pk, invoice_id)


@member()
@require_safe
def show(request: CompanyRequest, company: Company, invoice_id: int, attachment_id: int) -> HttpResponse:
    """The file, to be looked at or (``?pobierz``) kept."""
    attachment = _attachment(company, invoice_id, attachment_id)
    return storage.response(attachment.file, attachment.name, inline="pobierz" not in request.GET)


def _attachment(company: Company, invoice_id: int, attachment_id: int) -> Attachment:
    rows = Attachment.objects.of(company).select_related("file", "invoice__entry", "invoice__company")
    attachment: Attachment = get_object_or_404(rows, pk=attachment_id, invoice=invoice_id)
    return attachment
