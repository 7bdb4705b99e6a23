"""„Skoryguj": what an invoice comes to, and the ways of correcting it. Each ends in a draft that is looked at first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.documents.models import Direction
from liczydlo.fa3.corrections import NotCorrected, between, zeroed
from liczydlo.fa3.draft import Correction
from liczydlo.fa3.problems import DocumentError
from liczydlo.sales import corrections, numbering, services
from liczydlo.sales.correction_forms import REASONS, WhyForm
from liczydlo.sales.editing import rebate
from liczydlo.sales.filters import HOMES
from liczydlo.sales.models import Invoice
from liczydlo.sales.views.beginning import correctable
from liczydlo.sales.views.editor import NOT_CORRECTED
from liczydlo.sales.views.invoices import invoice_of
from liczydlo.web import times


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
        "home": HOMES[Direction(original.entry.direction)],
        "corrections": corrections.of(original),
        "form": form,
        "reasons": REASONS,
        "problems": problems,
        "is_advance": original.entry.kind == "ZAL",
        "may_rebate": original.entry.kind in rebate.KINDS,
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
                originals=(corrections.original_of(original),),
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
