"""Recipients of a contractor: units, group members, other places that his invoices are for."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.contacts.forms import RecipientForm
from liczydlo.contacts.models import Contractor, Recipient
from liczydlo.contacts.views.contractors import contractor_of


@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: CompanyRequest, company: Company, contractor_id: int) -> HttpResponse:
    """Show the form of one more recipient (Odbiorca) of a contractor's invoices, and store it."""
    contractor = contractor_of(company, contractor_id)
    form = RecipientForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_valid():
        with transaction.atomic():  # or he could be erased between the look and the row
            rows = Contractor.objects.of(company).select_for_update(no_key=True)
            get_object_or_404(rows, pk=contractor.pk)
            Recipient.objects.create(company=company, contractor=contractor, **form.cleaned_data)
        messages.success(request, _("Odbiorcę dodano."))
        return redirect(contractor)
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return render(request, "contacts/recipient.html", {"form": form, "contractor": contractor}, status=status)


@member(*ISSUERS)
@require_POST
def remove(request: CompanyRequest, company: Company, contractor_id: int, recipient_id: int) -> HttpResponse:
    """Off the contractor's list."""
    contractor = contractor_of(company, contractor_id)
    rows = Recipient.objects.of(company).filter(contractor=contractor)
    get_object_or_404(rows, pk=recipient_id).delete()
    messages.success(request, _("Odbiorcę usunięto."))
    return redirect(contractor)
