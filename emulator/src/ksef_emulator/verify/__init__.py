"""The pages behind the codes on an invoice's print: KOD I and KOD II (ksef-docs kody-qr.md)."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from ..api.security import CurrentEmulator
from ..emulator import Emulator
from ..http.hosts import ORIGINAL_PATH
from ..intake.polish_time import in_poland
from ..model.identity.contexts import Context, ContextType
from ..model.sending.invoice_records import Invoice
from ..pages import grosze_of, page
from ..pages.reading import read
from .codes import base64url, checks

_NIP = re.compile(r"[1-9](\d[1-9]|[1-9]\d)\d{7}", re.ASCII)
_SERIAL = re.compile(r"[0-9A-F]{16}", re.ASCII)
_DIGEST = 32  # bytes
QUESTIONS = ("number", "buyer", "amount")
"""What only somebody who holds the invoice can enter, to see all of it."""


router = APIRouter(include_in_schema=False)


@router.get("/qr/invoice/{nip}/{day}/{digest}")
def show_invoice(
    request: Request, emulator: CurrentEmulator, nip: str, day: str, digest: str
) -> HTMLResponse:
    return _invoice(emulator, request, nip, day, digest)


@router.post("/qr/invoice/{nip}/{day}/{digest}")
async def show_content(
    request: Request, emulator: CurrentEmulator, nip: str, day: str, digest: str
) -> HTMLResponse:
    async with request.form(max_files=0, max_fields=10) as form:
        answers = {name: str(form.get(name, "")).strip() for name in QUESTIONS}
    return await run_in_threadpool(_invoice, emulator, request, nip, day, digest, answers)


def _invoice(
    emulator: Emulator,
    request: Request,
    nip: str,
    day: str,
    digest: str,
    answers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """What the code tells; with the invoice's data, also its whole content."""
    issued, sha256 = _day(day), base64url(digest)
    if not _NIP.fullmatch(nip) or issued is None or sha256 is None or len(sha256) != _DIGEST:
        return page(request, "invoice.html", status=400, invoice=None, malformed=True)
    emulator.intake_queue.settle()
    invoice = emulator.invoices.find_by_hash(nip, sha256)
    corrected = invoice is not None and invoice.sha256 != sha256
    if invoice is None or (invoice.issue_date != issued and not corrected):
        return page(
            request, "invoice.html", invoice=None, malformed=False, nip=nip, day=issued, digest=digest
        )
    knows = answers is not None and knows_it(invoice, answers)
    return page(
        request,
        "invoice.html",
        status=400 if answers is not None and not knows else 200,
        invoice=invoice,
        corrected=corrected,
        accepted=in_poland(invoice.acquisition).strftime("%d.%m.%Y %H:%M"),
        gross=_money(invoice.gross, invoice.currency),
        answers=answers or dict.fromkeys(QUESTIONS, ""),
        refused=answers is not None and not knows,
        it=read(emulator.invoices.document(invoice)) if knows else None,
        knows=knows,
    )


@router.get("/qr/certificate/{kind}/{value}/{nip}/{serial}/{digest}/{signature}")
def show_certificate(
    request: Request,
    emulator: CurrentEmulator,
    kind: str,
    value: str,
    nip: str,
    serial: str,
    digest: str,
    signature: str,
) -> HTMLResponse:
    context, sha256, signed_with = _context(kind, value), base64url(digest), base64url(signature)
    shaped = _NIP.fullmatch(nip) and _SERIAL.fullmatch(serial)
    if not shaped or context is None or sha256 is None or len(sha256) != _DIGEST or signed_with is None:
        return page(request, "certificate.html", status=400, malformed=True)
    path = f"/certificate/{kind}/{value}/{nip}/{serial}/{digest}"
    answers: str = request.scope.get(ORIGINAL_PATH, request.url.path)
    here = request.url.netloc + answers.partition("/certificate/")[0]
    places = dict.fromkeys((emulator.config.qr_base.partition("://")[2], here))
    plain = [f"http://{place}" for place in places]  # clients take only „https://" away
    certificate = emulator.certificates.by_serial(serial)
    steps = checks(
        emulator,
        certificate=certificate,
        context=context,
        nip=nip,
        signed=[f"{place}{path}".encode() for place in (*places, *plain)],
        signature=signed_with,
    )
    return page(
        request,
        "certificate.html",
        malformed=False,
        holds=all(step.holds for step in steps),
        checks=steps,
        certificate=certificate,
        serial=serial,
        context=f"{kind} {value}",
        nip=nip,
        digest=digest,
    )


def knows_it(invoice: Invoice, answers: Mapping[str, str]) -> bool:
    """Whether somebody holds the invoice: its number, its buyer and its amount all fit."""
    buyer = re.sub(r"[\s-]", "", answers["buyer"]).upper().removeprefix("PL")
    stated = re.sub(r"[\s-]", "", invoice.buyer.value or "").upper()
    return (
        grosze_of(answers["amount"]) == invoice.gross
        and answers["number"] == invoice.number
        and buyer == stated
    )


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%d-%m-%Y").date()  # noqa: DTZ007 - a day, not a moment
    except ValueError:
        return None


def _context(kind: str, value: str) -> Context | None:
    try:
        return Context(type=ContextType(kind), value=value)
    except ValueError:
        return None


def _money(grosze: int, currency: str) -> str:
    whole, rest = divmod(abs(grosze), 100)
    sign = "-" if grosze < 0 else ""
    return f"{sign}{whole:,}".replace(",", "\u202f") + f",{rest:02d} {currency}"
