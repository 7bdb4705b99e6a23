"""One invoice: its preview before anything irreversible, its life afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.documents import files
from liczydlo.documents.models import Direction
from liczydlo.fa3.problems import DocumentError
from liczydlo.ksef.credentials import CredentialError
from liczydlo.ksef.modes import Mode
from liczydlo.prints.invoice import invoice_html
from liczydlo.sales import (
    advances,
    corrections,
    modes,
    pef_files,
    proof,
    services,
    similar,
    structures,
    technical,
    undo,
)
from liczydlo.sales.deadlines import deadline_of, explanation
from liczydlo.sales.editing.editors import look
from liczydlo.sales.farm import composing, payments
from liczydlo.sales.farm import corrections as farm_corrections
from liczydlo.sales.filters import HOMES
from liczydlo.sales.lifecycle import StaleDraft
from liczydlo.sales.models import PATIENCE, Invoice, Receipt
from liczydlo.sales.repeating import making
from liczydlo.sales.states import UNSENT, NotNow, State
from liczydlo.sales.timeline import timeline
from liczydlo.sales.views import awaiting, leaving, letters
from liczydlo.sales.views.invoices import invoice_of
from liczydlo.sales.views.stale import say_stale
from liczydlo.sales.views.ways import ways
from liczydlo.web import times
from liczydlo.web.reasons import explain, language

Panel = Callable[[CompanyRequest, Invoice], str]
PANELS: Final[list[Panel]] = [letters.panel]
"""Cards on the page of an issued invoice, as safe HTML: letters to the buyer, and those of features above."""


@member()
@require_safe
def detail(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """The invoice's page, or a draft's preview."""
    invoice = invoice_of(company, invoice_id)
    may_issue = request.membership.role in ISSUERS
    if invoice.entry.document is None:
        try:
            if invoice.state == State.AWAITING:
                return awaiting.page(request, invoice)
            if invoice.state == State.LEAVING:
                return leaving.page(request, invoice)
            return render(request, "sales/preview.html", _preview(company, invoice, may_issue))
        except StaleDraft as stale:
            return say_stale(request, company, stale, direction=invoice.entry.direction)
    return render(
        request,
        "sales/detail.html",
        {
            **_life(company, invoice, may_issue),
            "panels": [] if invoice.entry.is_self_billed else [panel(request, invoice) for panel in PANELS],
            "document": invoice_html(invoice.entry.xml, language=language()),
        },
    )


@member()
@require_safe
def life(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """The part of the page that changes by itself, for htmx."""
    invoice = invoice_of(company, invoice_id)
    return render(
        request, "sales/parts/life.html", _life(company, invoice, request.membership.role in ISSUERS)
    )


def _life(company: Company, invoice: Invoice, may_issue: bool) -> dict[str, object]:
    deadline, void = deadline_of(invoice), proof.void_of(invoice)
    original = technical.original_of(invoice)
    return {
        "deadline": deadline,
        "explanation": explanation(Mode(invoice.mode), invoice.entry.issue_date, deadline),
        "is_unsent": invoice.state in UNSENT,
        "may_change_mode": may_issue and modes.can_change(invoice) and _takes_long(invoice),
        "may_leave": may_issue and invoice.state == State.WAITING and deadline.reason == "total-failure",
        "invoice": invoice,
        "void": void,
        "original": original,
        "may_correct": may_issue and technical.can_be_corrected(original),
        "correction": technical.correction_of(invoice) if invoice.is_offline else None,
        "may_issue": may_issue,
        "not_similar": similar.refusal(company, invoice),
        "adjust": _adjust(company, invoice) if may_issue else None,
        **_corrections(invoice),
        **_order(invoice, may_issue),
        "events": timeline(invoice),
        "receipt": Receipt.objects.of(company).filter(invoice=invoice).first(),
        "is_printable": invoice.is_printable and void is None,
        "kod_1": files.kod_1(invoice.entry),
        "may_send": may_issue and services.can_be_sent(invoice),
        "hindrance": services.hindrance(company) if invoice.is_moving else None,
        "other_environment": invoice.environment != company.environment,
        "is_overdue": invoice.is_overdue(times.today()),
        "purchase": payments.of_invoice(invoice),
    }


def _adjust(company: Company, invoice: Invoice) -> str | None:
    """Where a correction of it is begun; None where none can be made."""
    if invoice.is_farm:
        original = farm_corrections.root(invoice)
        can, name = farm_corrections.can_be_corrected(original), "sales:farm_correct"
    else:
        original, name = invoice, "sales:correct"
        can = corrections.can_be_corrected(corrections.root(invoice))
    return reverse(name, args=[company.pk, original.pk]) if can else None


def _corrections(invoice: Invoice) -> dict[str, object]:
    """What corrects it and what it corrects, both ways."""
    return {"corrections": corrections.of(invoice), "originals": corrections.originals(invoice)}


def _order(invoice: Invoice, may_issue: bool) -> dict[str, object]:
    """The order of an advance or of a settlement, and what can be done with it."""
    if invoice.entry.kind not in advances.KINDS:
        return {}
    order = advances.balance(invoice)
    goes_on = may_issue and advances.can_be_settled(order)
    return {
        "order": order,
        "may_settle": goes_on,
        "may_go_on": goes_on and order is not None and order.left > 0,
    }


def _takes_long(invoice: Invoice) -> bool:
    """Whether it has been in the queue for longer than KSeF needs."""
    since = invoice.queued_at or invoice.changed_at
    return since < times.now() - PATIENCE or services.hindrance(invoice.company) is not None


def _preview(company: Company, invoice: Invoice, may_issue: bool) -> dict[str, object]:
    draft = services.draft_of(invoice)
    xml = draft.content
    today = times.today()
    invoice_draft = draft.invoice_draft
    checks: dict[str, object] = {"problems": (), "warnings": ()}
    try:
        checked = services.examine(company, xml)
        services.check_number(company, checked, draft=invoice)
    except DocumentError as error:
        checks["problems"] = error.problems
    except services.NotIssued as error:
        checks["problems"] = (error.reason,)
    else:
        notes = [
            *services.warnings(checked, today=today),
            *structures.warnings(company, checked, draft=invoice),
            *checked.warnings,
        ]
        stale = structures.outdated(invoice, checked)
        if stale is not None and draft.draft_json is not None:
            checks["problems"] = (stale,)
        checks["warnings"] = notes if stale is None or draft.draft_json is not None else [stale, *notes]
    return {
        "invoice": invoice,
        "draft": draft,
        "document": invoice_html(xml, language=language()),
        "may_issue": may_issue,
        "not_similar": similar.refusal(company, invoice),
        "edited": None if invoice.is_farm else look(company, invoice, draft),
        "pef": pef_files.offered(invoice),
        "may_edit_farm": invoice.is_farm and composing.can_be_edited(draft),
        "may_redate": invoice_draft is not None
        and invoice.entry.issue_date < today
        and making.occurrence_of(invoice) is not None,
        "originals": corrections.originals(invoice),
        "is_connected": clients.is_connected(company),
        **ways(company, invoice),
        **checks,
    }


@member(*ISSUERS)
@require_POST
def issue(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """Issue a draft, online or offline."""
    invoice = invoice_of(company, invoice_id)
    mode = next((mode for mode in Mode if mode == request.POST.get("mode")), Mode.ONLINE)
    try:
        return redirect(
            _issued(request, company, invoice, mode, seen_digest=request.POST.get("seen")) or invoice
        )
    except StaleDraft as stale:
        return say_stale(request, company, stale, direction=invoice.entry.direction)


def _issued(
    request: CompanyRequest,
    company: Company,
    invoice: Invoice,
    mode: Mode,
    *,
    seen_digest: str | None = None,
) -> Invoice | None:
    """The issued invoice, or None when the page has been given the reason why not. Raises StaleDraft."""
    try:
        draft = services.draft_of(invoice)
        if seen_digest is not None and seen_digest != draft.digest:
            raise StaleDraft("changed", invoice)
        return undo.issue(company, draft.content, mode=mode, by=request.user, draft=invoice)
    except (clients.NotConnected, CredentialError, DocumentError) as error:
        messages.error(request, explain(error))
    except services.NotIssued as error:
        messages.error(request, str(error.reason))
    return None


@member(*ISSUERS)
@require_POST
def change_mode(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """„Wystaw jednak offline": a way out of the queue, with both codes at once."""
    invoice = invoice_of(company, invoice_id)
    try:
        modes.change(invoice, by=request.user)
    except NotNow:
        messages.info(
            request, _("Faktura wyszła już z kolejki: KSeF mógł ją dostać, więc jej tryb się nie zmieni.")
        )
    except (clients.NotConnected, CredentialError) as error:
        messages.error(request, explain(error))
    except proof.NotProved as error:
        messages.error(request, str(error.reason))
    else:
        messages.success(
            request, _("Faktura jest wystawiona offline. Pobierz i przekaż wydruk z dwoma kodami.")
        )
    return redirect(invoice)


@member(*ISSUERS)
@require_POST
def leave(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """Keep it outside KSeF: a total failure has lifted the duty to send it."""
    invoice = invoice_of(company, invoice_id)
    try:
        modes.leave(invoice, by=request.user)
    except NotNow:
        messages.info(request, _("Tę fakturę trzeba przesłać do KSeF."))
    return redirect(invoice)


@member(*ISSUERS)
@require_POST
def send(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """Send by hand what waits or what may go again."""
    invoice = invoice_of(company, invoice_id)
    try:
        services.send(invoice, by=request.user)
    except NotNow:
        messages.info(request, _("Tej faktury nie da się teraz wysłać."))
    except services.NotIssued as error:
        messages.error(request, str(error.reason))
    return redirect(invoice)


@member(*ISSUERS)
@require_POST
def delete(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """Throw a draft away."""
    invoice = invoice_of(company, invoice_id)
    try:
        services.delete_draft(invoice)
    except StaleDraft as stale:
        if stale.invoice is None or stale.why in ("awaiting", "leaving"):
            return say_stale(request, company, stale, direction=invoice.entry.direction)
        messages.error(request, _("Wystawionej faktury nie można usunąć. Wystaw do niej korektę."))
        return redirect(invoice)
    messages.success(request, _("Szkic został usunięty."))
    return redirect(HOMES[Direction(invoice.entry.direction)], company.pk)
