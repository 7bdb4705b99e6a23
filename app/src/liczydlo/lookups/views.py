"""„Usługi zewnętrzne" under „Dane i ustawienia": what may be asked, and what is sent to whom."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liczydlo.companies.access import BOOKKEEPERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.lookups import services, white_list
from liczydlo.lookups.models import Service
from liczydlo.web import times


@member(*BOOKKEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: CompanyRequest, company: Company) -> HttpResponse:
    """The services, each with its switch."""
    if request.method == "POST":
        on = request.POST.get("on") == "1"
        if services.switch(
            company, Service.WHITE_LIST, on=on, request=request, by=request.user, now=times.now()
        ):
            messages.success(
                request, _("Biała lista jest włączona.") if on else _("Biała lista jest wyłączona.")
            )
        return redirect("lookups:page", company.pk)
    context = {
        "white_list_on": services.is_on(company, Service.WHITE_LIST),
        "white_list_base": white_list.base_of(company),
        "waiting": services.waiting(company, Service.WHITE_LIST).count(),
    }
    return render(request, "lookups/page.html", context)
