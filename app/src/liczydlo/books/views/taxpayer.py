"""„Urząd skarbowy" under „Dane i ustawienia": what JPK files say of the firm."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liczydlo.books.forms import TaxpayerForm
from liczydlo.books.models import Taxpayer, of, suggested
from liczydlo.companies.access import BOOKKEEPERS, CompanyRequest, member
from liczydlo.companies.models import Company


@member(*BOOKKEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: CompanyRequest, company: Company) -> HttpResponse:
    """The data; only what a person changed is stored."""
    form = TaxpayerForm(request.POST if request.method == "POST" else None, instance=of(company))
    if request.method == "POST" and form.is_valid():
        if _save(form, company):
            messages.success(request, _("Dane do plików JPK zostały zapisane."))
            return redirect("books:jpk_fa", company.pk)
        messages.error(
            request,
            _(
                "W tym czasie ktoś zmienił te same dane, więc nic nie zapisano. Sprawdź je i zapisz jeszcze raz."
            ),
        )
        form = form.over(of(company))
    return render(request, "books/taxpayer.html", {"form": form})


def _save(form: TaxpayerForm, company: Company) -> bool:
    """False where somebody changed the same meanwhile. A new row begins with what the page suggested."""
    with transaction.atomic():
        form.instance = Taxpayer.objects.get_or_create(company=company, defaults=suggested(company))[0]
        return form.save_changes()
