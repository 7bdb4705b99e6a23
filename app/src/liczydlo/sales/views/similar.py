"""„Wystaw podobną": a new draft like an earlier invoice at once, or the form where something needs a person."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.sales import services
from liczydlo.sales.editing import similar
from liczydlo.sales.views.invoices import invoice_of


@member(*ISSUERS)
@require_POST
def make(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """A draft to be looked at; what the form does not show, or KSeF would refuse, leads to the form."""
    invoice = invoice_of(company, invoice_id)
    try:
        edited = similar.editor(company, invoice)
    except services.NotIssued as error:
        messages.error(request, str(error.reason))
        return redirect(invoice)
    draft = edited.make()
    if draft is None:
        return redirect(edited.address)
    messages.success(
        request,
        _("To jest nowy szkic jak %(number)s, z dzisiejszą datą. Sprawdź go i wyślij.")
        % {"number": invoice.entry.number},
    )
    say_left(request, edited)
    return redirect(draft)


def say_left(request: CompanyRequest, edited: similar.Similar) -> None:
    """What a draft that was made at once has not taken over."""
    if fields_left := edited.left_out():
        messages.info(request, _("Nowa faktura nie przejęła: %(left)s.") % {"left": "; ".join(fields_left)})
