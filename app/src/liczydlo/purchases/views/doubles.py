"""Deciding of a possible double: one click joins the two or says that they are two."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.purchases.doubles import deciding
from liczydlo.purchases.doubles.models import PossibleDouble
from liczydlo.purchases.outside.services import WHY, NotChanged


@member(*ISSUERS)
@require_POST
def join(request: CompanyRequest, company: Company, pair_id: int) -> HttpResponse:
    """Make one purchase of the two."""
    pair = _pair(company, pair_id)
    if pair is None:
        return _decided(request, company)
    try:
        invoice = deciding.join(pair, by=request.user)
    except deciding.Decided:
        return _decided(request, company)
    except NotChanged as error:
        messages.warning(request, str(WHY[error.code]))
        return redirect(pair.outside)
    messages.success(request, _("Połączono: jest jedna faktura, z plikiem i opisem kosztu spoza KSeF."))
    return redirect(invoice)


@member(*ISSUERS)
@require_POST
def dismiss(request: CompanyRequest, company: Company, pair_id: int) -> HttpResponse:
    """Note that the cost and the invoice are two documents; the pair is not proposed again."""
    pair = _pair(company, pair_id)
    if pair is None:
        return _decided(request, company)
    try:
        deciding.dismiss(pair, by=request.user)
    except deciding.Decided:
        return _decided(request, company)
    messages.success(request, _("Zapisano, że to różne faktury. Program nie zapyta o nie drugi raz."))
    return redirect(pair.invoice if "invoice" in request.POST else pair.outside)


def _pair(company: Company, pair_id: int) -> PossibleDouble | None:
    rows = PossibleDouble.objects.of(company).select_related("outside__entry", "invoice__entry")
    return rows.filter(pk=pair_id).first()


def _decided(request: CompanyRequest, company: Company) -> HttpResponse:
    """It is not there, or another firm's: nothing of which says more."""
    messages.warning(request, _("Tej pary już nie ma: ktoś ją połączył, rozdzielił albo usunął koszt."))
    return redirect("purchases:list", company.pk)
