"""„Zakupy od rolników (VAT RR)": the list, the form of an invoice, and that of its correction."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.bodies import LONG_FORM, accepts
from liczydlo.companies.models import Company
from liczydlo.documents import filters
from liczydlo.documents.filters import of_environment
from liczydlo.documents.models import Direction
from liczydlo.fa3.problems import DocumentError
from liczydlo.rr.document import read
from liczydlo.rr.draft import RrDraft
from liczydlo.rr.reverse import reverse
from liczydlo.sales import corrections as links
from liczydlo.sales import numbering, services
from liczydlo.sales.farm import composing, corrections, payments
from liczydlo.sales.farm.forms import FarmCorrectionForm, FarmForm, FarmLines
from liczydlo.sales.filters import STATES, is_in
from liczydlo.sales.lifecycle import StaleDraft
from liczydlo.sales.models import Invoice
from liczydlo.sales.views.stale import say_stale
from liczydlo.web import times
from liczydlo.web.paging import ids, page

BAD = 422


class Filters(filters.Filters):
    """The filter row above the list."""

    direction = Direction.FARM
    states = STATES
    typed = gettext_lazy("numer, rolnik, NIP, kwota lub numer KSeF")

    platnosc = forms.ChoiceField(label=gettext_lazy("Zapłata"), required=False, choices=payments.CHOICES)
    field_order = ("q", "stan", "platnosc", "od", "do")


@member()
@require_safe
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """Invoices VAT RR by page, the latest first."""
    form = Filters(request.GET)
    rows = of_environment(company, Direction.FARM)
    if form.state:
        of_state = Invoice.objects.of(company).filter(is_in(form.state, times.today()), entry__in=rows)
        rows = rows.filter(pk__in=of_state.order_by().values("entry"))
    rows = payments.narrowed(company, rows, form.cleaned_data.get("platnosc") or "")
    shown = page(form.narrow(rows), request.GET)
    known = payments.of(company, shown.rows)
    context = {
        "form": form,
        "page": shown,
        "bought": [(row, known.get(row.ksef_number)) for row in shown.rows],
        "filtered": any(request.GET.get(name) for name in form.fields),
        "may_issue": request.membership.role in ISSUERS,
    }
    return render(request, "sales/farm/list.html", context)


@accepts(LONG_FORM)
@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: CompanyRequest, company: Company) -> HttpResponse:
    """A new invoice; ``wzor`` names an earlier one, whose farmer and lines it takes over."""
    if request.method == "POST":
        return _save(request, company, None, None)
    today = times.today()
    number = numbering.propose(company, today, numbering.FARM)
    beginning: dict[str, Any] = {
        "number": number, "issue_date": today, "purchase_date": today, "declares": True
    }  # fmt: skip
    lines: list[dict[str, Any]] = []
    if (earlier := _earlier(company, request.GET.get("wzor", ""))) is not None:
        taken = composing.initial(earlier)
        once = (
            "number",
            "issue_date",
            "purchase_date",
            "deduction",
            "deduction_reason",
            "proof",
            "proof_date",
        )
        beginning = {**taken, **{name: beginning.get(name) for name in once}}
        lines = [{**one, "uid": ""} for one in composing.initial_lines(earlier.lines)]
    return _page(request, FarmForm(company=company, initial=beginning), _lines(lines), None)


def _earlier(company: Company, named: str) -> RrDraft | None:
    """What an issued invoice says; None for anything else."""
    rows = Invoice.objects.of(company).filter(entry__direction=Direction.FARM, entry__document__isnull=False)
    found = rows.filter(pk__in=ids([named])).select_related("entry__document").first()
    return reverse(read(found.entry.xml)) if found is not None else None


def _row(company: Company, invoice_id: int) -> Invoice:
    """The company's invoice VAT RR. Raises Http404."""
    rows = Invoice.objects.of(company).select_related("entry__document", "company")
    found: Invoice = get_object_or_404(rows, pk=invoice_id, entry__direction=Direction.FARM)
    return found


@accepts(LONG_FORM)
@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """A draft of an invoice or of a correction."""
    invoice = _row(company, invoice_id)
    try:
        draft = services.draft_of(invoice)
        base = composing.meant(draft)
        if base.correction is not None:
            return _corrected(request, company, _original(invoice), invoice, base, draft.digest)
        if request.method == "POST":
            return _save(request, company, invoice, base)
    except StaleDraft as stale:
        return say_stale(request, company, stale, direction=Direction.FARM)
    form = FarmForm(company=company, draft_id=invoice.pk, initial=composing.initial(base))
    return _page(request, form, _lines(composing.initial_lines(base.lines)), invoice, seen=draft.digest)


def _lines(initial: list[dict[str, Any]]) -> Any:
    """A formset that shows these lines, or an empty one."""
    return _formset(initial or [{}])


def _formset(initial: list[dict[str, Any]]) -> Any:
    formset = FarmLines(prefix="lines", initial=initial)
    formset.extra = 0
    return formset


def _save(
    request: CompanyRequest, company: Company, invoice: Invoice | None, base: RrDraft | None
) -> HttpResponse:
    """Keep the draft and lead to its preview, or show what is wrong. Raises StaleDraft."""
    draft_id = invoice.pk if invoice is not None else None
    form, lines = (
        FarmForm(request.POST, company=company, draft_id=draft_id),
        FarmLines(request.POST, prefix="lines"),
    )
    seen = request.POST.get("seen") or None
    if (again := _reshaped(request)) is not None:
        typed = FarmForm(initial=request.POST.dict(), company=company, draft_id=draft_id)
        return _page(request, typed, again, invoice, seen=seen)
    if not all([form.is_valid(), lines.is_valid()]):
        return _page(request, form, lines, invoice, seen=seen, status=BAD)
    meant = composing.draft_of(company, form.cleaned_data, lines.cleaned_data, base=base)
    problems: Any = ()
    try:
        return redirect(services.save_draft(company, meant, draft=invoice, seen=seen))
    except DocumentError as error:
        problems = error.problems
    except services.NotIssued as error:
        problems = (error.reason,)
    return _page(request, form, lines, invoice, seen=seen, problems=problems, status=BAD)


def _reshaped(request: CompanyRequest) -> Any:
    """The lines with one more, or without one, as the buttons ask that work without JavaScript; None for others."""
    if "add" not in request.POST and "remove" not in request.POST:
        return None
    shown = FarmLines(request.POST, prefix="lines")
    rows = [{name: form[name].data or "" for name in form.fields} for form in shown.forms]
    if "add" in request.POST:
        rows.append({})
    elif (gone := next(iter(ids([request.POST["remove"]])), None)) is not None and gone <= len(rows):
        del rows[gone - 1]
    return _formset(rows or [{}])


def _page(
    request: CompanyRequest,
    form: FarmForm | FarmCorrectionForm,
    lines: Any,
    invoice: Invoice | None,
    *,
    seen: str | None = None,
    original: Invoice | None = None,
    problems: Any = (),
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "lines": lines,
        "invoice": invoice,
        "seen": seen,
        "original": original,
        "problems": problems,
    }
    return render(request, "sales/farm/editor.html", context, status=status)


@accepts(LONG_FORM)
@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """A correction of an accepted invoice: the lines as they should be."""
    original = _row(company, invoice_id)
    if not corrections.can_be_corrected(original):
        messages.info(request, _("Korektę wystawisz, gdy faktura będzie miała numer KSeF."))
        return redirect(original)
    return _corrected(request, company, original, None, None, None)


def _original(correction: Invoice) -> Invoice:
    """What a draft corrects. Raises Http404 where it is not here."""
    found = links.originals(correction)
    if not found:
        raise Http404
    return _row(correction.company, found[0].pk)


def _corrected(
    request: CompanyRequest,
    company: Company,
    original: Invoice,
    invoice: Invoice | None,
    base: RrDraft | None,
    digest: str | None,
) -> HttpResponse:
    """The form of a correction, new or a draft. Raises StaleDraft."""
    now = corrections.meant(original)
    draft_id = invoice.pk if invoice is not None else None
    if request.method != "POST":
        today = times.today()
        beginning = (
            {"number": numbering.propose(company, today, numbering.FARM), "issue_date": today}
            if base is None or base.correction is None
            else {
                "number": base.number,
                "issue_date": base.issue_date,
                "reason": base.correction.reason or "",
                "effect": base.correction.effect or 2,
            }
        )
        form = FarmCorrectionForm(initial=beginning, company=company, draft_id=draft_id)
        lines = _lines(composing.initial_lines((base or now).lines))
        return _page(request, form, lines, invoice, seen=digest, original=original)
    seen = request.POST.get("seen") or None
    typed, lines = (
        FarmCorrectionForm(request.POST, company=company, draft_id=draft_id),
        FarmLines(request.POST, prefix="lines"),
    )
    if "zero" in request.POST or (again := _reshaped(request)) is not None:
        form = FarmCorrectionForm(initial=request.POST.dict(), company=company, draft_id=draft_id)
        nothing = [replace(line, quantity=Decimal(0)) for line in now.lines]
        shown = _lines(composing.initial_lines(nothing)) if "zero" in request.POST else again
        return _page(request, form, shown, invoice, seen=seen, original=original)
    problems: Any = ()
    if all([typed.is_valid(), lines.is_valid()]):
        meant = composing.correction_of(
            company, now, original.entry.ksef_number, typed.cleaned_data, lines.cleaned_data
        )
        try:
            if meant.correction is not None and meant.lines != meant.correction.before:
                return redirect(services.save_draft(company, meant, draft=invoice, seen=seen))
            typed.add_error(None, _("Nic się nie zmieniło: popraw pozycje, których dotyczy korekta."))
        except DocumentError as error:
            problems = error.problems
        except services.NotIssued as error:
            problems = (error.reason,)
    return _page(request, typed, lines, invoice, seen=seen, original=original, problems=problems, status=BAD)
