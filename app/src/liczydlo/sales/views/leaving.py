"""An invoice that leaves in a moment: „Wyśle się za 45 s", and „Cofnij" for one or for all."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.prints.invoice import invoice_html
from liczydlo.sales import awaiting, services, undo
from liczydlo.sales.models import Invoice
from liczydlo.sales.states import NotNow, State
from liczydlo.sales.timeline import timeline
from liczydlo.sales.views.invoices import invoice_of
from liczydlo.web import times
from liczydlo.web.reasons import language


def page(request: CompanyRequest, invoice: Invoice) -> HttpResponse:
    """What is about to be sent, for how long it can be taken back. Raises StaleDraft when it was issued just now."""
    context = {
        "invoice": invoice,
        "left": undo.seconds_left(invoice, now=times.now()),
        "events": timeline(invoice),
        "may_issue": request.membership.role in ISSUERS,
        "document": invoice_html(services.draft_of(invoice).content, language=language()),
    }
    return render(request, "sales/leaving.html", context)


@member()
@require_safe
def look(_request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """Nothing while it waits, for htmx; once it waits no more the whole page is another one."""
    has_left = invoice_of(company, invoice_id).state != State.LEAVING
    return HttpResponse(status=204, headers={"HX-Refresh": "true"} if has_left else {})


@member(*ISSUERS)
@require_POST
def take_back(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """„Cofnij"."""
    invoice = invoice_of(company, invoice_id)
    if _is_taken_back(request, invoice):
        messages.success(
            request, _("Wysłanie cofnięte: faktura jest znowu szkicem. Nic nie trafiło do KSeF.")
        )
    else:
        messages.info(
            request, _("Za późno na cofnięcie: ta faktura jest już wystawiona albo jest znowu szkicem.")
        )
    return redirect(invoice)


def _is_taken_back(request: CompanyRequest, invoice: Invoice) -> bool:
    """False also where it was taken back and sent anew since it was read: that is another person's click."""
    if invoice.state != State.LEAVING:
        return False
    try:
        with transaction.atomic():
            undo.hold(invoice)
            awaiting.take_back(invoice, by=request.user)
    except NotNow:
        return False
    return True


@member(*ISSUERS)
@require_POST
def take_all_back(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Cofnij wszystkie moje": what this person has sent; those that were issued meanwhile stay issued, and those that
    others have sent go on."""
    count = sum(_is_taken_back(request, invoice) for invoice in undo.sent_by(company, request.user))
    others = undo.leaving(company).count()
    if count:
        messages.success(
            request, _("Cofnięte do szkiców: %(n)d. Nic z nich nie trafiło do KSeF.") % {"n": count}
        )
    else:
        messages.info(request, _("Nie ma już czego cofnąć: faktury wysłane przez Ciebie są już wystawione."))
    if others:
        say = _("Faktury wysłane przez inne osoby, które wyślą się dalej: %(n)d. Każdą można cofnąć osobno.")
        messages.info(request, say % {"n": others})
    return redirect("sales:queue", company.pk)
