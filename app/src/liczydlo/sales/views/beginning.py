"""Which editor a page begins with, and by what the page is known."""

from __future__ import annotations

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from liczydlo.companies.access import CompanyRequest
from liczydlo.companies.models import Company
from liczydlo.sales import advances, corrections, services, unfinished
from liczydlo.sales.editing import rebate, similar
from liczydlo.sales.editing.correction import Correcting
from liczydlo.sales.editing.editors import NEW_DOCUMENTS, editor_of
from liczydlo.sales.editing.sale import Sale
from liczydlo.sales.editing.self_billed import next_advance, settlement
from liczydlo.sales.models import Invoice
from liczydlo.sales.repeating.tables import InvoiceTemplate, Occurrence
from liczydlo.sales.views.invoices import invoice_of
from liczydlo.web.paging import ids


def editor_for(company: Company, kind: str, about: int | None) -> Sale:
    """The editor of a new document: one of ``editors.NEW_DOCUMENTS``, the „correction" of an invoice, the „rebate"
    on all sales to its buyer in a period, one „similar" to it, the „next-advance" or the „settlement" of an order; one
    of a „template", or its „contents"; or the „occurrence" of a recurrence that waits for a person. Raises Http404
    where that cannot be made."""
    if about is None:
        return NEW_DOCUMENTS[kind](company)
    if kind == "correction":
        return Correcting(correctable(company, about))
    if kind == "rebate":
        original = correctable(company, about)
        if original.entry.kind not in rebate.KINDS:
            raise Http404("a rebate for a period is on sales")
        return rebate.Rebating(original)
    if kind == "draft":
        return editor_of(invoice_of(company, about))
    if kind == "similar":
        try:
            return similar.editor(company, invoice_of(company, about))
        except services.NotIssued as error:
            raise Http404(error.reason.code) from error
    if kind in ("template", "contents"):
        template = get_object_or_404(InvoiceTemplate.objects.of(company), pk=about)
        make = similar.from_template if kind == "template" else similar.contents
        return make(company, template)
    if kind == "occurrence":
        days = Occurrence.objects.of(company).select_related("recurrence__template__contractor")
        return similar.from_occurrence(company, get_object_or_404(days, pk=about))
    first = advances.first_of(invoice_of(company, about))
    order = advances.balance(first)
    if order is None or not advances.can_be_settled(order):
        raise Http404("no order that goes on")
    if kind == "settlement":
        return settlement(first)
    if order.left <= 0:
        raise Http404("the whole order is paid")
    return next_advance(first)


def editor_posted(company: Company, post: QueryDict) -> Sale:
    """The editor of a page whose draft is gone."""
    kind, named = post.get("kind", "sale"), post.get("about", "")
    about = next(iter(ids([named])), None)
    if about is None and kind not in NEW_DOCUMENTS:
        raise Http404("no such document")
    return editor_for(company, kind, about)


def correctable(company: Company, invoice_id: int) -> Invoice:
    """The invoice to be corrected: of a correction, its original. Raises Http404 for what cannot be."""
    original = corrections.root(invoice_of(company, invoice_id))
    if not corrections.can_be_corrected(original) or corrections.not_understood(original):
        raise Http404("not issued, refused, not ours, or not understood")
    return original


def page_of(request: CompanyRequest, edited: Sale | None, invoice: Invoice | None) -> unfinished.Page:
    """What names the page of a draft, or of a new document, among those of which something typed is kept."""
    if invoice is not None or edited is None:
        return unfinished.Page(
            member=request.membership, kind=unfinished.DRAFT, about=invoice.pk if invoice else 0
        )
    about = edited.about.pk if edited.about else 0
    return unfinished.Page(member=request.membership, kind=edited.name, about=about)
