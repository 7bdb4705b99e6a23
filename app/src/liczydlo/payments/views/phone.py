"""„Zapłać telefonem": the 2D code of one purchase; and the card of payments on the purchase's own page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from liczydlo.companies.access import BOOKKEEPERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.payments.models import TransferItem
from liczydlo.payments.models.accounts import grouped
from liczydlo.payments.transfers import proposals, titles, words
from liczydlo.payments.views.due import Row
from liczydlo.prints import transfer_code
from liczydlo.prints.codes import svg
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.views.detail import invoice_of
from liczydlo.web import times


@member(*BOOKKEEPERS)
@require_safe
def code(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """A code that the bank's application on a phone reads, or why there can be none."""
    (proposal,) = proposals.of_purchases(company, [invoice_of(company, invoice_id)])
    entry, account = proposal.entry, proposal.account
    holder = proposal.payee.of(account)
    is_factor = account is not None and account.is_factor
    text = refusal = ""
    if not proposal.is_stopped:
        try:
            text = transfer_code.text(
                nip="" if is_factor else entry.seller_nip,
                iban=account.iban if account else "",
                amount=proposal.due,
                currency=entry.currency,
                name=holder.name or entry.seller_name,
                title=entry.number,
                is_split=proposal.payee.is_split,
            )
        except transfer_code.CodeError as error:
            refusal = str(words.CODES[error.code])
    return render(
        request,
        "payments/phone.html",
        {
            "row": Row(proposal=proposal),
            "holder": holder.name or entry.seller_name,
            "account": grouped(account.iban) if account else "",
            "code": text,
            "picture": svg(text, "L") if text else "",
            "refusal": refusal,
            "types_amount": proposal.due > transfer_code.GREATEST,
            "needs_number": bool(entry.ksef_number) and times.today() >= titles.NUMBERS_FROM,
        },
    )


def panel(request: CompanyRequest, invoice: ReceivedInvoice) -> str:
    """Its open transfer, those that are over, and the ways to pay it."""
    items = TransferItem.objects.of(request.company).filter(purchase=invoice)
    rows = list(items.select_related("transfer__order").order_by("-pk"))
    (proposal,) = proposals.of_purchases(request.company, [invoice])
    may_pay = request.membership.role in BOOKKEEPERS and not proposal.is_stopped and proposal.due > 0
    if not rows and not may_pay:
        return ""
    context = {"items": rows, "may_pay": may_pay, "invoice": invoice, "company": request.company}
    return render_to_string("payments/parts/panel.html", context)
