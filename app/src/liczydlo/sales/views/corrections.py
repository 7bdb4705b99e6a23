"""„Skoryguj": what an invoice comes to, and the ways of correcting it. Each ends in a draft that is looked at first."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.fa3.corrections import NotCorrected, between, zeroed
from liczydlo.fa3.draft import Correction
from liczydlo.fa3.problems import DocumentError
from liczydlo.fa3.rebates import NotTogether
from liczydlo.fa3.rebates import rebate as rebate_of
from liczydlo.sales import corrections, numbering, services
from liczydlo.sales.correction_forms import REASONS, RebateForm, WhyForm
from liczydlo.sales.models import Invoice
from liczydlo.sales.views.beginning import correctable
from liczydlo.sales.views.editor import NOT_CORRECTED
from liczydlo.sales.views.invoices import invoice_of
from liczydlo.web import times
from liczydlo.web.paging import ids
from liczydlo.web.templatetags.liczydlo import data

NOT_TOGETHER: Final = {
    "nothing": gettext_lazy("Zaznacz co najmniej jedną fakturę, z której coś jeszcze zostało."),
    "buyer": gettext_lazy("Rabat zbiorczy jest dla jednego nabywcy."),
    "currency": gettext_lazy("Te faktury są w różnych walutach."),
    "kind": gettext_lazy("Rabat zbiorczy nie obejmuje faktur zaliczkowych ani rozliczeniowych."),
    "above": gettext_lazy("Rabat jest większy niż to, na co są te faktury."),
}


@member(*ISSUERS)
@require_safe
def choose(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """How to correct: to zero at once, to new values in the editor, a rebate for a period. A PEF that is not understood
    whole is left as it is, with the reason."""
    shown = corrections.root(invoice_of(company, invoice_id))
    reason = corrections.not_understood(shown) if corrections.can_be_corrected(shown) else None
    if reason is not None:
        messages.error(request, str(reason))
        return redirect(shown)
    original = correctable(company, invoice_id)
    return _choices(request, original, WhyForm())


def _choices(
    request: CompanyRequest,
    original: Invoice,
    form: WhyForm,
    *,
    problems: tuple[Any, ...] = (),
    status: int = 200,
) -> HttpResponse:
    context = {
        "original": original,
        "corrections": corrections.of(original),
        "form": form,
        "reasons": REASONS,
        "problems": problems,
        "is_advance": original.entry.kind == "ZAL",
        "may_rebate": original.entry.kind in ("VAT", "UPR"),
    }
    return render(request, "sales/correct.html", context, status=status)


@member(*ISSUERS)
@require_POST
def to_zero(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """„Do zera": a draft after which nothing is left of the invoice."""
    original = correctable(company, invoice_id)
    form = WhyForm(request.POST)
    if not form.is_valid():
        return _choices(request, original, form, status=422)
    typed, today = form.cleaned_data, times.today()
    try:
        now = corrections.standing_of(original)
        draft = between(
            now,
            zeroed(now),
            Correction(
                originals=(corrections.named(original),),
                reason=" ".join(typed["reason"].split()) or None,
                effect=typed["effect"],
            ),
            number=numbering.propose(company, today, **numbering.of_correction(original.entry)),
            issue_date=today,
            differences=typed["shape"] == "differences",
        )
        return redirect(services.save_draft(company, draft))
    except NotCorrected as error:
        nothing = _("Z tej faktury nic już nie zostało: wcześniejsze korekty sprowadziły ją do zera.")
        problems: tuple[Any, ...] = (nothing if error.code == "same" else NOT_CORRECTED[error.code],)
    except DocumentError as error:
        problems = error.problems
    except services.NotIssued as error:
        problems = (error.reason,)
    return _choices(request, original, form, problems=problems, status=422)


@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def rebate(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """„Rabat za okres": one correction of all sales to the buyer in a period (art. 106j ust. 3)."""
    original = correctable(company, invoice_id)
    numbers = numbering.of_correction(original.entry)
    options: dict[str, Any] = {"company": company, "seller": numbers["seller"]}
    if request.method != "POST":
        begins, ends = _quarter(original.entry.issue_date)
        today = times.today()
        beginning = {
            "number": numbering.propose(company, today, **numbers),
            "issue_date": today,
            "begins": begins,
            "ends": ends,
        }
        form = RebateForm(initial=beginning, **options)
        rows = corrections.rebated(original, begins, ends)
        return _rebate_page(request, original, form, rows)
    form = RebateForm(request.POST, **options)
    valid = form.is_valid()
    rows = []
    if "begins" in form.cleaned_data and "ends" in form.cleaned_data:
        rows = corrections.rebated(original, form.cleaned_data["begins"], form.cleaned_data["ends"])
    if "look" in request.POST or not valid:
        again = RebateForm(initial=request.POST.dict(), **options) if "look" in request.POST else form
        return _rebate_page(request, original, again, rows, status=200 if "look" in request.POST else 422)
    named = set(ids(request.POST.getlist("id")))
    chosen_rows = [row for row in rows if row.pk in named]
    typed = form.cleaned_data
    said = Correction(
        originals=tuple(map(corrections.named, chosen_rows)),
        reason=" ".join(typed["reason"].split()) or None,
        effect=2,
        period=f"{data(typed['begins'])}–{data(typed['ends'])}",
    )
    try:
        draft = rebate_of(
            [corrections.standing_of(row) for row in chosen_rows],
            said,
            number=typed["number"],
            issue_date=typed["issue_date"],
            percent=typed["percent"],
            gross=typed["gross"],
        )
        return redirect(services.save_draft(company, draft))
    except NotTogether as error:
        problems: tuple[Any, ...] = (NOT_TOGETHER[error.code],)
    except DocumentError as error:
        problems = error.problems
    except services.NotIssued as error:
        problems = (error.reason,)
    return _rebate_page(request, original, form, rows, named, problems=problems, status=422)


def _rebate_page(
    request: CompanyRequest,
    original: Invoice,
    form: RebateForm,
    rows: list[Invoice],
    chosen: set[int] | None = None,
    *,
    problems: tuple[Any, ...] = (),
    status: int = 200,
) -> HttpResponse:
    """``chosen`` None ticks whatever something is left of."""
    totals = [(row, corrections.of(row).total) for row in rows]
    listed = [(row, total, total > 0 if chosen is None else row.pk in chosen) for row, total in totals]
    context = {"original": original, "form": form, "listed": listed, "problems": problems}
    return render(request, "sales/rebate.html", context, status=status)


def _quarter(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of the quarter of a day."""
    first = dt.date(day.year, day.month - (day.month - 1) % 3, 1)
    after = dt.date(first.year + (first.month == 10), first.month + 3 if first.month < 10 else 1, 1)
    return first, after - dt.timedelta(days=1)
