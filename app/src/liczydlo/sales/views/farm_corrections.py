"""The form of a correction of an invoice VAT RR."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.bodies import LONG_FORM, accepts
from liczydlo.companies.models import Company
from liczydlo.fa3.problems import DocumentError
from liczydlo.rr import editing
from liczydlo.rr.draft import RrDraft
from liczydlo.rr.model import Faktura
from liczydlo.sales import corrections as links
from liczydlo.sales import numbering, services, unfinished
from liczydlo.sales.farm import composing, corrections
from liczydlo.sales.farm.forms import FarmCorrectionForm, FarmLines
from liczydlo.sales.lifecycle import StaleDraft
from liczydlo.sales.models import Invoice
from liczydlo.sales.views.farm_page import (
    BAD,
    answered,
    file_saved,
    lines_of,
    page_of,
    reshaped,
    row_of,
    shown,
)
from liczydlo.sales.views.stale import outrun
from liczydlo.web import times


@accepts(LONG_FORM)
@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """A correction of an accepted invoice: the lines as they should be."""
    original = row_of(company, invoice_id)
    if not corrections.can_be_corrected(original):
        messages.info(request, _("Korektę wystawisz, gdy faktura będzie miała numer KSeF."))
        return redirect(original)
    return corrected(request, company, original, None, None, None)


def original_of(correction: Invoice) -> Invoice:
    """What a draft corrects. Raises Http404 where it is not here."""
    found = links.originals(correction)
    if not found:
        raise Http404
    return row_of(correction.company, found[0].pk)


def corrected(
    request: CompanyRequest,
    company: Company,
    original: Invoice,
    invoice: Invoice | None,
    base: RrDraft | None,
    digest: str | None,
    *,
    file: Faktura | None = None,
    is_of_deleted: bool = False,
) -> HttpResponse:
    """The form of a correction, new or a draft, or a ``file`` that was uploaded. Raises StaleDraft."""
    kept = page_of(request, invoice, original)
    now = corrections.draft_of_original(original)
    before = composing.uploaded_unchanged(base) if file is not None and base is not None else None
    stays = (
        composing.filled_fields(editing.unshown(file, before))
        if file is not None and before is not None
        else ()
    )
    draft_id = invoice.pk if invoice is not None else None
    beginning = _beginning(company, base)
    form = FarmCorrectionForm(initial=beginning, company=company, draft_id=draft_id)
    lines = lines_of(composing.initial_lines((base or now).lines))
    if request.method != "POST":
        return shown(request, form, lines, invoice, seen=digest, original=original, stays=stays, file=file)
    if (answer := answered(request, company, kept, [form, lines])) is not None:
        return answer
    seen = request.POST.get("seen") or None
    typed, lines = (
        FarmCorrectionForm(request.POST, company=company, draft_id=draft_id),
        FarmLines(request.POST, prefix="lines"),
    )
    if "zero" in request.POST or (again := reshaped(request)) is not None:
        form = FarmCorrectionForm(initial=request.POST.dict(), company=company, draft_id=draft_id)
        nothing = [replace(line, quantity=Decimal(0)) for line in (now if before is None else before).lines]
        again = lines_of(composing.initial_lines(nothing)) if "zero" in request.POST else again
        looks: dict[str, Any] = {"seen": seen, "original": original, "stays": stays, "file": file}
        looks |= outrun(StaleDraft("deleted", None)) if is_of_deleted else {}
        return shown(request, form, again, invoice, **looks)
    problems: Any = ()
    if all([typed.is_valid(), lines.is_valid()]):
        try:
            if file is not None and before is not None and base is not None and invoice is not None:
                edited = composing.uploaded_correction_of(base, typed.cleaned_data, lines.cleaned_data)
                draft = file_saved(company, invoice, file, before, edited, seen)
                kept.forget(unfinished.tab_of(request.POST))
                return redirect(draft)
            meant = composing.correction_of(
                company, now, original.entry.ksef_number, typed.cleaned_data, lines.cleaned_data
            )
            if meant.correction is not None and meant.lines != meant.correction.before:
                draft = services.save_draft(company, meant, draft=invoice, seen_digest=seen)
                kept.forget(unfinished.tab_of(request.POST))
                return redirect(draft)
            typed.add_error(None, _("Nic się nie zmieniło: popraw pozycje, których dotyczy korekta."))
        except DocumentError as error:
            problems = error.problems
        except services.NotIssued as error:
            problems = (error.reason,)
        except StaleDraft as stale:
            looks = {"original": original, "stays": stays, "file": file, **outrun(stale)}
            return shown(request, typed, lines, stale.invoice, **looks)
    looks = {"original": original, "problems": problems, "stays": stays, "file": file}
    return shown(request, typed, lines, invoice, seen=seen, status=BAD, **looks)


def _beginning(company: Company, base: RrDraft | None) -> dict[str, Any]:
    """What the form of a correction shows, its lines apart."""
    if base is None or base.correction is None:
        today = times.today()
        return {"number": numbering.propose(company, today, numbering.FARM), "issue_date": today}
    return {
        "number": base.number,
        "issue_date": base.issue_date,
        "reason": base.correction.reason or "",
        "effect": base.correction.effect or 2,
    }
