"""Invoices in the portal: sent and received ones, one as a person reads it, its XML and its receipt."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from ..api.sessions import find as session_of
from ..intake.polish_time import in_poland
from ..model.invoice_records import Invoice
from ..model.logins import Principal
from ..model.metadata import Query
from ..model.permissions import Permission
from ..problems import Problem
from ..verify.reading import read
from .fields import day_or_none, grosze_or_none
from .frame import Portal

HERE = "/portal/faktury"
TABS = {"wystawione": "Subject1", "otrzymane": "Subject2", "inne": "Subject3"}
SIZE = 20
DAYS = 100
"""As many at most as the API looks back (``InvoiceQueryFilters.dateRange``)."""
KEPT = ("od", "do", "numer", "ksef", "nip", "kwota_od", "kwota_do")


def router(portal: Portal) -> APIRouter:
    """The pages."""
    pages = APIRouter(prefix=HERE)
    emulator = portal.emulator

    @pages.get("")
    @portal.for_members
    async def root(request: Request, principal: Principal) -> Response:  # noqa: ARG001 - the same for everybody
        return portal.go(request, f"{HERE}/lista/wystawione")

    @pages.get("/lista/{tab}")
    @portal.for_members
    async def listing(request: Request, principal: Principal) -> Response:
        tab = request.path_params["tab"]
        if tab not in TABS:
            return portal.show(request, "absent.html", status=404)
        asked = {name: request.query_params.get(name, "").strip() for name in KEPT}
        page = max(1, int(number) if (number := request.query_params.get("page", "1")).isdecimal() else 1)
        found, more = [], False
        if reads(principal):
            emulator.desk.settle()
            context = principal.context
            result = emulator.metadata.page(
                question(asked, TABS[tab], emulator.clock.now()),
                context_type=context.type,
                context_value=context.value,
                offset=min((page - 1) * SIZE, 9980),
                size=SIZE,
            )
            found, more = [_row(each) for each in result.invoices], result.has_more
        return portal.show(
            request,
            "invoices.html",
            tab=tab,
            rows=found,
            page=page,
            more=more,
            asked=asked,
            allowed=reads(principal),
        )

    @pages.get("/{number}")
    @portal.for_members
    async def one(request: Request, principal: Principal) -> Response:
        found = mine(principal, request.path_params["number"])
        if found is None:
            return portal.show(request, "absent.html", status=404)
        document = emulator.invoices.document(found)
        return portal.show(
            request,
            "invoice_read.html",
            invoice=found,
            accepted=in_poland(found.acquisition).strftime("%d.%m.%Y %H:%M"),
            it=read(document),
            xml=document.decode(),
            receipt=upo(principal, found) is not None,
        )

    @pages.get("/{number}/xml")
    @portal.for_members
    async def xml(request: Request, principal: Principal) -> Response:
        found = mine(principal, request.path_params["number"])
        if found is None:
            return portal.show(request, "absent.html", status=404)
        return _file(emulator.invoices.document(found), f"{found.ksef_number}.xml")

    @pages.get("/{number}/upo")
    @portal.for_members
    async def receipt(request: Request, principal: Principal) -> Response:
        found = mine(principal, request.path_params["number"])
        document = upo(principal, found) if found is not None else None
        if found is None or document is None:
            return portal.show(request, "absent.html", status=404)
        return _file(document, f"UPO-{found.ksef_number}.xml")

    def mine(principal: Principal, number: str) -> Invoice | None:
        """An invoice that the context is part of, for those who may read."""
        if not reads(principal):
            return None
        emulator.desk.settle()
        found = emulator.invoices.by_ksef_number(number)
        context = principal.context
        if found is None or not emulator.invoices.concerns(
            found, context_type=context.type, context_value=context.value
        ):
            return None
        return None if emulator.desk.storage.holds_back(found.id) else found

    def upo(principal: Principal, found: Invoice) -> bytes | None:
        """The receipt, for those who may see the session that the invoice was sent in."""
        session = emulator.sessions.with_id(found.session_id)
        if session is None:
            return None
        try:
            session = session_of(emulator, principal, session.reference)
        except Problem:
            return None
        sent = emulator.invoices.sent_as(session, found)
        return emulator.upos.of_invoice(session, sent) if sent is not None else None

    return pages


def reads(principal: Principal) -> bool:
    """Whether somebody may look at the context's invoices."""
    return Permission.INVOICE_READ in principal.permissions


def question(asked: dict[str, str], subject: str, now: datetime) -> Query:
    """What the filter asks, as the API's query has it; what is no date, NIP or amount is not asked."""
    first, last = day_or_none(asked["od"]), day_or_none(asked["do"])
    end = datetime.combine(last, time.max, UTC) if last else now + timedelta(days=1)
    start = datetime.combine(first, time.min, UTC) if first else end - timedelta(days=DAYS)
    low, high = grosze_or_none(asked["kwota_od"]), grosze_or_none(asked["kwota_do"])
    nip = asked["nip"].replace("-", "")
    return Query(
        subject=subject,
        date_type="Issue",
        start=max(start, end - timedelta(days=DAYS)),
        end=end,
        descending=True,
        ksef_number=asked["ksef"] or None,
        invoice_number=asked["numer"] or None,
        amount=("Brutto", low, high) if low is not None or high is not None else None,
        seller_nip=nip if nip and subject != "Subject1" else None,
        buyer=("Nip", nip) if nip and subject == "Subject1" else None,
    )


def _row(invoice: Invoice) -> dict[str, Any]:
    return {
        "ksef_number": invoice.ksef_number,
        "number": invoice.number,
        "day": invoice.issue_date.strftime("%d.%m.%Y"),
        "seller": invoice.seller.name or invoice.seller_nip,
        "buyer": invoice.buyer.name or invoice.buyer.value or "–",
        "gross": f"{invoice.gross / 100:.2f}",
        "currency": invoice.currency,
        "type": invoice.invoice_type,
    }


def _file(document: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(document, media_type="application/xml", headers=headers)
