"""The card of payments on the page of a sale, and what somebody says was paid of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from liczydlo.audit.actions import Action
from liczydlo.audit.services import log
from liczydlo.companies.access import BOOKKEEPERS, ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.payments import sales
from liczydlo.payments.models import Settlement
from liczydlo.payments.statements import matching
from liczydlo.payments.statements.matching import DoesNotFit
from liczydlo.purchases.lifecycle import ChangedMeanwhile
from liczydlo.sales.models import Invoice
from liczydlo.sales.states import REFUSED
from liczydlo.sales.views.invoices import invoice_of
from liczydlo.web import search, times


class PaidForm(forms.Form):
    """What came for a sale without a statement: cash, a card, another account."""

    amount = forms.CharField(label=gettext_lazy("Kwota"), max_length=30)
    paid_on = forms.DateField(
        label=gettext_lazy("Data wpłaty"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: QueryDict | None = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, label_suffix="")
        self.fields["amount"].widget.attrs |= {"inputmode": "decimal"}

    def clean_amount(self) -> Decimal:
        """An amount in any spelling."""
        value = search.amount(self.cleaned_data["amount"])
        if value is None:
            raise forms.ValidationError(_("To nie jest kwota. Wpisz na przykład 1 234,50."))
        return value

    def clean_paid_on(self) -> Any:
        """Not a day to come."""
        day = self.cleaned_data["paid_on"]
        if day > times.today():
            raise forms.ValidationError(_("Data zapłaty nie może być z przyszłości."))
        return day


def panel(request: CompanyRequest, invoice: Invoice) -> str:
    """The card; empty for what KSeF does not want and for what somebody may still change."""
    if invoice.entry.document is None or invoice.state in REFUSED:
        return ""
    payment = sales.of(request.company, invoice)
    left = str(payment.balance.left).replace(".", ",")
    return render_to_string(
        "payments/sale.html",
        {
            "invoice": invoice,
            "payment": payment,
            "balance": payment.balance,
            "chip_of_payment": payment.balance.chip(times.today()),
            "form": PaidForm(initial={"amount": left, "paid_on": times.today()}),
            "may_act": request.membership.role in ISSUERS,
            "may_undo": request.membership.role in BOOKKEEPERS,
            "company": request.company,
        },
        request=request,
    )


@member(*ISSUERS)
@require_POST
def say_paid(request: CompanyRequest, company: Company, invoice_id: int) -> HttpResponse:
    """Keep what somebody says was paid."""
    invoice, form = invoice_of(company, invoice_id), PaidForm(request.POST)
    if not form.is_valid():
        problems = " ".join(str(error) for errors in form.errors.values() for error in errors)
        messages.warning(request, _("Nic nie zapisano. %(problems)s") % {"problems": problems})
        return redirect(invoice)
    data = form.cleaned_data
    try:
        with transaction.atomic():
            matching.say_paid(company, invoice.entry, data["amount"], on=data["paid_on"], by=request.user)
            _log(request, Action.SALE_PAYMENT_TYPED, invoice, data["amount"])
    except DoesNotFit:
        messages.warning(request, _("Nic nie zapisano: kwota jest większa niż to, co zostało do zapłaty."))
    else:
        messages.success(request, _("Wpłatę zapisano."))
    return redirect(invoice)


@member(*ISSUERS)
@require_POST
def take_back(request: CompanyRequest, company: Company, settlement_id: int) -> HttpResponse:
    """Remove what somebody has typed; what a line pays is undone on the line."""
    rows = Settlement.objects.of(company).filter(line=None).select_related("entry__sale", "company")
    settlement = get_object_or_404(rows, pk=settlement_id)
    try:
        with transaction.atomic():
            matching.undo(settlement, by=request.user)
            _log(request, Action.SALE_PAYMENT_REMOVED, settlement.entry.sale, settlement.amount)
    except ChangedMeanwhile:
        messages.info(request, _("Tej wpłaty już tu nie ma."))
    else:
        messages.success(request, _("Wpłatę usunięto."))
    return redirect(settlement.entry.sale)


def _log(request: CompanyRequest, action: Action, invoice: Invoice, amount: Decimal) -> None:
    entry = invoice.entry
    log(request.company, action, request=request, number=entry.number, amount=f"{amount} {entry.currency}")
