"""``InvoiceQueryFilters``, which the metadata query and exports share."""

from __future__ import annotations

from datetime import datetime, timedelta

from .. import problems
from ..intake.polish_time import from_polish_local
from ..model.receiving.metadata import Query
from .contract.invoices import InvoiceQueryFilters

LONGEST = timedelta(days=100)
"""The longest range of one question (OpenAPI, ``InvoiceQueryFilters.dateRange``)."""
FAR = 2**62


def question(body: InvoiceQueryFilters, now: datetime, *, descending: bool) -> Query:
    """What is asked, as the model knows it. Raises problem 21405."""
    dates = body.dateRange
    start = from_polish_local(dates.from_)
    end = from_polish_local(dates.to) if dates.to else None
    if end is not None and end < start:
        raise problems.invalid_input("Parametr dateRange.to jest wcześniejszy niż dateRange.from.")
    if (end or now) - start > LONGEST:
        raise problems.invalid_input(f"Zakres dateRange nie może przekraczać {LONGEST.days} dni.")
    amount = body.amount
    buyer = body.buyerIdentifier
    return Query(
        subject=body.subjectType,
        date_type=dates.dateType,
        start=start,
        end=end,
        up_to_mark=bool(dates.restrictToPermanentStorageHwmDate),
        descending=descending,
        ksef_number=body.ksefNumber,
        invoice_number=body.invoiceNumber,
        amount=(amount.type, _grosze(amount.from_), _grosze(amount.to)) if amount else None,
        seller_nip=body.sellerNip,
        buyer=(buyer.type, buyer.value) if buyer else None,
        currencies=tuple(body.currencyCodes) if body.currencyCodes else None,
        mode=body.invoicingMode,
        self_invoicing=body.isSelfInvoicing,
        form_type=body.formType,
        invoice_types=tuple(body.invoiceTypes) if body.invoiceTypes else None,
        has_attachment=body.hasAttachment,
    )


def _grosze(amount: float | None) -> int | None:
    """Amounts beyond what the database counts are as far as it counts."""
    return None if amount is None else round(max(-FAR, min(amount * 100, FAR)))
