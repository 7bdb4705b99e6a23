"""The form of a new invoice, and of a draft that was made with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.bodies import LONG_FORM, accepts
from liczydlo.companies.models import Company
from liczydlo.fa3.problems import DocumentError
from liczydlo.sales import composing, numbering, services
from liczydlo.sales.forms import MOST_LINES, RATE_NOTES, UNITS, InvoiceForm, Lines
from liczydlo.sales.lifecycle import StaleDraft
from liczydlo.sales.models import Invoice
from liczydlo.sales.states import State
from liczydlo.sales.views.invoices import invoice_of
from liczydlo.sales.views.stale import say_stale
from liczydlo.web import times

DUE_IN = dt.timedelta(days=14)
STALE: Final = {
    "changed": gettext_lazy(
        "Ten szkic zmienił w międzyczasie ktoś inny. Poniżej jest to, co wpisano tutaj: „Dalej” zastąpi tamtą zmianę,"
        " „Anuluj” ją zostawi."
    ),
    "deleted": gettext_lazy(
        "Ten szkic w międzyczasie usunięto. Poniżej jest to, co wpisano tutaj: „Dalej” zapisze nowy szkic."
    ),
}


@accepts(LONG_FORM)
@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Nowa faktura": the form with the next number, today, the day due and the company's account."""
    today = times.today()
    beginning = {"number": numbering.propose(company, today), **_beginning(company, today)}
    return _edit(request, company, None, beginning)


@accepts(LONG_FORM)
@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """Mend a draft that the form made."""
    if request.method == "POST" and not Invoice.objects.of(company).filter(pk=invoice_id).exists():
        # deleted after the page was opened: what was typed is not lost
        form, lines = InvoiceForm(request.POST, company=company), _lines(request.POST)
        return _page(request, form, lines, None, problems=(STALE["deleted"],), status=409)
    invoice = invoice_of(company, invoice_id)
    if invoice.state == State.AWAITING:
        return say_stale(request, company, StaleDraft("awaiting", invoice))
    try:
        draft = services.draft_of(invoice)
    except StaleDraft as stale:
        return say_stale(request, company, stale)
    meant = draft.invoice_draft
    if meant is None or not composing.fits_form(company, meant):
        raise Http404("a ready file, or what this form cannot show, is not edited here")
    beginning = _beginning(company, meant.issue_date or times.today())
    return _edit(request, company, invoice, composing.initial(meant, beginning))


@accepts(LONG_FORM)
@member(*ISSUERS)
@require_POST
def totals(request: CompanyRequest, company: Company) -> HttpResponse:
    """The sums of what is typed so far, for htmx; lines that are not finished do not count."""
    form = InvoiceForm(request.POST, company=company)
    form.is_valid()
    lines = _lines(request.POST)
    return render(
        request, "sales/parts/totals_answer.html", {**_totals(form, lines), "values": _values(lines)}
    )


def _beginning(company: Company, day: dt.date) -> dict[str, Any]:
    return {"issue_date": day, "due_date": day + DUE_IN, "account": company.bank_account}


def _edit(
    request: CompanyRequest, company: Company, invoice: Invoice | None, initial: dict[str, Any]
) -> HttpResponse:
    mended = invoice.pk if invoice else None
    if request.method != "POST":
        form = InvoiceForm(initial=initial, company=company, draft_id=mended)
        lines = Lines(prefix=composing.LINES, initial=initial.get(composing.LINES))
        return _page(request, form, lines, invoice)
    if "add" in request.POST or "remove" in request.POST:
        return _page(
            request,
            InvoiceForm(initial=_typed(request.POST), company=company, draft_id=mended),
            _relined(request.POST),
            invoice,
        )
    form, lines = InvoiceForm(request.POST, company=company, draft_id=mended), _lines(request.POST)
    problems: tuple[Any, ...] = ()
    if form.is_valid() & lines.is_valid() and _exemption_is_told(form, lines):
        try:
            meant = composing.draft(company, form.cleaned_data, composing.filled(lines))
            draft = services.save_draft(company, meant, draft=invoice, seen=request.POST.get("seen"))
        except DocumentError as error:
            problems = error.problems
        except services.NotIssued as error:
            problems = (error.reason,)
        except StaleDraft as stale:
            return _outrun(request, company, form, lines, stale)
        else:
            return redirect(draft)
    return _page(request, form, lines, invoice, problems=problems, status=422)


def _outrun(
    request: CompanyRequest, company: Company, form: InvoiceForm, lines: Any, stale: StaleDraft
) -> HttpResponse:
    """Somebody else was faster: what was typed is shown again, and saving it is a choice made knowingly."""
    if stale.why in ("issued", "awaiting"):
        return say_stale(request, company, stale)
    return _page(request, form, lines, stale.invoice, problems=(STALE[stale.why],), status=409)


def _exemption_is_told(form: InvoiceForm, lines: Any) -> bool:
    """An exempt line needs its legal basis (art. 106e ust. 1 pkt 19)."""
    if form.cleaned_data["exemption"] or all(line["rate"] != "zw" for line in composing.filled(lines)):
        return True
    form.add_error("exemption", _("Podaj przepis, na podstawie którego pozycja jest zwolniona z VAT."))
    return False


def _page(
    request: CompanyRequest,
    form: InvoiceForm,
    lines: Any,
    invoice: Invoice | None,
    *,
    problems: tuple[Any, ...] = (),
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "lines": lines,
        "invoice": invoice,
        "seen": services.draft_of(invoice).digest if invoice else "",
        "problems": problems,
        "units": UNITS,
        "rate_notes": RATE_NOTES,
        "values": _values(lines),
        **_totals(form, lines),
    }
    return render(request, "sales/editor.html", context, status=status)


def _lines(post: QueryDict) -> Any:
    return Lines(post, prefix=composing.LINES)


def _typed(post: Mapping[str, Any]) -> dict[str, Any]:
    return {name: post.get(name, "") for name in InvoiceForm.base_fields}


def _relined(post: QueryDict) -> Any:
    """The lines as typed, one more or one less; nothing is checked yet."""
    count = post.get(f"{composing.LINES}-TOTAL_FORMS", "")
    rows = [
        {name: post.get(f"{composing.LINES}-{index}-{name}", "") for name in composing.LINE_FIELDS}
        for index in range(min(int(count), MOST_LINES) if count.isascii() and count.isdigit() else 0)
    ]
    out = post.get("remove", "")
    if out.isascii() and out.isdigit() and int(out) < len(rows):
        del rows[int(out)]
    if "add" in post and len(rows) < MOST_LINES:
        rows.append({"quantity": "1", "unit": "szt.", "rate": rows[-1]["rate"] if rows else "23"})
    return Lines(prefix=composing.LINES, initial=rows or None)


def _totals(form: InvoiceForm, lines: Any) -> dict[str, Any]:
    return {"totals": composing.totals(form, composing.filled(lines))}


def _values(lines: Any) -> dict[int, Any]:
    return dict(enumerate(composing.values(lines)))
