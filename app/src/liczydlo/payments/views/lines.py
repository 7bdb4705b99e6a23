"""One line of a statement: what it pays, a search for what it may pay, and taking a decision back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import BOOKKEEPERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.documents.filters import matching as searched
from liczydlo.documents.models import Direction
from liczydlo.payments.models import Settlement, StatementLine
from liczydlo.payments.statements import candidates, matching, proposals
from liczydlo.payments.statements.candidates import Candidate
from liczydlo.payments.statements.matching import Choice, DoesNotFit
from liczydlo.payments.views.statements import AsideForm
from liczydlo.purchases.lifecycle import ChangedMeanwhile
from liczydlo.web import search
from liczydlo.web.paging import ids

RESULTS: Final = 20


def line_of(company: Company, line_id: int) -> StatementLine:
    """The company's line with its statement. Raises Http404."""
    rows = StatementLine.objects.of(company).select_related("statement__account", "account", "company")
    line: StatementLine = get_object_or_404(rows, pk=line_id)
    return line


@member(*BOOKKEEPERS)
@require_safe
def detail(request: CompanyRequest, company: Company, line_id: int) -> HttpResponse:
    """The line, its proposals, and invoices that somebody searches for."""
    line = line_of(company, line_id)
    text = request.GET.get("q", "").strip()[:100]
    fitting = _searched(company, line, text) if text and line.is_open else []
    last = candidates.last_events(company, [one.pk for one in fitting])
    return render(
        request,
        "payments/statements/line.html",
        {
            "line": line,
            "proposals": proposals.of(company, line.account.currency, [line]).get(line.pk, []),
            "settlements": line.settlements.select_related("entry__purchase", "entry__sale", "by"),
            "events": line.events.select_related("by"),
            "q": text,
            "results": [
                {"invoice": one, "amount": _amount_text(_proposed(line, one)), "seen": last.get(one.pk, 0)}
                for one in fitting
            ],
        },
    )


def _searched(company: Company, line: StatementLine, text: str) -> list[Candidate]:
    """Of both directions: a correction is paid the other way."""
    both = searched(text, Direction.PURCHASE) | searched(text, Direction.SALE)
    invoices = candidates.matching(company, both, line.account.currency, most=RESULTS * 3)
    fitting = [one for one in invoices if one.room and (one.sign * one.payable > 0) == (line.left > 0)]
    return fitting[:RESULTS]


def _proposed(line: StatementLine, invoice: Candidate) -> Decimal:
    """As much of the invoice as the line has."""
    size = min(abs(invoice.unpaid or invoice.room), abs(line.left))
    return size if invoice.payable > 0 else -size


def _amount_text(amount: Decimal) -> str:
    return str(amount).replace(".", ",")


@member(*BOOKKEEPERS)
@require_POST
def confirm(request: CompanyRequest, company: Company, line_id: int) -> HttpResponse:
    """The line pays these invoices: a proposal as it was shown, or what somebody has typed."""
    line = line_of(company, line_id)
    entries, last_seen_events = ids(request.POST.getlist("entry")), ids(request.POST.getlist("seen"))
    amounts = [search.amount(text) for text in request.POST.getlist("amount")]
    amounts_typed = [amount for amount in amounts if amount is not None]
    if not entries or not len(entries) == len(last_seen_events) == len(amounts_typed) == len(amounts):
        messages.warning(request, _("To nie jest kwota. Wpisz na przykład 1 234,50. Nic nie zmieniono."))
        return _back(request, line)
    choices = [
        Choice(entry=entry, amount=amount, last_seen_event=event)
        for entry, amount, event in zip(entries, amounts_typed, last_seen_events, strict=True)
    ]
    reason_given = request.POST.get("reason", "")
    reason = reason_given if reason_given in proposals.WORDS else proposals.Reason.MANUAL
    return _with_messages(
        request,
        line,
        lambda: matching.confirm(line, choices, reason=reason, by=request.user),
        _("Dopasowano."),
    )


@member(*BOOKKEEPERS)
@require_POST
def set_aside(request: CompanyRequest, company: Company, line_id: int) -> HttpResponse:
    """The line is about no invoice."""
    line, form = line_of(company, line_id), AsideForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Napisz krótko, czego dotyczy ta linia, na przykład „opłata bankowa”."))
        return _back(request, line)
    reason = form.cleaned_data["reason"]
    return _with_messages(
        request, line, lambda: matching.set_aside(line, reason, by=request.user), _("Linię odłożono.")
    )


@member(*BOOKKEEPERS)
@require_POST
def resume(request: CompanyRequest, company: Company, line_id: int) -> HttpResponse:
    """The line may be about an invoice after all."""
    line = line_of(company, line_id)
    return _with_messages(
        request, line, lambda: matching.resume(line, by=request.user), _("Linia znów czeka na dopasowanie.")
    )


@member(*BOOKKEEPERS)
@require_POST
def undo(request: CompanyRequest, company: Company, settlement_id: int) -> HttpResponse:
    """Take a match back."""
    rows = Settlement.objects.of(company).filter(line__isnull=False)
    settlement = get_object_or_404(rows.select_related("line__statement", "company"), pk=settlement_id)
    return _with_messages(
        request,
        settlement.line,
        lambda: matching.undo(settlement, by=request.user),
        _("Dopasowanie cofnięto. Zapłata faktury wróciła do poprzedniego stanu."),
    )


def _with_messages(
    request: CompanyRequest, line: StatementLine, act: Callable[[], None], words: str
) -> HttpResponse:
    try:
        act()
    except ChangedMeanwhile:
        messages.warning(
            request,
            _("Ktoś zmienił tę linię albo zapłatę faktury w międzyczasie. Sprawdź i spróbuj jeszcze raz."),
        )
    except DoesNotFit:
        messages.warning(
            request,
            _("Ta kwota nie mieści się w linii albo w tym, co zostało do zapłaty. Nic nie zmieniono."),
        )
    else:
        messages.success(request, words)
    return _back(request, line)


def _back(request: CompanyRequest, line: StatementLine) -> HttpResponse:
    """The page on which the button was: the line's own, or its statement where it was left."""
    if request.POST.get("back") == "line":
        return redirect("payments:line", line.company_id, line.pk)
    query = QueryDict(request.POST.get("query", "")).urlencode()
    address = line.statement.get_absolute_url() + (f"?{query}" if query else "")
    return redirect(f"{address}#linia-{line.pk}")
