"""„Rachunki": the firm's own bank accounts."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liczydlo.companies.access import BOOKKEEPERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.payments import accounts
from liczydlo.payments.forms import AccountForm
from liczydlo.payments.models import BankAccount

FIELDS = ("iban", "name", "currency", "file_format", "encoding")


@member()
@require_safe
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """The accounts, the default first."""
    return render(
        request,
        "payments/accounts.html",
        {
            "accounts": accounts.of(company),
            "from_invoices": accounts.from_invoices(company),
            "may_change": request.membership.role in BOOKKEEPERS,
        },
    )


def _account(company: Company, account_id: int) -> BankAccount:
    account: BankAccount = get_object_or_404(
        BankAccount.objects.of(company).select_related("company"), pk=account_id
    )
    return account


@member(*BOOKKEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: CompanyRequest, company: Company) -> HttpResponse:
    """A new account; the one that is printed on invoices is proposed where it is not here yet."""
    typed_fields = {name: request.GET[name][:40] for name in ("iban", "currency") if request.GET.get(name)}
    initial = {
        "iban": accounts.from_invoices(company)
    } | typed_fields  # a statement that is read in names its account
    return _form(request, company, initial, None)


@member(*BOOKKEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: CompanyRequest, company: Company, account_id: int) -> HttpResponse:
    """Another number, name, currency or file."""
    account = _account(company, account_id)
    initial = {name: getattr(account, name) for name in FIELDS} | {"iban": account.grouped}
    return _form(request, company, initial, account)


def _form(
    request: CompanyRequest, company: Company, initial: dict[str, str], account: BankAccount | None
) -> HttpResponse:
    """The form; by POST it is stored, of ``account`` or as a new one."""
    form = AccountForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            if account is None:
                accounts.add(company, form.cleaned_data, request)
            else:
                accounts.change(account, form.cleaned_data, request)
        except accounts.AlreadyThere:
            form.add_error("iban", _("Ten rachunek jest już na liście."))
        else:
            messages.success(request, _("Rachunek dodano.") if account is None else _("Rachunek zmieniono."))
            return redirect("payments:accounts", company.pk)
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return render(request, "payments/account.html", {"form": form, "account": account}, status=status)


@member(*BOOKKEEPERS)
@require_POST
def make_default(request: CompanyRequest, company: Company, account_id: int) -> HttpResponse:
    """Transfers are proposed from this one."""
    accounts.make_default(_account(company, account_id))
    messages.success(request, _("Domyślny rachunek zmieniono."))
    return redirect("payments:accounts", company.pk)


@member(*BOOKKEEPERS)
@require_POST
def remove(request: CompanyRequest, company: Company, account_id: int) -> HttpResponse:
    """Off the list, unless something belongs to it."""
    try:
        accounts.remove(_account(company, account_id), request)
    except accounts.InUse:
        messages.warning(request, _("Do tego rachunku należą przelewy albo wyciągi, więc zostaje na liście."))
    else:
        messages.success(request, _("Rachunek usunięto z listy."))
    return redirect("payments:accounts", company.pk)
