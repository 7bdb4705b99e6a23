"""What people decide about warnings and sellers: settled, trusted, hidden, reported as an abuse."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.environments import environment_of
from liczydlo.companies.models import Company, Environment
from liczydlo.documents import files
from liczydlo.purchases.models import InvoiceWarning, Seller
from liczydlo.purchases.views.detail import invoice_of
from liczydlo.purchases.warnings import decisions, services, white_list
from liczydlo.web import times
from liczydlo.web.files import printable
from liczydlo.web.paging import ids

NOTE: Final = 500  # characters


@member()
@require_safe
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """Sellers whom somebody trusts or hid, with the way back."""
    context = {
        "sellers": services.decided_sellers(company),
        "hidden": services.hidden(company).count(),
        "may_act": request.membership.role in ISSUERS,
    }
    return render(request, "purchases/sellers.html", context)


@member(*ISSUERS)
@require_POST
def settle(request: CompanyRequest, company: Company, warning_id: int) -> HttpResponse:
    """„Sprawdzone": somebody has checked what a warning says."""
    rows = InvoiceWarning.objects.of(company).select_related("invoice")
    row: InvoiceWarning = get_object_or_404(rows, pk=warning_id)
    note = printable(request.POST.get("note", ""))[:NOTE]
    if not decisions.settle(row, by=request.user, note=note, now=times.now()):
        messages.info(request, _("Ktoś już oznaczył to ostrzeżenie jako sprawdzone."))
    return redirect(row.invoice)


@member(*ISSUERS)
@require_POST
def decide(request: CompanyRequest, company: Company, seller_id: int, what: str) -> HttpResponse:
    """Trust a seller or hide it, or take either back."""
    seller: Seller = get_object_or_404(Seller.objects.of(company).select_related("company"), pk=seller_id)
    by, now = request.user, times.now()
    name = {"name": str(seller)}
    if what in ("zaufaj", "nie-ufaj"):
        on = what == "zaufaj"
        changed = decisions.trust(seller, on=on, request=request, by=by, now=now)
        message = _("%(name)s: zaufany sprzedawca.") if on else _("%(name)s: ostrzeżenia jak u innych.")
        text = message % name
    else:
        on = what == "ukryj"
        done = decisions.hide(seller, on=on, request=request, by=by, now=now)
        changed = done is not None
        message = (
            _("%(name)s: ukryto faktur: %(n)d. Kolejne też będą ukryte; ich liczba stoi nad listą zakupów.")
            if on
            else _("%(name)s: przywrócono faktur: %(n)d.")
        )
        text = message % {**name, "n": done or 0}
    if changed:
        messages.success(request, text)
    else:
        messages.info(request, _("Ktoś zdecydował o tym w międzyczasie. Nic nie zmieniono."))
    for back in ids([request.POST.get("invoice", "")]):
        return redirect(invoice_of(company, back))
    return redirect("purchases:sellers", company.pk)


@member(*ISSUERS)
@require_POST
def check_now(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """„Sprawdź teraz": ask Biała lista about the accounts of an invoice."""
    invoice = invoice_of(company, invoice_id)
    for one in white_list.check_now(company, invoice):
        if one.verdict.state == "unknown":
            messages.warning(
                request,
                _("Biała lista nie odpowiedziała. Program zapyta jeszcze raz sam; to nie znaczy „nie ma”."),
            )
            break
    return redirect(invoice)


@member()
@require_safe
def abuse(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """„Zgłoś nadużycie": the data to copy, and where the Ministry takes it; its API has no operation for it."""
    invoice = invoice_of(company, invoice_id)
    with translation.override("pl"):  # who reads the report does not read English
        open_ones = [one for one in services.warnings_on_page(company, invoice) if one.row.settled_at is None]
    context = {
        "invoice": invoice,
        "warnings": open_ones,
        "accounts": services.accounts_of(invoice),
        "portal": f"{environment_of(Environment(company.environment)).portal}/",
        "kod_1": files.kod_1(invoice.entry),
        "may_act": request.membership.role in ISSUERS,
    }
    return render(request, "purchases/abuse.html", context)


@member(*ISSUERS)
@require_POST
def reported(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """Remember that an invoice was reported, or that it was not."""
    invoice = invoice_of(company, invoice_id)
    if request.POST.get("back"):
        changed = decisions.take_back_report(invoice, request=request, by=request.user)
    else:
        changed = decisions.report(invoice, request=request, by=request.user, now=times.now())
    if not changed:
        messages.info(request, _("Ktoś zdecydował o tym w międzyczasie. Nic nie zmieniono."))
    return redirect(invoice)
