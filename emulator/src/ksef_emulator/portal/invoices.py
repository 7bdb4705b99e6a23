"""Invoices in the portal: sent and received ones, one as a person reads it, its XML and its receipt."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request, Response

from ..api.contract.invoices import InvoiceQueryFilters
from ..api.filters import LONGEST, question
from ..api.invoices import readable
from ..api.sessions import find as session_of
from ..intake.identifiers import ksef_number_holds
from ..intake.polish_time import in_poland, polish_day
from ..model.access.logins import Principal
from ..model.access.permissions import Permission
from ..model.receiving.metadata import MAX_RESULTS, Query
from ..model.sending.invoice_records import Invoice
from ..pages import page_number
from ..pages.fields import NIP, Rule, Wrong, amount_of, day_of, required, required_text
from ..pages.reading import read
from ..problems import Problem
from .frame import CurrentPortal, Member, Portal

HERE = "/portal/faktury"
TABS = {
    "wystawione": "Subject1",
    "otrzymane": "Subject2",
    "inne": "Subject3",
    "upowazniony": "SubjectAuthorized",
}
DATES = ("Issue", "Invoicing", "PermanentStorage")
SIZE = 20
USUAL = timedelta(days=90)
"""What is shown without being asked; a question covers 100 days at most, as in the API."""
FILTERS = ("od", "do", "data", "kolej", "numer", "ksef", "nip", "kwota_od", "kwota_do")
NUMBER: Rule = (
    lambda text: len(text) <= 256 and text.isprintable(),
    "Numer faktury ma do 256 znaków.",
    "An invoice's number has up to 256 characters.",
)
KSEF_NUMBER: Rule = (
    ksef_number_holds,
    "Numer KSeF ma 35 znaków, a dwa ostatnie są sumą kontrolną. Przepisz go dokładnie.",
    "A KSeF number has 35 characters and the last two are a checksum. Copy it exactly.",
)

router = APIRouter(prefix=HERE)


@router.get("")
async def root(portal: CurrentPortal, request: Request, principal: Member) -> Response:  # noqa: ARG001 - the same for everybody
    return portal.go(request, f"{HERE}/lista/wystawione")


@router.get("/lista/{tab}")
async def listing(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    tab = request.path_params["tab"]
    if tab not in TABS:
        return portal.show(request, "absent.html", status=404)
    filters = {name: request.query_params.get(name, "").strip() for name in FILTERS}
    page, rows, more, error = _page(request), [], False, None
    if reads(principal):
        portal.emulator.intake_queue.settle()
        try:
            listed = portal.emulator.metadata.page(
                query(filters, TABS[tab], portal.emulator.clock.now()),
                context=principal.context,
                offset=(page - 1) * SIZE,
                size=SIZE,
            )
            rows, more = [_row(invoice) for invoice in listed.invoices], listed.has_more
        except Wrong as wrong:
            error = wrong
    return portal.show(
        request,
        "invoices.html",
        status=400 if error else 200,
        tab=tab,
        rows=rows,
        page=page,
        more=more and page * SIZE < MAX_RESULTS,
        filters=filters,
        error=error or "",
        dates=DATES,
        allowed=reads(principal),
    )


@router.get("/{number}")
async def one(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    invoice = mine(portal, principal, request.path_params["number"])
    if invoice is None:
        return portal.show(request, "absent.html", status=404)
    document = portal.emulator.invoices.document(invoice)
    return portal.show(
        request,
        "invoice_read.html",
        invoice=invoice,
        row=_row(invoice),
        accepted=in_poland(invoice.acquisition).strftime("%d.%m.%Y %H:%M"),
        it=read(document),
        xml=document.decode(),
        receipt=upo(portal, principal, invoice) is not None,
    )


@router.get("/{number}/xml")
async def xml(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    invoice = mine(portal, principal, request.path_params["number"])
    if invoice is None:
        return portal.show(request, "absent.html", status=404)
    return _file(portal.emulator.invoices.document(invoice), f"{invoice.ksef_number}.xml")


@router.get("/{number}/upo")
async def receipt(portal: CurrentPortal, request: Request, principal: Member) -> Response:
    invoice = mine(portal, principal, request.path_params["number"])
    document = upo(portal, principal, invoice) if invoice is not None else None
    if invoice is None or document is None:
        return portal.show(request, "absent.html", status=404)
    return _file(document, f"UPO-{invoice.ksef_number}.xml")


def mine(portal: Portal, principal: Principal, number: str) -> Invoice | None:
    """An invoice that the context is part of, for those who may read."""
    if not reads(principal):
        return None
    try:
        return readable(portal.emulator, principal.context, number)
    except Problem:
        return None


def upo(portal: Portal, principal: Principal, invoice: Invoice) -> bytes | None:
    """The receipt, for those who may see the session that the invoice was sent in."""
    session = portal.emulator.sessions.with_id(invoice.session_id)
    if session is None:
        return None
    try:
        session = session_of(portal.emulator, principal, session.reference)
    except Problem:
        return None
    sent = portal.emulator.invoices.sent_as(session, invoice)
    return portal.emulator.upos.of_invoice(session, sent) if sent is not None else None


def reads(principal: Principal) -> bool:
    """Whether somebody may look at the context's invoices."""
    return Permission.INVOICE_READ in principal.permissions


def query(filters: dict[str, str], subject: str, now: datetime) -> Query:
    """What the filter asks, out of the API's own request. Raises Wrong."""
    first, last = day_of(filters, "od"), day_of(filters, "do")
    if first and last and first > last:
        raise Wrong("Początek okresu jest po jego końcu.", "The range ends before it begins.", "do")
    first = first or (last or polish_day(now)) - USUAL
    least, most = amount_of(filters, "kwota_od"), amount_of(filters, "kwota_do")
    if least is not None and most is not None and least > most:
        raise Wrong("Kwota „od” jest większa niż „do”.", "The amounts end before they begin.", "kwota_do")
    nip = required(filters, "nip", NIP) if filters["nip"] else None
    body: dict[str, Any] = {
        "subjectType": subject,
        "dateRange": {
            "dateType": filters["data"] if filters["data"] in DATES else DATES[0],
            "from": f"{first}T00:00:00",
            "to": f"{last}T23:59:59.999" if last else None,
        },
        "ksefNumber": required(filters, "ksef", KSEF_NUMBER) if filters["ksef"] else None,
        "invoiceNumber": required_text(filters, "numer", NUMBER) or None,
    }
    if least is not None or most is not None:
        bounds = {"from": least, "to": most}
        body["amount"] = {"type": "Brutto"} | {
            name: bound / 100 for name, bound in bounds.items() if bound is not None
        }
    if nip and subject == "Subject1":
        body["buyerIdentifier"] = {"type": "Nip", "value": nip}
    elif nip:
        body["sellerNip"] = nip
    try:
        return question(InvoiceQueryFilters.model_validate(body), now, descending=filters["kolej"] != "Asc")
    except Problem as problem:
        raise Wrong(
            f"Jedno pytanie obejmuje najwyżej {LONGEST.days} dni. Skróć okres.",
            f"One question covers {LONGEST.days} days at most. Shorten the range.",
            "od",
            problem.code,
        ) from problem


def _page(request: Request) -> int:
    text = request.query_params.get("page", "")
    return min(page_number(text), MAX_RESULTS // SIZE)


def _row(invoice: Invoice) -> dict[str, Any]:
    return {
        "ksef_number": invoice.ksef_number,
        "number": invoice.number,
        "day": invoice.issue_date.strftime("%d.%m.%Y"),
        "seller": invoice.seller.name or invoice.seller_nip,
        "buyer": invoice.buyer.name or invoice.buyer.value or "–",
        "gross": str(Decimal(invoice.gross).scaleb(-2)),
        "currency": invoice.currency,
        "type": invoice.invoice_type,
    }


def _file(document: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(document, media_type="application/xml", headers=headers)
