"""The form of an invoice VAT RR and of its correction as a page: lines more and less, what was typed and not saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.bodies import accepts
from liczydlo.companies.models import Company
from liczydlo.documents.models import RR_KINDS
from liczydlo.rr import editing
from liczydlo.rr.build import write
from liczydlo.rr.draft import RrDraft
from liczydlo.rr.model import Faktura
from liczydlo.sales import services, unfinished
from liczydlo.sales.farm.forms import FarmCorrectionForm, FarmForm, FarmLines
from liczydlo.sales.models import Invoice
from liczydlo.sales.views import typed
from liczydlo.sales.views.unfinished import decided, keep_typed
from liczydlo.web import times
from liczydlo.web.fields import amount_text as written
from liczydlo.web.paging import ids

BAD = 422
KINDS = ("farm", "farm-correction")
"""Kinds of ``unfinished.Page`` of a new invoice and of a new correction."""
HOME: Final = "sales:self_billed"
HEADINGS: Final = {
    (False, False): gettext_lazy("Nowa faktura VAT RR"),
    (False, True): gettext_lazy("Popraw fakturę VAT RR"),
    (True, False): gettext_lazy("Korekta faktury VAT RR"),
    (True, True): gettext_lazy("Korekta faktury VAT RR"),
}
"""What the page is called, by whether it is a correction and whether it is a draft."""


def like_of(request: CompanyRequest) -> str:
    """The earlier invoice that a new one begins with, as the page names it."""
    return request.POST.get("wzor") or request.GET.get("wzor", "")


def row_of(company: Company, invoice_id: int) -> Invoice:
    """The company's invoice VAT RR. Raises Http404."""
    rows = Invoice.objects.of(company).select_related("entry__document", "company")
    found: Invoice = get_object_or_404(rows, pk=invoice_id, entry__kind__in=RR_KINDS)
    return found


def page_of(request: CompanyRequest, invoice: Invoice | None, original: Invoice | None) -> unfinished.Page:
    """What names the page among those of which something typed is kept."""
    if invoice is not None:
        return unfinished.Page(member=request.membership, kind=unfinished.DRAFT, about=invoice.pk)
    about = original.pk if original is not None else 0
    return unfinished.Page(member=request.membership, kind=KINDS[original is not None], about=about)


@accepts(unfinished.MOST)
@member(*ISSUERS)
@require_POST
def keep(
    request: CompanyRequest, company: Company, draft: int | None = None, original: int | None = None
) -> HttpResponse:
    """Keep what is typed, as ``views.unfinished.keep``: of a new invoice, a draft, a correction of ``original``."""
    invoice = row_of(company, draft) if draft is not None else None
    corrected = row_of(company, original) if original is not None else None
    return keep_typed(request, page_of(request, invoice, corrected), invoice)


def answered(
    request: CompanyRequest, company: Company, page: unfinished.Page, begun: Sequence[Any]
) -> HttpResponse | None:
    """The answer to „Odrzuć" and „Anuluj"; after „Przywróć" the request is as if what is kept were posted to be shown.

    ``begun`` are the form and the formsets as the page began with them: what differs from them is not lost unasked, and
    there is no answer to „Anuluj" then.
    """
    if unfinished.CANCEL in request.POST and typed.is_changed(request.POST, *begun):
        return None
    if not any(name in request.POST for name in (*unfinished.BUTTONS, *unfinished.LEAVING)):
        return None
    return decided(request, page, reverse(HOME, args=[company.pk]))


def _address(invoice: Invoice | None, original: Invoice | None, company: Company) -> str:
    """Where the page is posted to."""
    if invoice is not None:
        return reverse("sales:farm_edit", args=[company.pk, invoice.pk])
    if original is not None:
        return reverse("sales:farm_correct", args=[company.pk, original.pk])
    return reverse("sales:farm_new", args=[company.pk])


def lines_of(initial: list[dict[str, Any]]) -> Any:
    """A formset that shows these lines, or an empty one."""
    formset = FarmLines(prefix="lines", initial=initial or [{}])
    formset.extra = 0
    return formset


def reshaped(request: CompanyRequest) -> Any:
    """The lines as they were typed, with one more, or without one, as the buttons ask that work without JavaScript;
    None where the form is to be saved."""
    if not any(name in request.POST for name in ("add", "remove", "redraw", unfinished.CANCEL)):
        return None
    posted = FarmLines(request.POST, prefix="lines")
    rows = [{name: form[name].data or "" for name in form.fields} for form in posted.forms]
    if "add" in request.POST:
        rows.append({})
    elif (gone := next(iter(ids([request.POST.get("remove", "")])), None)) is not None and gone <= len(rows):
        del rows[gone - 1]
    return lines_of(rows)


def file_saved(
    company: Company, invoice: Invoice, file: Faktura, before: RrDraft, meant: RrDraft, seen: str | None
) -> Invoice:
    """Put the change into the uploaded file. Raises as ``services.save_draft``."""
    draft = services.draft_of(invoice)
    changed = editing.edited(file, before, meant, created=times.now().replace(microsecond=0))
    content = draft.content if changed == file else write(changed)
    return services.save_draft(company, content, file_name=draft.file_name, draft=invoice, seen_digest=seen)


def shown(
    request: CompanyRequest,
    form: FarmForm | FarmCorrectionForm,
    lines: Any,
    invoice: Invoice | None,
    *,
    seen: str | None = None,
    original: Invoice | None = None,
    problems: Any = (),
    stale: Any = None,
    stays: Any = (),
    parties: Any = None,
    file: Faktura | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page. ``stays`` is what an uploaded ``file`` says and the form does not show; ``stale`` says that somebody
    else was faster."""
    tab = unfinished.tab_of(request.POST) or unfinished.new_tab()
    proposed = request.POST.get("proposed") or form.initial.get("number")
    context = {
        "heading": HEADINGS[original is not None, invoice is not None],
        "home": HOME,
        "posts_to": _address(invoice, original, request.company),
        "proposed": None if invoice is not None else proposed,
        "asks": unfinished.CANCEL in request.POST,
        "like": like_of(request),
        "form": form,
        "lines": lines,
        "invoice": invoice,
        "seen": seen,
        "original": original,
        "problems": problems,
        "stale": stale,
        "stays": stays,
        "parties": parties,
        "currency": file.faktura_rr.kod_waluty if file is not None else editing.POLAND,
        "rate": written(editing.rate(file)) if file is not None else "",
        "tab": tab,
        "unfinished": page_of(request, invoice, original).offered(tab),
        "today": times.today(),
        "most_bytes": unfinished.MOST,
    }
    return render(request, "sales/farm/editor.html", context, status=status)
