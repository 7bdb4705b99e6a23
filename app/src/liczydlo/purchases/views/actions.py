"""What people do with purchases: one at a time, those that they selected, or all that a filter shows."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.documents.filters import of_environment
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.purchases import lifecycle
from liczydlo.purchases.filters import narrowed
from liczydlo.purchases.forms import DescriptionForm, PaymentForm
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.purchases.states import STEPS, Payment, Step
from liczydlo.purchases.views.detail import invoice_of, page
from liczydlo.web import times
from liczydlo.web.paging import ids

PAID: Final = "paid"
BAD, STALE = HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT
CHOICES: Final = (
    (Step.CHECK, gettext_lazy("Sprawdzone")),
    (Step.BOOK, gettext_lazy("Zaksięgowane")),
    (PAID, gettext_lazy("Zapłacone dzisiaj")),
    (Step.HIDE, gettext_lazy("Ukryj")),
    (Step.SHOW, gettext_lazy("Przywróć ukryte")),
    (Step.REOPEN, gettext_lazy("Cofnij do nowych")),
)
"""Mass actions in the order of the list's menu."""


@member(*ISSUERS)
@require_POST
def selected(request: CompanyRequest, company: Company) -> HttpResponse:
    """Do one thing with many rows; whose state does not allow it stays as it is, and that is said."""
    back, entries = chosen_entries(request, company)
    action = request.POST.get("action", "")
    rows = lifecycle.of_entries(company, entries.select_related(None).order_by().values("pk"))
    chosen_count = rows.count()
    if action not in dict(CHOICES) or not chosen_count:
        messages.warning(request, _("Zaznacz faktury i wybierz, co z nimi zrobić. Nic nie zmieniono."))
        return back
    if action == PAID:
        done = lifecycle.mark_paid(rows, on=times.today(), by=request.user)
    else:
        done = lifecycle.move_all(rows, Step(action), by=request.user)
    if done:
        messages.success(request, _("Zmieniono faktur: %(n)d.") % {"n": done})
    if unchanged := chosen_count - done:
        messages.info(
            request,
            _(
                "Bez zmian: %(n)d. Są już w tym stanie, ich stan na to nie pozwala albo było ich za dużo naraz."
            )
            % {"n": unchanged},
        )
    return back


@member(*ISSUERS)
@require_POST
def move(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """Take one invoice a step further, or back."""
    invoice = invoice_of(company, invoice_id)
    step = request.POST.get("step", "")
    rows = ReceivedInvoice.objects.of(company).filter(pk=invoice.pk)
    if step not in STEPS or not lifecycle.move_all(rows, Step(step), by=request.user):
        messages.warning(request, _("Stan faktury zmienił się w międzyczasie. Nic nie zmieniono."))
    return redirect(invoice)


@member(*ISSUERS)
@require_POST
def pay(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """Keep what was paid of one invoice."""
    invoice = invoice_of(company, invoice_id)
    form = PaymentForm(request.POST, whole=invoice.payable)
    if not form.is_valid():
        return page(request, company, invoice, payment=form, status=BAD)
    data = form.cleaned_data
    payment = Payment(data["payment"])
    try:
        lifecycle.pay(
            invoice,
            payment,
            amount=data["amount"],
            on=data["paid_on"],
            by=request.user,
            last_seen_event=_last_seen_event(request),
        )
    except lifecycle.ChangedMeanwhile:
        messages.warning(request, _("Ktoś zmienił zapłatę w międzyczasie. Sprawdź ją i spróbuj ponownie."))
        return page(request, company, invoice, payment=form, status=STALE)
    return redirect(invoice)


@member(*ISSUERS)
@require_POST
def describe(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """Keep the category, whom it concerns and the note of one invoice."""
    invoice = invoice_of(company, invoice_id)
    form = DescriptionForm(request.POST, label_suffix="")
    if not form.is_valid():
        return page(request, company, invoice, description=form, status=BAD)
    try:
        if not lifecycle.describe(
            invoice, **form.cleaned_data, by=request.user, last_seen_event=_last_seen_event(request)
        ):
            messages.info(request, _("Opis jest bez zmian."))
    except lifecycle.ChangedMeanwhile:
        messages.warning(
            request,
            _(
                "Ktoś zmienił opis w międzyczasie na: %(now)s. Poniżej jest Twój; zapisz go, jeśli ma być inny."
            )
            % {"now": " · ".join(filter(None, (invoice.category, invoice.concerns, invoice.note))) or "—"},
        )
        return page(request, company, invoice, description=form, status=STALE)
    return redirect(invoice)


def chosen_entries(
    request: CompanyRequest, company: Company
) -> tuple[HttpResponseRedirect, QuerySet[IndexEntry]]:
    """The way back to the list, and the rows of it that a form names: those selected, or all of its filter."""
    query = QueryDict(request.POST.get("query", ""))
    back = redirect(f"{reverse('purchases:list', args=[company.pk])}?{query.urlencode()}")
    if request.POST.get("all"):
        return back, narrowed(company, query)[1]
    selected = ids(request.POST.getlist("id"))[: lifecycle.MOST]
    return back, of_environment(company, Direction.PURCHASE).filter(purchase__in=selected)


def _last_seen_event(request: CompanyRequest) -> int:
    """The event that the page was made from; of a form without it, none that could be."""
    return next(iter(ids([request.POST.get("seen", "")])), -1)
