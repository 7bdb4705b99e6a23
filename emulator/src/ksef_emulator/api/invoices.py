"""Receiving: one invoice by its KSeF number, and the metadata query (ksef-docs pobieranie-faktur)."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response

from .. import problems
from ..intake.identifiers import ksef_number_holds
from ..intake.polish_time import from_polish_local
from ..model.auth import Principal
from ..model.metadata import MAX_RESULTS, BeyondMark
from ..model.metadata import Query as Question
from ..model.permissions import Permission
from .answers import json_answer, xml_answer
from .present import metadata, timestamp
from .security import require
from .session_models import KSEF_NUMBER, InvoiceQueryFilters

if TYPE_CHECKING:
    from ..emulator import Emulator

LONGEST = 100
"""Calendar days in UTC of one question (OpenAPI, ``InvoiceQueryFilters.dateRange``)."""


def router(emulator: "Emulator") -> APIRouter:
    """The operations."""
    api = APIRouter(prefix="/invoices", tags=["Pobieranie faktur"])
    reader = Depends(require(emulator, Permission.INVOICE_READ))

    @api.get("/ksef/{ksef_number}")
    def by_number(
        ksef_number: Annotated[str, Path(pattern=KSEF_NUMBER)], principal: Annotated[Principal, reader]
    ) -> Response:
        if not ksef_number_holds(ksef_number):
            raise problems.invalid_input("Numer KSeF ma nieprawidłową sumę kontrolną.")
        emulator.desk.settle()
        found = emulator.invoices.by_ksef_number(ksef_number)
        context = principal.context
        if found is None or not emulator.invoices.concerns(
            found, context_type=context.type, context_value=context.value
        ):
            raise problems.no_such_invoice(ksef_number)
        if found.storage > emulator.clock.now():
            raise problems.invoice_not_stored_yet(ksef_number)
        return xml_answer(emulator.invoices.document(found))

    @api.post("/query/metadata")
    def query(
        body: InvoiceQueryFilters,
        principal: Annotated[Principal, reader],
        order: Annotated[Literal["Asc", "Desc"], Query(alias="sortOrder")] = "Asc",
        page: Annotated[int, Query(alias="pageOffset", ge=0)] = 0,
        size: Annotated[int, Query(alias="pageSize", ge=10, le=250)] = 10,
    ) -> Response:
        emulator.desk.settle()
        question = _question(body, emulator.clock.now(), descending=order == "Desc")
        if page * size >= MAX_RESULTS:
            raise problems.invalid_input(f"Zakres stron przekracza {MAX_RESULTS} wyników.")
        context = principal.context
        try:
            found = emulator.metadata.page(
                question,
                context_type=context.type,
                context_value=context.value,
                offset=page * size,
                size=size,
            )
        except BeyondMark as error:
            raise problems.beyond_mark() from error
        return json_answer(
            {
                "hasMore": found.has_more,
                "isTruncated": found.truncated,
                "permanentStorageHwmDate": timestamp(found.mark) if found.mark else None,
                "invoices": [metadata(invoice) for invoice in found.invoices],
            }
        )

    return api


def _question(body: InvoiceQueryFilters, now: datetime, *, descending: bool) -> Question:
    dates = body.dateRange
    start = from_polish_local(dates.start)
    end = from_polish_local(dates.to) if dates.to else None
    if end is not None and end < start:
        raise problems.invalid_input("Parametr dateRange.to jest wcześniejszy niż dateRange.from.")
    if ((end or now).astimezone(UTC).date() - start.astimezone(UTC).date()).days > LONGEST:
        raise problems.invalid_input(f"Zakres dateRange nie może przekraczać {LONGEST} dni.")
    amount = body.amount
    buyer = body.buyerIdentifier
    return Question(
        subject=body.subjectType,
        date_type=dates.dateType,
        start=start,
        end=end,
        up_to_mark=bool(dates.restrictToPermanentStorageHwmDate),
        descending=descending,
        ksef_number=body.ksefNumber,
        invoice_number=body.invoiceNumber,
        amount=(amount.type, _grosze(amount.low), _grosze(amount.to)) if amount else None,
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
    return None if amount is None else round(amount * 100)
