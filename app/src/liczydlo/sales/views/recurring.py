"""„Cykliczne": how invoices of a template recur, what is coming, what waits and what was made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.fa3.problems import DocumentError
from liczydlo.sales import services
from liczydlo.sales.lifecycle import StaleDraft
from liczydlo.sales.repeating import making, recurrences, showing
from liczydlo.sales.repeating.forms import RecurrenceForm
from liczydlo.sales.repeating.tables import InvoiceTemplate, Occurrence, Recurrence
from liczydlo.sales.repeating.templates import ChangedMeanwhile
from liczydlo.sales.views.invoices import invoice_of
from liczydlo.sales.views.stale import say_stale
from liczydlo.sales.views.templates import template_of
from liczydlo.web import times
from liczydlo.web.paging import ids
from liczydlo.web.paging import page as page_of
from liczydlo.web.reasons import explain

COMING = 20
"""Days shown of „Najbliższe"."""
DAYS = 3
"""Days of one recurrence among them."""
CHANGED = gettext_lazy(
    "W tym czasie ktoś zmienił te same dane, więc nic nie zapisano. Sprawdź je i zapisz jeszcze raz."
)
SKIPPED = gettext_lazy("Ten dzień zostanie pominięty.")
DUE = gettext_lazy("Program robi właśnie faktury, których dzień już jest. Zapisz jeszcze raz za chwilę.")


@member()
@require_safe
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """What is coming, what waits for a person, what was made."""
    active = Recurrence.objects.of(company).filter(is_active=True)
    rows = active.select_related("template__contractor", "company")
    coming = sorted((day for row in rows for day in showing.ahead(row, DAYS)), key=lambda day: day.planned)
    made = Occurrence.objects.of(company).select_related("recurrence__template", "invoice__entry")
    context = {
        "coming": coming[:COMING],
        "waiting": recurrences.waiting(company).order_by("planned", "pk"),
        "resting": Recurrence.objects.of(company).filter(is_active=False).select_related("template"),
        "page": page_of(made, request.GET),
        "may_issue": request.membership.role in ISSUERS,
        "today": times.today(),
    }
    return render(request, "sales/recurring.html", context)


@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: CompanyRequest, company: Company, template_id: int) -> HttpResponse:
    """How it recurs, with the days and texts that come of it before anything is saved."""
    template = template_of(company, template_id)
    if template.draft.kind not in making.KINDS:
        raise Http404("an advance does not recur")
    row = Recurrence.objects.of(company).filter(template=template).first()
    if request.method != "POST":
        return _page(request, template, row, _form(template, row))
    form = _form(template, row, request)
    if not form.is_valid() or "look" in request.POST:
        return _page(request, template, row, form, status=200 if form.is_valid() else 422)
    try:
        if row is None:
            recurrences.set_on(template, form.columns, request)
        else:
            version = next(iter(ids([request.POST.get("version", "")])), 0)
            recurrences.change(row, form.columns, request, version=version)
    except (ChangedMeanwhile, recurrences.DaysAreDue) as error:
        messages.error(request, DUE if isinstance(error, recurrences.DaysAreDue) else CHANGED)
        row = Recurrence.objects.of(company).filter(template=template).first()
        return _page(request, template, row, _form(template, row, request), status=409)
    messages.success(request, _("Zapisano. Najbliższe dni są poniżej."))
    return redirect(template)


@member(*ISSUERS)
@require_POST
def preview(request: CompanyRequest, company: Company, template_id: int) -> HttpResponse:
    """The days and texts of what is chosen so far, for htmx."""
    template = template_of(company, template_id)
    row = Recurrence.objects.of(company).filter(template=template).first()
    form = _form(template, row, request)
    form.is_valid()
    return render(request, "sales/parts/days_ahead.html", _preview(template, form))


def _form(
    template: InvoiceTemplate, row: Recurrence | None, request: CompanyRequest | None = None
) -> RecurrenceForm:
    instance = row or Recurrence(company=template.company, template=template, first_day=times.today())
    form = RecurrenceForm(request.POST if request is not None else None, instance=instance)
    instance.template, instance.company = template, template.company
    return form


def _preview(template: InvoiceTemplate, form: RecurrenceForm) -> dict[str, object]:
    days = []
    if not form.is_bound or not form.errors:
        row, yesterday = form.instance, times.today() - dt.timedelta(days=1)
        if row.pk:
            row.done_until = max(row.done_until or yesterday, yesterday)
        days = showing.ahead(row)
    return {"days": days, "unknown": showing.unknown(template), "typed": form}


def _page(
    request: CompanyRequest,
    template: InvoiceTemplate,
    row: Recurrence | None,
    form: RecurrenceForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"template": template, "row": row, "form": form, **_preview(template, form)}
    return render(request, "sales/recurrence.html", context, status=status)


def _row(company: Company, template_id: int) -> Recurrence:
    rows = Recurrence.objects.of(company).select_related("template", "company")
    row: Recurrence = get_object_or_404(rows, template=template_id)
    return row


def _done(
    request: CompanyRequest, row: Recurrence, act: Callable[[], object], said: str, otherwise: str = ""
) -> HttpResponse:
    """Do what the click means and say it, ``otherwise`` where ``act`` answers False; somebody else may have removed it
    at the same moment."""
    try:
        done = act()
    except ChangedMeanwhile:
        messages.error(request, _("W tym czasie ktoś to usunął."))
        return redirect("sales:recurring", row.company_id)
    messages.success(request, otherwise if done is False else said)
    return redirect(row.template)


@member(*ISSUERS)
@require_POST
def pause(request: CompanyRequest, company: Company, template_id: int) -> HttpResponse:
    """Make nothing for a while."""
    row, said = _row(company, template_id), _("Wstrzymano. Nic nie powstanie, dopóki ktoś tego nie wznowi.")
    return _done(request, row, lambda: recurrences.pause(row, request), said)


@member(*ISSUERS)
@require_POST
def resume(request: CompanyRequest, company: Company, template_id: int) -> HttpResponse:
    """Go on, with or without the days that have passed."""
    row, make_up = _row(company, template_id), "make_up" in request.POST
    said = _("Wznowiono. Od teraz działa w Twoim imieniu.")
    return _done(request, row, lambda: recurrences.resume(row, request, make_up=make_up), said)


@member(*ISSUERS)
@require_POST
def skip(request: CompanyRequest, company: Company, template_id: int) -> HttpResponse:
    """Pass over the next day, if it is still the one that the page showed."""
    row = _row(company, template_id)
    try:
        nominal = dt.date.fromisoformat(request.POST.get("nominal", ""))
    except ValueError as error:
        raise Http404("no such day") from error
    late = _("Tego dnia nie da się już pominąć: faktura powstała albo zmieniono dni.")
    return _done(request, row, lambda: recurrences.skip(row, nominal, request), str(SKIPPED), late)


@member(*ISSUERS)
@require_POST
def remove(request: CompanyRequest, company: Company, template_id: int) -> HttpResponse:
    """End it; the template and what was made stay."""
    row, said = (
        _row(company, template_id),
        _("Faktura nie będzie się powtarzać. Szablon i jej faktury zostają."),
    )
    return _done(request, row, lambda: recurrences.remove(row, request), said)


@member(*ISSUERS)
@require_POST
def dismiss(request: CompanyRequest, company: Company, occurrence_id: int) -> HttpResponse:
    """A day that waits for a person gets no invoice."""
    days = Occurrence.objects.of(company).select_related("recurrence__template", "recurrence__company")
    day = get_object_or_404(days, pk=occurrence_id)
    return _done(request, day.recurrence, lambda: recurrences.dismiss(day, request), str(SKIPPED))


@member(*ISSUERS)
@require_POST
def redate(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """„Ustaw dzisiejszą datę" on a draft that has waited for longer than its day."""
    invoice = invoice_of(company, invoice_id)
    try:
        making.redate(invoice, times.today())
    except StaleDraft as stale:
        return say_stale(request, company, stale)
    except DocumentError as error:
        messages.error(request, explain(error))
    except services.NotIssued as error:
        messages.error(request, str(error.reason))
    else:
        messages.success(request, _("Data wystawienia jest dzisiejsza."))
    return redirect(invoice)
