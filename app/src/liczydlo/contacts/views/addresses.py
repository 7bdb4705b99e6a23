"""Further addresses of a contractor."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.contacts import addresses
from liczydlo.contacts.forms import AddressForm
from liczydlo.contacts.models import Address, Contractor
from liczydlo.contacts.views.contractors import contractor_of


@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: CompanyRequest, company: Company, contractor_id: int) -> HttpResponse:
    """Show the form of one more address of a contractor, and store it."""
    contractor = contractor_of(company, contractor_id)
    form = AddressForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_valid():
        try:
            addresses.add(contractor, form.cleaned_data)
        except Contractor.DoesNotExist as error:
            raise Http404("erased meanwhile") from error
        messages.success(request, _("Adres dodano."))
        return redirect(contractor)
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return render(request, "contacts/address.html", {"form": form, "contractor": contractor}, status=status)


def _address(company: Company, contractor_id: int, address_id: int) -> Address:
    rows = addresses.of(contractor_of(company, contractor_id)).select_related("contractor__company")
    return get_object_or_404(rows, pk=address_id)


@member(*ISSUERS)
@require_POST
def make_default(
    request: CompanyRequest, company: Company, contractor_id: int, address_id: int
) -> HttpResponse:
    """New invoices name the contractor here."""
    address = _address(company, contractor_id, address_id)
    try:
        addresses.make_default(address)
    except Contractor.DoesNotExist as error:
        raise Http404("erased meanwhile") from error
    messages.success(request, _("Domyślny adres zmieniono."))
    return redirect(address.contractor)


@member(*ISSUERS)
@require_POST
def remove(request: CompanyRequest, company: Company, contractor_id: int, address_id: int) -> HttpResponse:
    """Remove an address from a contractor's list; invoices keep theirs."""
    address = _address(company, contractor_id, address_id)
    try:
        addresses.remove(address)
    except Contractor.DoesNotExist as error:
        raise Http404("erased meanwhile") from error
    messages.success(request, _("Adres usunięto."))
    return redirect(address.contractor)
