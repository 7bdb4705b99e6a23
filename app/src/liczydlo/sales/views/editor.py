"""The form of a new document, and of a draft that was made with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.bodies import LONG_FORM, accepts
from liczydlo.companies.models import Company
from liczydlo.contacts import firms
from liczydlo.documents.choices import UNITS
from liczydlo.fa3.corrections import NotCorrected
from liczydlo.fa3.draft import IncompleteDraft, InvoiceDraft
from liczydlo.fa3.problems import DocumentError
from liczydlo.sales import (
    composing,
    numbering,
    pasting,
    sections,
    services,
    unfinished,
)
from liczydlo.sales.editing import picking, rates, split, stock, sums, usual
from liczydlo.sales.editing.editors import look
from liczydlo.sales.editing.sale import Sale
from liczydlo.sales.forms import NUMBER_TAKEN, HeadForm
from liczydlo.sales.lifecycle import StaleDraft, why_stale
from liczydlo.sales.line_choices import PROCEDURE_NOTES, RATE_NOTES
from liczydlo.sales.models import Invoice
from liczydlo.sales.repeating import templates
from liczydlo.sales.repeating.tables import InvoiceTemplate, Occurrence
from liczydlo.sales.similar import KINDS as KEPT
from liczydlo.sales.states import State
from liczydlo.sales.views import typed
from liczydlo.sales.views.beginning import editor_for, editor_posted, page_of
from liczydlo.sales.views.invoices import invoice_of
from liczydlo.sales.views.stale import outrun, say_stale
from liczydlo.sales.views.unfinished import decided
from liczydlo.web import times
from liczydlo.web.paging import ids

KINDS: Final = (
    ("sales:new", gettext_lazy("Zwykła"), "sale"),
    ("sales:new_advance", gettext_lazy("Zaliczkowa"), "advance"),
    ("sales:new_simplified", gettext_lazy("Uproszczona"), "simplified"),
    ("sales:new_self_billed", gettext_lazy("Samofaktura"), "self-billed"),
)
SELF_BILLED_KINDS: Final = (
    ("sales:new_self_billed", gettext_lazy("Zwykła"), "self-billed"),
    ("sales:new_self_billed_advance", gettext_lazy("Zaliczkowa"), "self-advance"),
    ("sales:new_self_billed_simplified", gettext_lazy("Uproszczona"), "self-simplified"),
    ("sales:new", gettext_lazy("Sprzedaż"), "sale"),
)
TRIES: Final = 5
"""So often a proposed number that somebody else has just taken gives way to the next."""
NO_VALUE: Final = gettext_lazy("Pozycja bez wartości: podaj cenę i ilość albo skoryguj fakturę do zera.")
TEMPLATE_CHANGED: Final = gettext_lazy(
    "Ten szablon zmienił w międzyczasie ktoś inny. Otwórz go od nowa, żeby zobaczyć tamtą zmianę."
)
NOT_CORRECTED: Final = {
    "same": gettext_lazy("Nic się jeszcze nie zmieniło. Zmień pozycje albo dane nabywcy."),
    "buyer-number": gettext_lazy(
        "Numeru nabywcy nie koryguje się: skoryguj fakturę do zera i wystaw nową z właściwym numerem."
    ),
}
REFUSALS: Final = (NotCorrected, IncompleteDraft, DocumentError, templates.ChangedMeanwhile)


@accepts(LONG_FORM)
@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: CompanyRequest, company: Company, kind: str, about: int | None = None) -> HttpResponse:
    """The form of a new document; ``kind`` and ``about`` as :func:`editor_for`."""
    edited = editor_for(company, kind, about)
    if request.method != "POST" and isinstance(edited.about, Occurrence) and edited.about.invoice_id:
        messages.info(request, _("Faktura z tego dnia jest już w programie."))
        return redirect("sales:detail", company.pk, edited.about.invoice_id)
    return _edit(request, edited, None, None)


@accepts(LONG_FORM)
@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """Mend a draft. What its form does not show of it stays."""
    if request.method == "POST" and not Invoice.objects.of(company).filter(pk=invoice_id).exists():
        if any(name in request.POST for name in unfinished.BUTTONS):
            return say_stale(request, company, StaleDraft("deleted", None))
        if unfinished.ABANDON in request.POST:
            return redirect("sales:list", company.pk)
        # deleted after the page was opened: what was typed is not lost
        edited = editor_posted(company, request.POST)
        form, lines = edited.form(request.POST), typed.lines(edited, request.POST)
        return _page(request, edited, form, lines, None, **outrun(StaleDraft("deleted", None)))
    invoice = invoice_of(company, invoice_id)
    if invoice.state in (State.AWAITING, State.LEAVING):
        return say_stale(request, company, StaleDraft(why_stale(invoice), invoice))
    try:
        draft = services.draft_of(invoice)
    except StaleDraft as stale:
        return say_stale(request, company, stale)
    view = look(company, invoice, draft)
    if view.editor is None:
        raise Http404("what this form cannot show is not edited here")
    return _edit(request, view.editor, invoice, view.draft)


@accepts(LONG_FORM)
@member(*ISSUERS)
@require_POST
def totals(request: CompanyRequest, company: Company, kind: str, about: int | None = None) -> HttpResponse:
    """The sums of what is typed so far, for htmx; lines that are not finished do not count."""
    edited = editor_for(company, kind, about)
    form = edited.form(request.POST)
    form.is_valid()
    shown = sums.answer(edited, form, typed.lines(edited, request.POST))
    answer = render(request, "sales/parts/totals_answer.html", shown)
    answer["HX-Retarget"] = (
        "#totals"  # where they are by now: another answer may have brought new ones meanwhile
    )
    return answer


@accepts(LONG_FORM)
@member(*ISSUERS)
@require_POST
def exchange_rate(
    request: CompanyRequest, company: Company, kind: str, about: int | None = None
) -> HttpResponse:
    """The rate of exchange for what is typed so far, and what it is of, for htmx. A correction has its original's."""
    edited = editor_for(company, kind, about)
    if edited.original is not None:
        raise Http404("the rate of a correction is not chosen")
    form, lines = edited.form(request.POST), typed.lines(edited, request.POST)
    rate = rates.look(company, form, lines, compares=True)
    initial = typed.fields(edited, request.POST) | dict(rate.values or {})
    context = {"form": edited.form(initial=initial), "edited": edited, "exchange": rate}
    return render(request, "sales/parts/exchange.html", context)


def _edit(
    request: CompanyRequest,
    edited: Sale,
    invoice: Invoice | None,
    meant: InvoiceDraft | None,
    *,
    tries: int = TRIES,
) -> HttpResponse:
    company, mended = edited.company, invoice.pk if invoice else None
    if request.method != "POST":
        picker = picking.look(company, {"pick": request.GET.get("kontrahent", "")})
        initial = edited.initial(meant)
        if invoice is None and edited.about is None:
            known = usual.look(edited, picker)
            initial |= picking.fields(picker, edited.form(), initial["issue_date"])
            initial |= usual.fields(known, initial) | usual.first_line(known)
            initial |= _of_supplier(edited, initial)
        form = edited.form(initial=initial, draft_id=mended)
        lines = edited.line_set(initial=initial.get(composing.LINES), prices=initial.get("prices"))
        return _page(request, edited, form, lines, invoice, picker=picker)
    page = page_of(request, edited, invoice)
    asks = unfinished.CANCEL in request.POST and typed.differs(edited, meant, request.POST)
    if not asks and any(name in request.POST for name in (*unfinished.BUTTONS, *unfinished.LEAVING)):
        return decided(request, page, edited.leads_to) or _edit(request, edited, invoice, meant)
    buttons = (*typed.BUTTONS, split.BUTTON, pasting.BUTTON, firms.BUTTON, unfinished.CANCEL)
    if any(name in request.POST for name in (*buttons, *edited.buttons, *sections.BUTTONS, *picking.BUTTONS)):
        picker, initial = picking.look(company, request.POST), typed.fields(edited, request.POST)
        firm = firms.look(company, request.POST)
        initial |= {name: value for name, value in firm.values.items() if name in initial}
        known = usual.look(edited, picker)
        initial |= picking.fields(picker, edited.form(), initial["issue_date"]) | usual.fields(known, initial)
        renumbered = _of_supplier(edited, initial) if _is_proposed(invoice, request.POST) else {}
        initial |= renumbered
        form = split.marked(request.POST, edited.form(initial=initial, draft_id=mended))
        lines, taken, pasted = typed.relined(edited, request.POST, known)
        looks: dict[str, Any] = {
            "picker": picker, "taken": taken, "pasted": pasted, "firm": firm, "asks": asks,
            "proposed": renumbered.get("number"),
        }  # fmt: skip
        return _page(request, edited, form, lines, invoice, seen=request.POST.get("seen"), **looks)
    typed_number, post = request.POST.get("number", "").strip(), _renumbered(edited, invoice, request.POST)
    lines = typed.lines(edited, request.POST)
    form, rate = _rated(edited, post, lines, mended)
    problems: tuple[Any, ...] = ()
    if form.has_error("number", NUMBER_TAKEN) and tries and _is_proposed(invoice, request.POST):
        return _edit(request, edited, invoice, meant, tries=tries - 1)  # taken since ``_renumbered`` looked
    if form.is_valid() & lines.is_valid() and edited.check(form, composing.filled(lines)):
        try:
            meant = edited.draft(form.cleaned_data, composing.filled(lines))
            meant = replace(meant, seller=edited.seller or meant.seller)
            template = _template(request, edited, meant)
            if template is not None:
                page.forget(unfinished.tab_of(request.POST))
                return redirect(template)
            with transaction.atomic():
                draft = services.save_draft(
                    company, meant, draft=invoice, seen_digest=request.POST.get("seen")
                )
                edited.saved(draft)
                page.forget(unfinished.tab_of(request.POST))
        except REFUSALS as error:
            problems = _why(error)
        except services.NotIssued as error:
            if error.reason.code == "number-used" and tries and _is_proposed(invoice, request.POST):
                return _edit(request, edited, invoice, meant, tries=tries - 1)
            problems = (error.reason,)
        except StaleDraft as stale:
            return _outrun(request, edited, form, lines, stale)
        else:
            changed = typed_number if post is not request.POST else draft.entry.number
            _say_changes(request, edited, draft, changed, rate)
            return redirect(draft)
    seen = request.POST.get("seen")
    return _page(
        request, edited, form, lines, invoice, problems=problems, status=422, seen=seen, exchange=rate
    )


def _rated(edited: Sale, post: QueryDict, lines: Any, mended: int | None) -> tuple[HeadForm, rates.Look]:
    """The form with the rate of exchange that nobody has typed."""
    form = edited.form(post, draft_id=mended)
    ask = rates.look_of if edited.has_own_rate(post) else rates.look
    rate = ask(edited.company, form, lines)
    if rate.values is not None:
        form = edited.form(_with(post, rate.values), draft_id=mended)
    return form, rate


def _say_changes(
    request: CompanyRequest, edited: Sale, draft: Invoice, typed_number: str, rate: rates.Look
) -> None:
    """What the draft says other than it was posted."""
    if rate.code == "filled" and rate.values is not None:
        say = _("Kurs waluty %(rate)s zł. %(words)s")
        messages.info(request, say % {"rate": rate.values["exchange_rate"], "words": rate.words})
    if draft.entry.number != typed_number and edited.is_self_billed:
        say = _("Następny numer w numeracji tego dostawcy to %(new)s: ma go ta faktura.")
        messages.info(request, say % {"new": draft.entry.number})
    elif draft.entry.number != typed_number:
        say = _("Numer %(old)s zajął w międzyczasie ktoś inny. Ta faktura ma %(new)s.")
        messages.info(request, say % {"old": typed_number, "new": draft.entry.number})


def _with(post: QueryDict, values: Mapping[str, str]) -> QueryDict:
    again = post.copy()
    for name, value in values.items():
        again[name] = value
    return again


def keeps_templates(edited: Sale) -> bool:
    """Whether what is edited can be kept as a template."""
    return edited.kind in KEPT and edited.original is None and edited.keeps is None


def _template(request: CompanyRequest, edited: Sale, meant: InvoiceDraft) -> InvoiceTemplate | None:
    """The template that was to be made or changed instead of an invoice. Raises ChangedMeanwhile."""
    if edited.keeps is not None:
        version = next(iter(ids([request.POST.get("version", "")])), 0)
        templates.change(edited.keeps, meant, version=version)
        messages.success(request, _("Treść szablonu została zapisana."))
        return edited.keeps
    if "template" in request.POST and keeps_templates(edited):
        return templates.keep(edited.company, meant)
    return None


def _why(error: Exception) -> tuple[Any, ...]:
    """What one of ``REFUSALS`` says."""
    if isinstance(error, NotCorrected):
        return (NOT_CORRECTED[error.code],)
    if isinstance(error, DocumentError):
        return tuple(error.problems)
    return (NO_VALUE if isinstance(error, IncompleteDraft) else TEMPLATE_CHANGED,)


def _is_proposed(invoice: Invoice | None, post: QueryDict) -> bool:
    """Whether the number is the one that the page of a new document proposed, and not a person's own."""
    number = post.get("number", "").strip()
    return invoice is None and bool(number) and number == post.get("proposed")


def _renumbered(edited: Sale, invoice: Invoice | None, post: QueryDict) -> QueryDict:
    """What was posted, with the next number where somebody else has taken the proposed one meanwhile, or where it is
    numbered among the invoices of a supplier who has been typed since."""
    number, seller = post.get("number", "").strip(), edited.numbered_for(post)
    if not _is_proposed(invoice, post):
        return post
    if not edited.is_self_billed and not numbering.is_taken(edited.company, number, seller=seller):
        return post
    issued = picking.day(post.get("issue_date"))
    return _with(post, {"number": numbering.propose(edited.company, issued, edited.series, seller=seller)})


def _of_supplier(edited: Sale, shown: Mapping[str, Any]) -> dict[str, str]:
    """The next number among the invoices of the supplier that the page shows; nothing of other documents."""
    if not edited.is_self_billed:
        return {}
    issued, seller = picking.day(shown["issue_date"]), edited.numbered_for(shown)
    return {"number": numbering.propose(edited.company, issued, edited.series, seller=seller)}


def _outrun(
    request: CompanyRequest, edited: Sale, form: HeadForm, lines: Any, stale: StaleDraft
) -> HttpResponse:
    try:
        return _page(request, edited, form, lines, stale.invoice, **outrun(stale))
    except StaleDraft as gone:
        return say_stale(request, edited.company, gone)


def _page(
    request: CompanyRequest,
    edited: Sale,
    form: HeadForm,
    lines: Any,
    invoice: Invoice | None,
    *,
    problems: tuple[Any, ...] = (),
    status: int = 200,
    seen: str | None = None,
    picker: picking.Picker = picking.NOBODY,
    taken: stock.Stock = stock.NOTHING,
    pasted: pasting.Pasted = pasting.NOTHING,
    exchange: rates.Look | None = None,
    firm: firms.Look | None = None,
    asks: bool = False,
    proposed: str | None = None,
    stale: Any = None,
) -> HttpResponse:
    """``seen`` is the digest of the draft that the page began with; by default the draft's as it is now; ``stale`` says
    that somebody else was faster; ``exchange`` is the rate of exchange where it has been looked for; ``asks`` whether
    what was typed may be lost; ``proposed`` the number that the page proposes now, where it began with another."""
    if seen is None and invoice is not None:
        seen = services.draft_of(invoice).digest
    sought = firms.BUTTON in request.POST
    buyer = picker.picked is not None or bool(firm and firm.values)
    typed.focus(request.POST, form, lines, buyer=buyer, sought=sought, filled=taken.filled)
    if edited.original is None:
        stock.offer(edited.company, lines)
    tab = unfinished.tab_of(request.POST) or unfinished.new_tab()
    offered = page_of(request, edited, invoice).offered(tab)
    begins = request.method != "POST" and invoice is None and not (edited.about or offered or picker.picked)
    if begins and edited.name == "simplified":
        form.fields["buyer_nip"].widget.attrs["autofocus"] = True
    context = {
        "form": form,
        "lines": lines,
        "invoice": invoice,
        "tab": tab,
        "unfinished": offered,
        "begins": begins,
        "today": times.today(),
        "most_bytes": unfinished.MOST,
        "edited": edited,
        "heading": _heading(edited, invoice),
        "home": edited.home,
        "posts_to": reverse("sales:edit", args=[edited.company.pk, invoice.pk])
        if invoice
        else edited.address,
        "asks": asks,
        "seen": seen,
        "proposed": None
        if invoice
        else proposed or request.POST.get("proposed") or form.initial.get("number"),
        "picker": picker,
        "firm": firm or firms.offered(edited.company),
        "stock": taken,
        "pasted": pasted,
        "exchange": exchange or rates.look_of(edited.company, form, lines),
        "problems": problems,
        "stale": stale,
        "kinds": SELF_BILLED_KINDS if edited.is_self_billed else KINDS,
        "may_keep": keeps_templates(edited),
        "version": request.POST.get("version") or (edited.keeps.version if edited.keeps else None),
        "units": UNITS,
        "rate_notes": RATE_NOTES,
        "procedure_notes": PROCEDURE_NOTES,
        **sums.answer(edited, form, lines),
        **edited.context(),
    }
    return render(request, "sales/editor.html", context, status=status)


def _heading(edited: Sale, invoice: Invoice | None) -> str:
    """What the page is called."""
    if invoice is None:
        return str(edited.title)
    return _("Popraw korektę") if edited.is_correction else _("Popraw fakturę")
