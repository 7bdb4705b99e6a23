"""The page on which a contractor issues invoices to a firm."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from ...intake.polish_time import polish_day
from ...model.sending.invoice_records import Invoice
from ...pages.fields import NIP, Wrong, not_empty, of_problem
from ...pages.fields import required as nip_of
from ...pages.model_forms import from_form, labels
from ...pages.words import Both, counted, money
from ...problems import Problem
from ..contractors.delivery import Kind
from ..contractors.people import MADE_UP, SELLERS
from ..invoices import MOST, Contractor, Delivery, send
from .frame import CurrentPanel, Panel

HERE = "/panel/faktury"
KINDS: dict[Kind, Both] = {
    "VAT": ("Faktura (VAT)", "Invoice (VAT)"),
    "UPR": ("Faktura uproszczona do 450 zł (UPR)", "Simplified invoice up to 450 zł (UPR)"),
    "ZAL": ("Faktura zaliczkowa (ZAL)", "Advance invoice (ZAL)"),
    "ROZ": ("Zaliczka i jej rozliczenie (ZAL + ROZ)", "An advance and its settlement (ZAL + ROZ)"),
    "KOR": ("Korekta: rabat po sprzedaży (KOR)", "Correction: a discount after the sale (KOR)"),
}
OTHER = "inny"
SHOWN = 50
_INVOICES = ("faktura", "faktury", "faktur")

router = APIRouter(prefix=HERE)


def shown(panel: Panel, request: Request, **more: Any) -> Response:
    asked = request.query_params
    last = panel.visit(request).given.get("invoices", {})
    values: dict[str, Any] = {
        "fields": {"buyer": asked.get("buyer") or last.get("buyer", ""), "count": "1", "kind": "VAT"},
        "firms": panel.firms(),
        "sellers": SELLERS,
        "labels": labels(Delivery),
        "kinds": KINDS,
        "other": OTHER,
        "most": MOST,
        "last": last,
        "today": polish_day(panel.emulator.clock.now()).strftime("%d.%m.%Y"),
        "lag": panel.emulator.metadata.lag,
    }
    return panel.show(request, "panel_invoices.html", **(values | more))


@router.get("")
async def form(panel: CurrentPanel, request: Request) -> Response:
    return shown(panel, request)


@router.post("")
async def issue(panel: CurrentPanel, request: Request) -> Response:
    fields = await panel.form(request)
    try:
        wanted = _delivery(fields)
        accepted, refused = await run_in_threadpool(send, panel.emulator, wanted)
    except Wrong as wrong:
        return shown(panel, request, status=400, error=wrong, fields=fields)
    except Problem as problem:
        told = of_problem(problem, "Faktury nie zostały wystawione", "The invoices were not issued")
        return shown(panel, request, status=400, error=told, fields=fields)
    panel.visit(request).given["invoices"] = {
        "buyer": wanted.buyer,
        "rows": [_row(each) for each in reversed(accepted)][:SHOWN],
        "total": len(accepted),
        "refused": refused[:SHOWN],
    }
    polish, english = counted(len(accepted), _INVOICES, "invoice")
    return panel.done(
        request,
        HERE,
        f"Firma {wanted.buyer} dostała: {polish}. Każda ma numer KSeF.",
        f"The firm {wanted.buyer} got {english}. Each has its KSeF number.",
    )


def _delivery(fields: Any) -> Delivery:
    """The form as the JSON operation takes it. Raises Wrong."""
    buyer, seller = nip_of(fields, "buyer", NIP), _seller(fields)
    if seller is not None and seller.nip == buyer:
        raise Wrong(
            "Sprzedawca i nabywca to ta sama firma.", "The seller and the buyer are the same firm.", "buyer"
        )
    kind: Kind = fields["kind"] if fields.get("kind") in KINDS else "VAT"
    name = fields.get("buyer_name", "")[:256] or None
    not_empty(fields.get("count") or None, "count", labels(Delivery)["count"])
    return from_form(Delivery, fields, buyer=buyer, buyerName=name, seller=seller, kind=kind)


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
        "gross": money(invoice.gross),
    }
