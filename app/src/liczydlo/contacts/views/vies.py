"""„Sprawdź w VIES" on the page of a contractor from the EU."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.contacts.views.contractors import contractor_of
from liczydlo.lookups import vies


@member(*ISSUERS)
@require_POST
def check(request: CompanyRequest, company: Company, contractor_id: int) -> HttpResponse:
    """Ask VIES now; the page shows the stored answer."""
    contractor = contractor_of(company, contractor_id)
    if contractor.kind != "eu":
        raise Http404("no number of the EU")
    answer = vies.check(company, contractor.country, contractor.number)
    if answer.answer is not None and answer.answer.content["valid"]:
        messages.success(request, _("VIES potwierdza: numer jest ważny."))
    elif answer.answer is not None:
        say = _("VIES nie zna tego numeru. Sprawdź go z kontrahentem: zerowa stawka przy WDT wymaga ważnego.")
        messages.error(request, say)
    elif answer.code == "off":
        messages.warning(request, _("VIES jest wyłączony."))
    elif answer.code == "refused":
        say = _("VIES nie przyjął pytania (%(code)s). Sprawdź kraj i numer kontrahenta oraz NIP firmy.")
        messages.warning(request, say % {"code": answer.service_code})
    else:
        say = _("Nie sprawdzono: VIES albo urząd kontrahenta teraz nie odpowiada. Spróbuj za kilka minut.")
        messages.warning(request, say)
    return redirect(contractor)
