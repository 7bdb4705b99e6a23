"""„Dowody": everything that proves an issued invoice, on a page and in one archive."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import OWNERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.sales import evidence, signers
from liczydlo.sales.models import Invoice, Receipt
from liczydlo.sales.states import NotNow
from liczydlo.sales.views.invoices import invoice_of
from liczydlo.web import times
from liczydlo.web.files import file_name, printable
from liczydlo.web.zips import as_archive


def _issued(company: Company, invoice_id: int) -> Invoice:
    invoice = invoice_of(company, invoice_id)
    if invoice.entry.document is None:
        raise Http404("a draft proves nothing")
    return invoice


@member()
@require_safe
def show(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """Show whether the invoice's codes, signature and receipt agree with its file."""
    proofs = evidence.of(_issued(company, invoice_id))
    verdict = proofs.verdict
    strange = verdict.signer if verdict is not None and verdict.word == "other" else None
    context = {
        "invoice": proofs.invoice,
        "proofs": proofs,
        "strange_signer": strange,
        "is_owner": request.membership.role in OWNERS,
    }
    return render(request, "sales/evidence.html", context)


@member(*OWNERS)
@require_POST
def confirm_signer(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """The owner has made sure that the other signer is KSeF."""
    invoice = _issued(company, invoice_id)
    receipt = get_object_or_404(Receipt.objects.of(company).select_related("page"), invoice=invoice)
    try:
        signers.confirm(invoice, receipt, request.POST.get("fingerprint", ""), by=request.user)
    except NotNow:
        messages.error(
            request, _("Nie potwierdzono: tego UPO nie podpisał inny podpisujący z tym odciskiem.")
        )
    else:
        messages.success(
            request, _("Potwierdzono podpisującego. To dotyczy wszystkich jego UPO w tej firmie.")
        )
    return redirect("sales:evidence", company.pk, invoice.pk)


@member(*OWNERS)
@require_POST
def withdraw_signer(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """The owner takes that word back."""
    invoice = _issued(company, invoice_id)
    try:
        signers.withdraw(company, printable(request.POST.get("fingerprint", "")), by=request.user)
    except NotNow:
        messages.error(request, _("Nie cofnięto: nikt nie potwierdził podpisującego z tym odciskiem."))
    else:
        messages.success(
            request, _("Cofnięto potwierdzenie. To dotyczy wszystkich UPO tego podpisującego w tej firmie.")
        )
    return redirect("sales:evidence", company.pk, invoice.pk)


@member()
@require_safe
def archive(_request: CompanyRequest, company: Company, invoice_id: int) -> StreamingHttpResponse:
    """The same and every file, named after the invoice."""
    proofs = evidence.of(_issued(company, invoice_id))
    name = file_name("dowody", proofs.invoice.entry.number, proofs.invoice.entry.ksef_number, ending=".zip")
    return as_archive(evidence.archive(proofs), name, moment=timezone.localtime(times.now()))
