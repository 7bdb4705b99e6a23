"""The page on which a contractor issues invoices to a firm."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from ...intake.polish_time import polish_day
from ...model.sending.invoice_records import Invoice
from ...pages.fields import NIP, Wrong, of_problem
from ...pages.fields import required as nip_of
from ...pages.model_forms import form_field, from_form
from ...pages.words import counted, money
from ...problems import Problem
from ..contractors.people import FARMERS, MADE_UP, SELLERS
from ..invoices import Contractor, Delivery, send
from .frame import CurrentPanel, Panel

HERE = "/panel/faktury"
FIELDS = {
    name: form_field(Delivery, name)
    for name in (
        *("kind", "correction", "gross", "currency", "form", "features"),
        *("thirdParty", "thirdPartyRole", "authorised"),
    )
} | {
    "count": form_field(Delivery, "count", required=True),
    "scam": form_field(Delivery, "scam", empty=("bez oszustwa", "no scam")),
}
OTHER = "inny"
SHOWN = 50
_INVOICES = ("faktura", "faktury", "faktur")

router = APIRouter(prefix=HERE)


def render(panel: Panel, request: Request, **more: Any) -> Response:
    query = request.query_params
    last = panel.visit(request).given.get("invoices", {})
    values: dict[str, Any] = {
        "fields": {
            "buyer": query.get("buyer") or last.get("buyer", ""),
            "count": "1",
            "thirdPartyRole": "1",
        },
        "firms": panel.firms(),
        "sellers": (*SELLERS, *FARMERS),
        "inputs": FIELDS,
        "other": OTHER,
        "last": last,
        "today": polish_day(panel.emulator.clock.now()).strftime("%d.%m.%Y"),
        "lag": panel.emulator.metadata.lag,
    }
    return panel.show(request, "panel_invoices.html", **(values | more))


@router.get("")
async def form(panel: CurrentPanel, request: Request) -> Response:
    return render(panel, request)


@router.post("")
async def issue(panel: CurrentPanel, request: Request) -> Response:
    fields = await panel.form(request)
    try:
        delivery = _delivery(fields)
        accepted, refused = await run_in_threadpool(send, panel.emulator, delivery)
    except Wrong as wrong:
        return render(panel, request, status=400, error=wrong, fields=fields)
    except Problem as problem:
        refusal = of_problem(problem, "Faktury nie zostały wystawione", "The invoices were not issued")
        return render(panel, request, status=400, error=refusal, fields=fields)
    panel.visit(request).given["invoices"] = {
        "buyer": delivery.buyer,
        "rows": [_row(invoice) for invoice in reversed(accepted)][:SHOWN],
        "total": len(accepted),
        "refused": refused[:SHOWN],
    }
    polish, english = counted(len(accepted), _INVOICES, "invoice")
    return panel.done(
        request,
        HERE,
        f"Firma {delivery.buyer} dostała: {polish}. Każda ma numer KSeF.",
        f"The firm {delivery.buyer} got {english}. Each has its KSeF number.",
    )


def _delivery(fields: Any) -> Delivery:
    """The form as the JSON operation takes it. Raises Wrong."""
    buyer, seller = nip_of(fields, "buyer", NIP), _seller(fields)
    if seller is not None and seller.nip == buyer:
        raise Wrong(
            "Sprzedawca i nabywca to ta sama firma.", "The seller and the buyer are the same firm.", "buyer"
        )
    name = fields.get("buyer_name", "")[:256] or None
    return from_form(Delivery, fields, needed=("count",), buyer=buyer, buyerName=name, seller=seller)


def _seller(fields: Any) -> Contractor | None:
    """None is various ones. Raises Wrong."""
    chosen = fields.get("seller", "")
    if chosen == OTHER:
        name = fields.get("seller_name", "")
        if not name:
            raise Wrong("Podaj nazwę sprzedawcy.", "Give the seller's name.", "seller_name")
        return Contractor(nip=nip_of(fields, "seller_nip", NIP), name=name[:256])
    return Contractor(nip=chosen) if chosen in MADE_UP else None


def _row(invoice: Invoice) -> dict[str, str]:
    return {
        "ksef_number": invoice.ksef_number,
        "number": invoice.number,
        "kind": invoice.kind,
        "seller": invoice.seller.name or invoice.seller_nip,
        "gross": money(invoice.gross, invoice.currency),
    }
