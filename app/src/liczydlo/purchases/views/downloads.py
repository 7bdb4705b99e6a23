"""The files of a received invoice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.documents import files, selections
from liczydlo.documents.models import IndexEntry
from liczydlo.prints.typesetting import PrintError, TooLarge
from liczydlo.purchases.models import Attachment, ReceivedInvoice
from liczydlo.purchases.views.actions import chosen_entries
from liczydlo.purchases.views.detail import invoice_of
from liczydlo.web.files import PDF, XML


@member()
@require_safe
def pdf(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """The print; 404 for a document of an unknown form, and for a cost outside KSeF, which has none."""
    invoice = _of_ksef(company, invoice_id)
    try:
        content = files.pdf(invoice.entry)
    except TooLarge:
        messages.error(request, files.TOO_LARGE)
        return redirect(invoice)
    except PrintError as error:
        raise Http404("not an invoice") from error
    return files.response(invoice.entry, content, PDF)


@member()
@require_safe
def xml(_request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """The bytes as KSeF holds them; 404 for a cost outside KSeF."""
    invoice = _of_ksef(company, invoice_id)
    return files.response(invoice.entry, invoice.entry.xml, XML)


@member()
@require_POST
def archive(request: CompanyRequest, company: Company) -> HttpResponseBase:
    """Files of the selected rows, or of all that the filter lets through, in one ZIP."""
    back, entries = chosen_entries(request, company)
    name = _("zakupy")
    return selections.download(
        request, entries, f"{name}-{company.nip}", back=back, printer=files.pdf, others=_attached
    )


def _attached(entries: Sequence[IndexEntry]) -> Mapping[int, Iterator[tuple[str, bytes]]]:
    """Names now, bytes one after another: each may be of ten megabytes."""
    rows = Attachment.objects.filter(invoice__entry__in=[one.pk for one in entries]).order_by("pk")
    names: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for entry, pk, name in rows.values_list("invoice__entry", "pk", "name"):
        names[entry].append((pk, name))
    return {entry: _contents(some) for entry, some in names.items()}


def _contents(attachments: Sequence[tuple[int, str]]) -> Iterator[tuple[str, bytes]]:
    for pk, name in attachments:
        content = Attachment.objects.filter(pk=pk).values_list("file__content", flat=True).first()
        if content is not None:  # taken away meanwhile
            yield name, bytes(content)


def _of_ksef(company: Company, invoice_id: int) -> ReceivedInvoice:
    invoice = invoice_of(company, invoice_id)
    if invoice.is_outside:
        raise Http404("not in KSeF")
    return invoice
