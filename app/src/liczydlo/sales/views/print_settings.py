"""„Wydruk" under „Dane i ustawienia": how the firm's invoices look on paper."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liczydlo.companies.access import BOOKKEEPERS, CompanyRequest, member
from liczydlo.companies.bodies import LONG_FORM, accepts
from liczydlo.companies.models import Company
from liczydlo.sales.models import Invoice
from liczydlo.sales.print_forms import PrintForm
from liczydlo.sales.print_settings import PrintSettings, of


@accepts(LONG_FORM)
@member(*BOOKKEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: CompanyRequest, company: Company) -> HttpResponse:
    """The choices; only what a person changed is stored."""
    if request.method != "POST":
        return _page(request, company, PrintForm(instance=of(company)))
    row, _made = PrintSettings.objects.get_or_create(company=company)
    form = PrintForm(request.POST, request.FILES, instance=row)
    if not form.is_valid():
        return _page(request, company, form)
    if not form.save_changes():
        messages.error(
            request,
            _(
                "W tym czasie ktoś zmienił te same dane, więc nic nie zapisano. Sprawdź je i zapisz jeszcze raz."
            ),
        )
        return _page(request, company, form.over(of(company)))
    logo = form.cleaned_data["logo"]
    if logo or "remove_logo" in request.POST:
        PrintSettings.objects.filter(company=company).update(logo=logo)
    messages.success(request, _("Wygląd wydruku został zapisany."))
    return redirect("sales:print_settings", company.pk)


def _page(request: CompanyRequest, company: Company, form: PrintForm) -> HttpResponse:
    newest = Invoice.objects.of(company).filter(entry__document__isnull=False).order_by("-pk").first()
    context = {"form": form, "has_logo": bool(of(company).logo), "newest": newest}
    return render(request, "sales/print_settings.html", context)
