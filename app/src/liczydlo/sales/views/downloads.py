"""Files of an invoice: print, XML, receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.documents import files, selections
from liczydlo.documents.archives import NotGiven
from liczydlo.documents.models import IndexEntry
from liczydlo.fa3.problems import DocumentError
from liczydlo.fa3.read import read
from liczydlo.prints.labels import Language
from liczydlo.prints.look import Look
from liczydlo.prints.typesetting import PrintError, TooLarge
from liczydlo.prints.upo import upo_pdf as print_upo
from liczydlo.sales import pef_files, print_settings, proof
from liczydlo.sales.filters import narrowed
from liczydlo.sales.models import Draft, Invoice, Receipt
from liczydlo.sales.states import State
from liczydlo.web import times
from liczydlo.web.files import PDF, XML, as_file, file_name
from liczydlo.web.reasons import Reason

LANGUAGES: Final[dict[str, Language]] = {"pl": "pl", "en": "en", "oba": "both"}


def _invoice(company: Company, invoice_id: int) -> Invoice:
    rows = Invoice.objects.of(company).select_related("entry__document", "company")
    invoice: Invoice = get_object_or_404(rows, pk=invoice_id)
    return invoice


def _receipt(company: Company, invoice_id: int) -> Receipt:
    rows = Receipt.objects.of(company).select_related("invoice__entry", "page")
    receipt: Receipt = get_object_or_404(rows, invoice_id=invoice_id)
    return receipt


def _look(request: CompanyRequest) -> Look:
    choices: dict[str, Any] = {}
    if "duplikat" in request.GET:
        choices["duplicate"] = times.today()
    if language := LANGUAGES.get(request.GET.get("jezyk", "")):
        choices["language"] = language
    return print_settings.look(request.company, **choices)


@member()
@require_safe
def invoice_pdf(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """The print; 404 while there is nothing to be handed over. Two codes are proved before they leave the house.

    ``jezyk`` is ``pl``, ``en`` or ``oba``, without it the firm's; ``duplikat`` marks a duplicate of today (art. 106l).
    """
    invoice = _invoice(company, invoice_id)
    if not invoice.is_printable:
        raise Http404("not printable")
    try:
        content = _print(invoice, _look(request))
    except proof.NotProved as error:
        messages.error(request, str(error.reason))
        return redirect(invoice)
    except TooLarge:
        messages.error(request, files.TOO_LARGE)
        return redirect(invoice)
    except PrintError as error:  # what another program issued need not be FA(3)
        raise Http404("not FA(3)") from error
    return files.response(invoice.entry, content, PDF, inline="podglad" in request.GET)


def _print(invoice: Invoice, look: Look) -> bytes:
    """Raises NotProved and PrintError."""
    if invoice.carries_codes_offline:
        proof.require_print(invoice)
    return files.pdf(invoice.entry, kod_2=invoice.kod_2, outside=invoice.carries_no_codes, look=look)


@member()
@require_POST
def archive(request: CompanyRequest, company: Company) -> HttpResponseBase:
    """Files of all invoices that the list's filter lets through, in one ZIP, with their receipts."""
    query = QueryDict(request.POST.get("query", ""))
    _form, entries = narrowed(company, query, times.today())
    back = redirect(f"{reverse('sales:list', args=[company.pk])}?{query.urlencode()}")
    name = _("sprzedaz")
    return selections.download(
        request, entries, f"{name}-{company.nip}", back=back, printer=_print_of, others=_receipts
    )


def _print_of(entry: IndexEntry) -> bytes:
    """Raises PrintError and NotGiven, as a print alone would be refused."""
    invoice = Invoice.objects.select_related("entry__document", "company").get(entry=entry)
    if not invoice.is_printable:
        raise NotGiven(_("nie ma jeszcze wydruku; jest XML"))
    try:
        return _print(invoice, print_settings.look(invoice.company))
    except proof.NotProved as error:
        raise NotGiven(str(error.reason)) from error


def _receipts(entries: Sequence[IndexEntry]) -> Mapping[int, list[tuple[str, bytes]]]:
    rows = Receipt.objects.filter(invoice__entry__in=[one.pk for one in entries])
    rows = rows.select_related("invoice", "page")
    return {row.invoice.entry_id: [("UPO.xml", row.content)] for row in rows}


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


@member(*ISSUERS)
@require_safe
def invoice_pef(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """A draft as PEF(3) or PEF_KOR(3), for the provider of Peppol services that sends it; 404 for what is issued or
    self-billed.

    An issued invoice has gone, or goes, to KSeF as FA(3): as PEF it would be there twice.
    """
    invoice = _invoice(company, invoice_id)
    if invoice.state != State.DRAFT or invoice.entry.is_self_billed:
        raise Http404("no draft of a sale")
    content = bytes(get_object_or_404(Draft.objects.of(company), invoice=invoice).xml or b"")
    try:
        name, made = pef_files.pef_file(invoice, read(content))
    except DocumentError as error:
        for problem in error.problems:
            messages.error(request, str(Reason.of(problem)))
        return redirect(invoice)
    return as_file(made, XML, file_name(name, invoice.entry.number, ending=".xml"))


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
