"""„Nowe zlecenie": what was selected, made ready to be paid."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liczydlo.companies.access import BOOKKEEPERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.payments.transfers import identifiers, orders, proposals, words
from liczydlo.payments.transfers.forms import OrderForm, PaymentForm
from liczydlo.payments.transfers.planning import Item, Refusal, plan
from liczydlo.payments.views.due import Row
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.web.paging import ids

MOST: Final = 200
"""Invoices of one order: its page shows them all."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """An invoice on the page, with its form."""

    row: Row
    form: PaymentForm


def text_of(refusal: Refusal) -> str:
    """What a person reads of a refusal."""
    text = str(words.REFUSALS[refusal.code])
    return text % {"value": refusal.value} if "%(value)s" in text else text


@member(*BOOKKEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: CompanyRequest, company: Company) -> HttpResponse:
    """The selected purchases of one currency with accounts, amounts and corrections; a POST makes the order.

    It sends the purchases of the form's lines: one that cannot be paid any more is named, and no order is made of
    the rest.
    """
    query = request.POST if request.method == "POST" else request.GET
    selected = ids(query.getlist("id"))
    rows = ReceivedInvoice.objects.of(company).filter(environment=company.environment)
    purchases = rows.filter(pk__in=selected[: MOST + 1]).select_related("entry__document").order_by("pk")
    every = proposals.of_purchases(company, purchases)
    payable = [one for one in every if not one.is_stopped and one.due > 0]
    if not every or len(every) > MOST:
        refusal = Refusal("too-many", str(MOST)) if every else Refusal("empty")
        messages.warning(request, text_of(refusal))
        return redirect("payments:due", company.pk)
    currency = payable[0].entry.currency if payable else ""
    others = [one for one in payable if one.entry.currency != currency]
    payable = [one for one in payable if one.entry.currency == currency]
    data = request.POST if request.method == "POST" else None
    form = OrderForm(company, currency, data)
    lines = [Line(row=Row(proposal=one), form=PaymentForm(one, data)) for one in payable]
    credit_rows = list(proposals.credits_of(company, {one.entry.seller_nip for one in payable}, currency))
    chosen = {*ids(data.getlist("credit"))} if data else set()
    status = HTTPStatus.OK
    if data is not None and payable:
        status = HTTPStatus.BAD_REQUEST
        invalid = [one for one in (form, *(line.form for line in lines)) if not one.is_valid()]
        if not invalid:
            try:
                _check_shown(selected, lines, every)
                order = orders.prepare(company, _wish(form, lines, credit_rows, chosen), request)
            except Refusal as refusal:
                form.add_error(None, text_of(refusal))
            else:
                identifiers.ask(order)
                messages.success(request, _("Zlecenie jest przygotowane. Sprawdź je i pobierz plik."))
                return redirect(order)
    return render(
        request,
        "payments/prepare.html",
        {
            "form": form,
            "lines": lines,
            "left": [Row(proposal=one) for one in every if one not in payable and one not in others],
            "other_currencies": [Row(proposal=one) for one in others],
            "credits": [(row, row.pk in chosen) for row in credit_rows],
            "currency": currency,
        },
        status=status,
    )


def _check_shown(selected: list[int], lines: list[Line], every: list[proposals.Proposal]) -> None:
    """Whether all that was sent can still be paid. Raises Refusal."""
    purchases_shown = {line.row.proposal.purchase.pk for line in lines}
    if not purchases_shown.issuperset(selected):
        numbers_missing = [one.entry.number for one in every if one.purchase.pk not in purchases_shown]
        raise Refusal("changed", ", ".join(numbers_missing) or "—")


def _wish(
    form: OrderForm, lines: list[Line], credit_rows: list[ReceivedInvoice], chosen: set[int]
) -> orders.Wish:
    """What was typed as transfers. Raises Refusal."""
    used = [Item(purchase=row, amount=row.left, is_whole=True) for row in credit_rows if row.pk in chosen]
    if len(used) != len(chosen):
        raise Refusal("changed", ", ".join(row.entry.number for row in credit_rows) or "—")
    data = form.cleaned_data
    choices = [line.form.choice() for line in lines]
    transfers = plan(choices, used, together=data["together"], with_numbers=data["with_numbers"])
    return orders.Wish(
        account=data["account"], day=data["day"], with_numbers=data["with_numbers"], transfers=transfers
    )
