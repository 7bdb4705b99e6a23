"""Files of an invoice: print, XML, receipt."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from liczydlo.companies.access import CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.documents import files
from liczydlo.prints.upo import upo_pdf as print_upo
from liczydlo.sales import proof
from liczydlo.sales.models import Draft, Invoice, Receipt
from liczydlo.web.files import PDF, XML, as_file, file_name


def _invoice(company: Company, invoice_id: int) -> Invoice:
    rows = Invoice.objects.of(company).select_related("entry__document", "company")
    invoice: Invoice = get_object_or_404(rows, pk=invoice_id)
    return invoice


def _receipt(company: Company, invoice_id: int) -> Receipt:
    rows = Receipt.objects.of(company).select_related("invoice__entry", "page")
    receipt: Receipt = get_object_or_404(rows, invoice_id=invoice_id)
    return receipt


@member()
@require_safe
def invoice_pdf(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """The print; 404 while there is nothing to be handed over. Two codes are proved before they leave the house."""
    invoice = _invoice(company, invoice_id)
    if not invoice.is_printable:
        raise Http404("not printable")
    if invoice.carries_codes_offline:
        try:
            proof.require_print(invoice)
        except proof.NotProved as error:
            messages.error(request, str(error.reason))
            return redirect(invoice)
    content = files.pdf(invoice.entry, kod_2=invoice.kod_2, outside=invoice.carries_no_codes)
    return files.response(invoice.entry, content, PDF, inline="podglad" in request.GET)


@member()
@require_safe
def invoice_xml(_request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """The frozen bytes, or a draft's as they would be sent today."""
    invoice = _invoice(company, invoice_id)
    if invoice.entry.document is None:
        content = bytes(get_object_or_404(Draft.objects.of(company), invoice=invoice).xml or b"")
    else:
        content = invoice.entry.xml
    return files.response(invoice.entry, content, XML)


@member()
@require_safe
def upo_xml(_request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """The receipt as KSeF signed it."""
    receipt = _receipt(company, invoice_id)
    return as_file(receipt.content, XML, file_name("UPO", receipt.invoice.entry.ksef_number, ending=".xml"))


@member()
@require_safe
def upo_pdf(_request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """The receipt for people."""
    receipt = _receipt(company, invoice_id)
    name = file_name("UPO", receipt.invoice.entry.ksef_number, ending=".pdf")
    return as_file(print_upo(receipt.content, ksef_number=receipt.invoice.entry.ksef_number), PDF, name)
