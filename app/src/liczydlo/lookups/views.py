"""„Usługi zewnętrzne" under „Dane i ustawienia": what may be asked, and what is sent to whom."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from liczydlo.companies.access import BOOKKEEPERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.lookups import firms, rates, services, vies, white_list
from liczydlo.lookups.models import Service
from liczydlo.web import times

SWITCHED_ON: Final[Mapping[Service, str | Promise]] = {
    Service.WHITE_LIST: _("Biała lista jest włączona."),
    Service.NBP: _("Kursy walut NBP są włączone."),
    Service.VIES: _("VIES jest włączony."),
    Service.GUS: _("GUS jest włączony."),
}
SWITCHED_OFF: Final[Mapping[Service, str | Promise]] = {
    Service.WHITE_LIST: _("Biała lista jest wyłączona."),
    Service.NBP: _("Kursy walut NBP są wyłączone."),
    Service.VIES: _("VIES jest wyłączony."),
    Service.GUS: _("GUS jest wyłączony, a klucz usunięto z programu."),
}
KEY: Final = re.compile(r"[0-9A-Za-z]{10,60}")
"""Of a user of GUS's service; the ones that it gives have twenty characters."""


@member(*BOOKKEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: CompanyRequest, company: Company) -> HttpResponse:
    """The services, each with its switch."""
    if request.method == "POST":
        service_name, on = request.POST.get("service", ""), request.POST.get("on") == "1"
        if service_name not in Service.values:
            raise Http404("no such service")
        service, key = Service(service_name), ""
        if service == Service.GUS and on:
            key = request.POST.get("key", "").strip()
            is_wrong_key = not KEY.fullmatch(key) if key else firms.needs_key(company)
            if is_wrong_key:
                return _page(request, company, key_is_wrong=True)
        by, now = request.user, times.now()
        if services.switch(company, service, on=on, request=request, by=by, now=now, key=key):
            say = SWITCHED_ON[service] if on else SWITCHED_OFF[service]
            messages.success(request, str(say))
        return redirect("lookups:page", company.pk)
    return _page(request, company)


def _page(request: CompanyRequest, company: Company, *, key_is_wrong: bool = False) -> HttpResponse:
    context = {
        "white_list_on": services.is_on(company, Service.WHITE_LIST),
        "white_list_base": white_list.base_of(company),
        "waiting": services.waiting(company, Service.WHITE_LIST).count(),
        "nbp_on": services.is_on(company, Service.NBP),
        "nbp_base": rates.base_of(company),
        "vies_on": services.is_on(company, Service.VIES),
        "vies_base": vies.base_of(company),
        "gus_on": services.is_on(company, Service.GUS),
        "gus_base": firms.gus_address(company),
        "gus_needs_key": firms.needs_key(company),
        "key_is_wrong": key_is_wrong,
    }
    status = HTTPStatus.BAD_REQUEST if key_is_wrong else HTTPStatus.OK
    return render(request, "lookups/page.html", context, status=status)
