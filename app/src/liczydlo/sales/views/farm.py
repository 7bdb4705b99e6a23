"""The form of an invoice VAT RR."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.bodies import LONG_FORM, accepts
from liczydlo.companies.models import Company
from liczydlo.documents.models import RR_KINDS, Direction
from liczydlo.fa3.problems import DocumentError
from liczydlo.rr import editing
from liczydlo.rr.document import read
from liczydlo.rr.draft import RrDraft
from liczydlo.rr.model import Faktura
from liczydlo.rr.reverse import reverse
from liczydlo.sales import numbering, services, unfinished
from liczydlo.sales.farm import composing
from liczydlo.sales.farm.forms import FarmForm, FarmLines
from liczydlo.sales.farm.parties import Parties, initial
from liczydlo.sales.lifecycle import StaleDraft, why_stale
from liczydlo.sales.models import Invoice
from liczydlo.sales.states import State
from liczydlo.sales.views.farm_corrections import corrected, original_of
from liczydlo.sales.views.farm_page import (
    BAD,
    HOME,
    answered,
    file_saved,
    like_of,
    lines_of,
    page_of,
    reshaped,
    row_of,
    shown,
)
from liczydlo.sales.views.stale import outrun, say_stale
from liczydlo.web import times
from liczydlo.web.paging import ids


@accepts(LONG_FORM)
@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: CompanyRequest, company: Company) -> HttpResponse:
    """A new invoice; ``wzor`` names an earlier one, whose farmer and lines it takes over."""
    return _edited(request, company, None, None)


def _beginning(
    request: CompanyRequest, company: Company
) -> tuple[dict[str, Any], list[dict[str, Any]], RrDraft | None]:
    """What the form of a new invoice shows, and the earlier one that it takes over."""
    today = times.today()
    number = numbering.propose(company, today, numbering.FARM)
    beginning: dict[str, Any] = {
        "number": number, "issue_date": today, "purchase_date": today, "declares": True
    }  # fmt: skip
    earlier = _earlier(company, like_of(request))
    if earlier is None:
        return beginning, [], None
    taken = composing.initial(earlier)
    beginning = {**taken, **{name: beginning.get(name) for name in composing.ONCE}}
    return beginning, [{**one, "uid": ""} for one in composing.initial_lines(earlier.lines)], earlier


def _earlier(company: Company, named: str) -> RrDraft | None:
    """What an issued invoice says; None for anything else."""
    rows = Invoice.objects.of(company).filter(entry__kind__in=RR_KINDS, entry__document__isnull=False)
    found = rows.filter(pk__in=ids([named])).select_related("entry__document").first()
    return reverse(read(found.entry.xml)) if found is not None else None


@accepts(LONG_FORM)
@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """A draft of an invoice or of a correction, or an uploaded file."""
    if request.method == "POST" and not Invoice.objects.of(company).filter(pk=invoice_id).exists():
        return _of_deleted(request, company)
    invoice = row_of(company, invoice_id)
    if invoice.state in (State.AWAITING, State.LEAVING):
        return say_stale(request, company, StaleDraft(why_stale(invoice), invoice))
    try:
        draft = services.draft_of(invoice)
        file = composing.file_of(draft)
        if not composing.can_be_edited(draft):
            messages.info(
                request,
                _("Tę fakturę wgrano z pliku. Popraw ją w programie, który go zrobił."),
            )
            return redirect(invoice)
        base = editing.draft_of(file) if file is not None else composing.draft_content(draft)
        if base.correction is not None:
            return corrected(request, company, original_of(invoice), invoice, base, draft.digest, file=file)
        return _edited(request, company, invoice, base, file=file)
    except StaleDraft as stale:
        return say_stale(request, company, stale, direction=Direction.SELF_BILLED)


def _of_deleted(request: CompanyRequest, company: Company) -> HttpResponse:
    """The draft was deleted after its page was opened: what was typed is not lost."""
    if any(name in request.POST for name in unfinished.BUTTONS):
        return say_stale(request, company, StaleDraft("deleted", None), direction=Direction.SELF_BILLED)
    if unfinished.ABANDON in request.POST:
        return redirect(HOME, company.pk)
    about = next(iter(ids([request.POST.get("about", "")])), None)
    post = request.POST.copy()
    post.pop(unfinished.CANCEL, None)
    post["redraw"] = "1"
    request.POST = cast("Any", post)
    if about is None:
        return _edited(request, company, None, None, is_of_deleted=True)
    original = row_of(company, about)
    return corrected(request, company, original, None, None, None, is_of_deleted=True)


def _edited(
    request: CompanyRequest,
    company: Company,
    invoice: Invoice | None,
    base: RrDraft | None,
    *,
    file: Faktura | None = None,
    is_of_deleted: bool = False,
) -> HttpResponse:
    """Show the form, or keep the draft and lead to its preview. Raises StaleDraft."""
    options: dict[str, Any] = {"company": company, "draft_id": invoice.pk if invoice is not None else None}
    options["has_own_days"] = base is not None and any(line.day is not None for line in base.lines)
    before = composing.unchanged(company, base) if base is not None and file is not None else None
    stays = editing.unshown(file, before) if file is not None and before is not None else ()
    looks: dict[str, Any] = {"stays": composing.filled_fields(stays), "file": file}
    if is_of_deleted:
        looks |= outrun(StaleDraft("deleted", None))
    if base is None or invoice is None:
        beginning, lines, earlier = _beginning(request, company)
    else:
        beginning, lines, earlier = composing.initial(base), composing.initial_lines(base.lines), base
    begun = FarmForm(initial=beginning, **options), lines_of(lines)
    third = Parties(prefix="parties", initial=initial(earlier.third_parties if earlier else ()))
    if request.method != "POST":
        looks["seen"] = services.draft_of(invoice).digest if invoice is not None else None
        return shown(request, *begun, invoice, parties=third, **looks)
    page = page_of(request, invoice, None)
    if (answer := answered(request, company, page, [*begun, third])) is not None:
        return answer
    looks["seen"] = seen = request.POST.get("seen") or None
    if (again := reshaped(request)) is not None:
        typed = FarmForm(initial=request.POST.dict(), **options)
        posted = Parties(request.POST, prefix="parties")
        rows_typed = [{name: one[name].data or "" for name in one.fields} for one in posted.forms]
        looks["parties"] = Parties(prefix="parties", initial=[one for one in rows_typed if any(one.values())])
        return shown(request, typed, again, invoice, **looks)
    form, rows = FarmForm(request.POST, **options), FarmLines(request.POST, prefix="lines")
    looks["parties"] = third = Parties(request.POST, prefix="parties")
    problems: Any = ()
    if all([form.is_valid(), rows.is_valid(), third.is_valid()]):
        lists = rows.cleaned_data, third.cleaned_data
        meant = composing.draft_of(company, form.cleaned_data, *lists, base=base)
        try:
            if file is not None and before is not None and invoice is not None:
                draft = file_saved(company, invoice, file, before, meant, seen)
            else:
                draft = services.save_draft(company, meant, draft=invoice, seen_digest=seen)
            page.forget(unfinished.tab_of(request.POST))
            return redirect(draft)
        except DocumentError as error:
            problems = error.problems
        except services.NotIssued as error:
            problems = (error.reason,)
        except StaleDraft as stale:
            return shown(request, form, rows, stale.invoice, **looks | outrun(stale))
    return shown(request, form, rows, invoice, problems=problems, status=BAD, **looks)
