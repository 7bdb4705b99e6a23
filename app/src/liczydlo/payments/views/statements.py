"""„Wyciągi": reading statements in, their lines with proposals, and what people decide of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import BOOKKEEPERS, CompanyRequest, member
from liczydlo.companies.bodies import STATEMENTS, accepts
from liczydlo.companies.models import Company
from liczydlo.payments import accounts
from liczydlo.payments.models import Statement, StatementLine
from liczydlo.payments.models.accounts import grouped
from liczydlo.payments.statements import matching, proposals, storing
from liczydlo.payments.statements.reading.model import StatementError
from liczydlo.web.paging import Order, page
from liczydlo.web.reasons import Reason

MOST_FILES: Final = 20
LARGEST: Final = 20_000_000  # bytes: 20 000 lines of camt.053
REFUSED: Final = 422
OPEN: Final = Q(is_aside=False) & ~Q(matched=F("amount"))
STATES: Final = {
    "": (gettext_lazy("Do dopasowania"), OPEN),
    "matched": (gettext_lazy("Dopasowane"), ~Q(matched=0)),
    "aside": (gettext_lazy("Nie dotyczą faktur"), Q(is_aside=True)),
    "all": (gettext_lazy("Wszystkie"), Q()),
}


@dataclass(kw_only=True)
class Result:
    """What became of one file; ``accounts`` are those that the firm's list lacks."""

    name: str
    taken: storing.StoredStatements | None = None
    reason: Reason | None = None
    accounts: list[dict[str, str]] = field(default_factory=list)


class AsideForm(forms.Form):
    """Why a line belongs to no invoice."""

    reason = forms.CharField(max_length=200)


@member(*BOOKKEEPERS)
@require_safe
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """Statements, the latest first, and the form that reads one in."""
    return _listing(request, company)


def _listing(
    request: CompanyRequest, company: Company, *, results: list[Result] | None = None, error: str = ""
) -> HttpResponse:
    rows_page = page(Statement.objects.of(company).select_related("account"), request.GET)
    lines = StatementLine.objects.of(company).filter(OPEN, statement__in=rows_page.rows).order_by()
    open_counts = dict(lines.values_list("statement").annotate(n=Count("pk")))
    for row in rows_page.rows:
        row.open_count = open_counts.get(row.pk, 0)
    refused = error or any(not one.taken for one in results or ())
    return render(
        request,
        "payments/statements/list.html",
        {
            "page": rows_page,
            "results": results,
            "error": error,
            "has_account": accounts.of(company).exists(),
        },
        status=REFUSED if refused else 200,
    )


@accepts(STATEMENTS)
@member(*BOOKKEEPERS)
@require_POST
def upload(request: CompanyRequest, company: Company) -> HttpResponse:
    """Read files in; a single new statement is shown at once."""
    files = request.FILES.getlist("files")
    if not files:
        return _listing(request, company, error=_("Nie wybrano pliku. Dodaj wyciąg pobrany z banku."))
    if len(files) > MOST_FILES:
        error = _("Wybrano za dużo plików naraz. Wczytaj najwyżej %(most)d.") % {"most": MOST_FILES}
        return _listing(request, company, error=error)
    results = [_store(request, company, file) for file in files]
    only = results[0].taken if len(results) == 1 else None
    if only and len(only.new) == 1 and not only.already_stored:
        (statement,) = only.new
        messages.success(
            request, _("Wczytano linie: %(n)d.") % {"n": statement.line_count - statement.known_count}
        )
        return redirect(statement)
    return _listing(request, company, results=results)


def _store(request: CompanyRequest, company: Company, file: UploadedFile[Any]) -> Result:
    name = file.name or _("plik bez nazwy")
    if (file.size or 0) > LARGEST:
        return Result(name=name, reason=Reason.of(StatementError("too-large", most=LARGEST // 1_000_000)))
    try:
        return Result(name=name, taken=storing.take(company, file.read(), file_name=name, by=request.user))
    except StatementError as error:
        return Result(name=name, reason=Reason.of(error))
    except storing.UnknownAccounts as error:
        lacking = [{"iban": iban, "shown": grouped(iban), "currency": code} for iban, code in error.accounts]
        return Result(name=name, accounts=lacking)


def statement_of(company: Company, statement_id: int) -> Statement:
    """The company's statement with its account. Raises Http404."""
    rows = Statement.objects.of(company).select_related("account", "by")
    statement: Statement = get_object_or_404(rows, pk=statement_id)
    return statement


@member(*BOOKKEEPERS)
@require_safe
def detail(request: CompanyRequest, company: Company, statement_id: int) -> HttpResponse:
    """One statement: its lines with what they may pay."""
    statement = statement_of(company, statement_id)
    state = request.GET.get("stan", "")
    _label, narrow = STATES.get(state, STATES[""])
    every = StatementLine.objects.of(company).filter(statement=statement)
    rows = every.filter(narrow).prefetch_related("settlements__entry__purchase", "settlements__entry__sale")
    rows_page = page(rows, request.GET, order=Order(column="position"), base=every)
    proposed = proposals.of(company, statement.account.currency, rows_page.rows)
    for row in rows_page.rows:
        row.proposals = proposed.get(row.pk, [])
    certain = proposals.certain(company, statement.account.currency, list(every.filter(OPEN)))
    return render(
        request,
        "payments/statements/detail.html",
        {
            "statement": statement,
            "page": rows_page,
            "state": state if state in STATES else "",
            "states": [(value, label) for value, (label, _narrow) in STATES.items()],
            "open_count": every.filter(OPEN).count(),
            "certain": certain,
            "digest": proposals.digest(certain),
            "query": request.GET.urlencode(),
        },
    )


@member(*BOOKKEEPERS)
@require_POST
def confirm_certain(request: CompanyRequest, company: Company, statement_id: int) -> HttpResponse:
    """„Zatwierdź N pewnych": those that the page showed, all of them and no others."""
    statement = statement_of(company, statement_id)
    lines = StatementLine.objects.of(company).filter(OPEN, statement=statement)
    certain = proposals.certain(company, statement.account.currency, list(lines))
    if not certain or request.POST.get("digest") != proposals.digest(certain):
        messages.warning(
            request,
            _(
                "Propozycje zmieniły się w międzyczasie. Sprawdź je i zatwierdź jeszcze raz. Nic nie zmieniono."
            ),
        )
        return redirect(statement)
    done, left = matching.confirm_all(certain, by=request.user)
    if done:
        messages.success(request, _("Zatwierdzono dopasowań: %(n)d.") % {"n": done})
    if left:
        messages.warning(request, _("Bez zmian: %(n)d, bo ktoś zmienił te linie albo faktury.") % {"n": left})
    return redirect(statement)
