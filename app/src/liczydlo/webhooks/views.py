"""„Webhooki" under „Dane i ustawienia": addresses, their log, a test."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from liczydlo.companies.access import OWNERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.webhooks import services
from liczydlo.webhooks.forms import EndpointForm
from liczydlo.webhooks.models import Delivery, Endpoint
from liczydlo.webhooks.words import ERRORS

SHOWN = 50  # deliveries


@member(*OWNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: CompanyRequest, company: Company) -> HttpResponse:
    """The addresses; one that was just added shows its secret, which no other page does."""
    form = EndpointForm(request.POST if request.method == "POST" else None, label_suffix="")
    added = secret = None
    if form.is_valid():
        try:
            added, secret = services.add(company, form.cleaned_data["url"].strip(), request)
        except services.NotAdded as error:
            form.add_error("url", _refusal(error.code))
        else:
            form = EndpointForm(label_suffix="")
    deliveries = Delivery.objects.of(company).select_related("endpoint")[:SHOWN]
    response = render(
        request,
        "webhooks/page.html",
        {
            "form": form,
            "added": added,
            "secret": secret,
            "endpoints": Endpoint.objects.of(company),
            "deliveries": [(row, ERRORS.get(row.error, row.error)) for row in deliveries],
        },
    )
    response["Cache-Control"] = "no-store"
    return response


def _refusal(code: str) -> str:
    match code:
        case "too-many":
            return _("Firma może mieć do %(n)d adresów. Usuń któryś, żeby dodać nowy.") % {"n": services.MOST}
        case "known":
            return _("Ten adres jest już na liście.")
        case _:
            return str(ERRORS[code])


def _endpoint(company: Company, endpoint_id: int) -> Endpoint:
    endpoint: Endpoint = get_object_or_404(Endpoint.objects.of(company), pk=endpoint_id)
    return endpoint


@member(*OWNERS)
@require_POST
def remove(request: CompanyRequest, company: Company, endpoint_id: int) -> HttpResponse:
    """Nothing more is sent to the address."""
    services.remove(company, _endpoint(company, endpoint_id), request)
    messages.success(request, _("Adres usunięto. Program nic tam już nie wyśle."))
    return redirect("webhooks:page", company.pk)


@member(*OWNERS)
@require_POST
def ping(request: CompanyRequest, company: Company) -> HttpResponse:
    """Send an event that says nothing, to see whether it arrives."""
    services.emit(company, "ping", [(secrets.token_hex(8), {"nip": company.nip})])
    messages.success(request, _("Wysyłam zdarzenie próbne. Za chwilę odśwież stronę i zobacz, czy dotarło."))
    return redirect("webhooks:page", company.pk)


@member(*OWNERS)
@require_POST
def again(request: CompanyRequest, company: Company, delivery_id: int) -> HttpResponse:
    """Queue a failed delivery again."""
    if not services.send_again(company, delivery_id):
        messages.warning(request, _("Tego zdarzenia nie trzeba wysyłać ponownie."))
    return redirect("webhooks:page", company.pk)
