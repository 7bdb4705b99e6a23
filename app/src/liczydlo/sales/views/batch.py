"""Issuing several drafts at once: how many and for how much comes first, what became of each afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.documents.models import Direction
from liczydlo.fa3.problems import DocumentError
from liczydlo.sales import services, structures, undo
from liczydlo.sales.filters import HOMES
from liczydlo.sales.lifecycle import StaleDraft
from liczydlo.sales.models import Draft, Invoice
from liczydlo.sales.states import State
from liczydlo.sales.views.stale import TEXTS
from liczydlo.web import times
from liczydlo.web.paging import ids
from liczydlo.web.reasons import explain
from liczydlo.web.templatetags.liczydlo import zl


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One draft: what stands in its way, or what should be known before it goes."""

    invoice: Invoice
    problem: str = ""
    warnings: tuple[str, ...] = ()


@member(*ISSUERS)
@require_POST
def issue_drafts(request: CompanyRequest, company: Company) -> HttpResponse:
    """The confirm sheet; with ``seen_digest`` as the sheet gave it, the drafts are issued online."""
    drafts = Draft.objects.of(company).filter(
        invoice__in=ids(request.POST.getlist("id")),
        invoice__state=State.DRAFT,
        invoice__environment=company.environment,
    )
    rows = sorted(drafts.select_related("invoice__entry").order_by("invoice_id"), key=_rank)
    if not rows:
        messages.info(request, _("Nie ma już czego wysłać: te faktury są już wystawione albo usunięte."))
        return redirect("sales:list", company.pk)
    planned = [_planned(company, row) for row in rows]
    good = [one.invoice for one in planned if not one.problem]
    digest = _digest([row for row, one in zip(rows, planned, strict=True) if not one.problem])
    seen_digest = request.POST.get("seen")
    if seen_digest is None or seen_digest != digest:
        context = {
            "planned": planned,
            "good": good,
            "sums": sums(good),
            "digest": digest,
            "changed": seen_digest is not None,
            "is_connected": clients.is_connected(company),
        }
        return render(request, "sales/batch.html", context)
    return _issue(request, company, rows)


def _rank(draft: Draft) -> int:
    """What others refer to goes before them: a correction waits for its original only if that one is issued."""
    kind = draft.invoice.entry.kind
    return 2 if kind.startswith("KOR") else 1 if kind == "ROZ" else 0


def sums(invoices: Iterable[Invoice]) -> list[str]:
    """The gross sum of each currency, PLN first."""
    by_currency: dict[str, Decimal] = {}
    for one in invoices:
        entry = one.entry
        by_currency[entry.currency] = by_currency.get(entry.currency, Decimal(0)) + entry.gross
    return [
        zl(by_currency[currency], currency)
        for currency in sorted(by_currency, key=lambda code: (code != "PLN", code))
    ]


def _digest(drafts: Sequence[Draft]) -> str:
    """What the reader confirms: a draft that changes meanwhile is shown again before it goes."""
    return " ".join(f"{one.invoice_id}:{one.digest[:16]}" for one in drafts)


def _planned(company: Company, draft: Draft) -> Planned:
    today = times.today()
    try:
        checked = services.examine(company, draft.content)
        services.check_number(company, checked, draft=draft.invoice)
    except DocumentError as error:
        return Planned(invoice=draft.invoice, problem=explain(error))
    except services.NotIssued as error:
        return Planned(invoice=draft.invoice, problem=str(error.reason))
    warnings = (
        *map(str, services.warnings(checked, today=today)),
        *map(str, structures.warnings(company, checked, draft=draft.invoice)),
        *map(explain, checked.warnings),
    )
    return Planned(invoice=draft.invoice, warnings=warnings)


def _issue(request: CompanyRequest, company: Company, rows: Sequence[Draft]) -> HttpResponse:
    sent: list[Invoice] = []
    refused: list[Planned] = []
    for row in rows:
        try:
            invoice = undo.issue(company, row.content, by=request.user, draft=row.invoice)
        except (DocumentError, clients.NotConnected) as error:
            refused.append(Planned(invoice=row.invoice, problem=explain(error)))
        except services.NotIssued as error:
            refused.append(Planned(invoice=row.invoice, problem=str(error.reason)))
        except StaleDraft as stale:
            refused.append(Planned(invoice=stale.invoice or row.invoice, problem=str(TEXTS[stale.why])))
        else:
            sent.append(invoice)
    if refused:
        context = {"sent": sent, "sums": sums(sent), "kept": refused, "all": len(rows)}
        return render(request, "sales/batch_result.html", context)
    values = {"n": len(sent), "sums": ", ".join(sums(sent))}
    if any(one.state == State.LEAVING for one in sent):
        messages.success(request, _("Faktury, które zaraz się wyślą: %(n)d, razem %(sums)s.") % values)
        return redirect("sales:queue", company.pk)
    messages.success(request, _("Faktury w drodze do KSeF: %(n)d, razem %(sums)s.") % values)
    directions = {Direction(one.entry.direction) for one in sent}
    home = HOMES[directions.pop()] if len(directions) == 1 else HOMES[Direction.SALE]
    return redirect(home, company.pk)
