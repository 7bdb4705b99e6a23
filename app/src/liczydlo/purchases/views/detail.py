"""One received invoice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.documents import facts, files
from liczydlo.lookups.models import Service
from liczydlo.lookups.services import is_on
from liczydlo.prints.codes import svg
from liczydlo.prints.invoice import invoice_html
from liczydlo.purchases import lifecycle, ties
from liczydlo.purchases.doubles import deciding
from liczydlo.purchases.forms import DescriptionForm, PaymentForm
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.states import VERBS
from liczydlo.purchases.warnings import services, white_list
from liczydlo.web.reasons import language

Panel = Callable[[CompanyRequest, ReceivedInvoice], str]
PANELS: Final[list[Panel]] = []
"""Cards that features above put on the page of a purchase, as safe HTML."""


def invoice_of(company: Company, invoice_id: int) -> ReceivedInvoice:
    """The company's invoice with its document. Raises Http404."""
    rows = ReceivedInvoice.objects.of(company).select_related("company", "entry__document", "reported_by")
    invoice: ReceivedInvoice = get_object_or_404(rows, pk=invoice_id)
    return invoice


@member()
@require_safe
def detail(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """Show a purchase: its document, state, payment, warnings and files."""
    return page(request, company, invoice_of(company, invoice_id))


def page(
    request: CompanyRequest,
    company: Company,
    invoice: ReceivedInvoice,
    *,
    payment: PaymentForm | None = None,
    description: DescriptionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Its page, with what somebody typed where that was not kept."""
    template = "purchases/outside/detail.html" if invoice.is_outside else "purchases/detail.html"
    return render(
        request,
        template,
        {
            **({} if invoice.is_outside else _document(company, invoice)),
            "invoice": invoice,
            "panels": [panel(request, invoice) for panel in PANELS],
            "doubles": deciding.of(company, invoice),
            "events": invoice.events.select_related("by"),
            "attachments": invoice.attachments.select_related("file", "by").defer("file__content"),
            "steps": [(step, VERBS[step]) for step in invoice.steps],
            "payment": payment or PaymentForm(initial=_payment(invoice), whole=invoice.payable),
            "payment_seen": lifecycle.last_event(invoice, lifecycle.PAYMENTS),
            "description": description or DescriptionForm(initial=_description(invoice), label_suffix=""),
            "description_seen": lifecycle.last_event(invoice, lifecycle.DESCRIPTIONS),
            "categories": lifecycle.categories(company),
            "may_act": request.membership.role in ISSUERS,
        },
        status=status,
    )


def _document(company: Company, invoice: ReceivedInvoice) -> dict[str, Any]:
    """What only a document from KSeF has."""
    kod_1 = files.kod_1(invoice.entry)
    return {
        "warnings": services.warnings_on_page(company, invoice),
        "checked": white_list.checked_accounts(company, invoice),
        "white_list_on": is_on(company, Service.WHITE_LIST),
        "white_list_limit": white_list.LIMIT,
        "seller": services.seller_of(company, invoice),
        "ties": ties.of(company, invoice.entry),
        "payment_term": facts.of(invoice.entry.xml).payment_term,
        "document": invoice_html(invoice.entry.xml, language=language()),
        "kod_1": kod_1,
        "kod_1_picture": svg(kod_1),
    }


def _payment(invoice: ReceivedInvoice) -> dict[str, Any]:
    amount = invoice.paid_amount
    amount_text = "" if amount is None else str(amount).replace(".", ",")
    return {"payment": invoice.payment, "amount": amount_text, "paid_on": invoice.paid_on}


def _description(invoice: ReceivedInvoice) -> dict[str, str]:
    """What is kept; where no category is, the one of the seller's last invoice is suggested."""
    category = invoice.category or lifecycle.suggested_category(invoice)
    return {"category": category, "concerns": invoice.concerns, "note": invoice.note}
