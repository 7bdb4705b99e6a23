"""„Powiadomienia": when a person wants letters about new purchases."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liczydlo.companies.access import CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.purchases import letters
from liczydlo.purchases.forms import LetterForm
from liczydlo.web import times


@member()
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: CompanyRequest, company: Company) -> HttpResponse:
    """Each member chooses for themselves."""
    initial = {"when": letters.frequency_of(company, request.user)}
    form = LetterForm(request.POST or None, initial=initial, label_suffix="")
    if form.is_valid():
        letters.set_frequency(company, request.user, form.cleaned_data["when"], now=times.now())
        messages.success(request, _("Zapisano, kiedy wysyłać listy."))
        return redirect("purchases:list", company.pk)
    context = {"form": form, "sends_mail": settings.LICZYDLO_SENDS_MAIL}
    return render(request, "purchases/letters.html", context)
