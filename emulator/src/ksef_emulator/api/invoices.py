"""Receiving: one invoice by its KSeF number, and the metadata query (ksef-docs pobieranie-faktur)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from .. import problems
from ..emulator import Emulator
from ..model.access.logins import Principal
from ..model.access.permissions import Permission
from ..model.identity.contexts import Context
from ..model.receiving.metadata import MAX_RESULTS, BeyondMark
from ..model.sending.invoice_records import Invoice
from ..model.time.moments import timestamp
from .answers import json_answer, xml_answer
from .contract.invoices import InvoiceQueryFilters, SortOrder
from .filters import question
from .parameters import KsefNumberInPath, PageOffset, PageSize250
from .present import metadata
from .security import CurrentEmulator, require

router = APIRouter(tags=["Pobieranie faktur"])
Reader = Annotated[Principal, Depends(require(Permission.INVOICE_READ))]


@router.get("/invoices/ksef/{ksefNumber}")
def get_invoice(ksef_number: KsefNumberInPath, emulator: CurrentEmulator, principal: Reader) -> Response:
    return xml_answer(emulator.invoices.document(readable(emulator, principal.context, ksef_number)))


@router.post("/invoices/query/metadata")
def query_metadata(
    body: InvoiceQueryFilters,
    emulator: CurrentEmulator,
    principal: Reader,
    order: Annotated[SortOrder, Query(alias="sortOrder")] = SortOrder.ASC,
    page: PageOffset = 0,
    size: PageSize250 = 10,
) -> Response:
    emulator.intake_queue.settle()
    query = question(body, emulator.clock.now(), descending=order is SortOrder.DESC)
    if page * size >= MAX_RESULTS:
        raise problems.invalid_input(f"Zakres stron przekracza {MAX_RESULTS} wyników.")
    try:
        listed = emulator.metadata.page(query, principal.context, offset=page * size, size=size)
    except BeyondMark as error:
        raise problems.beyond_mark() from error
    return json_answer(
        {
            "hasMore": listed.has_more,
            "isTruncated": listed.truncated,
            "permanentStorageHwmDate": timestamp(listed.mark) if listed.mark else None,
            "invoices": [metadata(invoice) for invoice in listed.invoices],
        }
    )


def readable(emulator: Emulator, context: Context, ksef_number: str) -> Invoice:
    """The invoice with this number, for a context that it concerns. Raises problems 21164 and 21165."""
    emulator.intake_queue.settle()
    invoice = emulator.invoices.by_ksef_number(ksef_number)
    if invoice is None or not emulator.invoices.concerns(invoice, context=context):
        raise problems.no_such_invoice(ksef_number)
    if emulator.intake_queue.storage.holds_back(invoice.id):
        raise problems.invoice_not_stored_yet(ksef_number)
    return invoice
