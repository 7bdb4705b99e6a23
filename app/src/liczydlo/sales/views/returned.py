"""„Listy, które wróciły": which, why, and that a person has read it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.contacts import stopped
from liczydlo.contacts.models import Contractor
from liczydlo.sales.delivery.bounces import telling
from liczydlo.sales.delivery.bounces.tables import BounceMailbox
from liczydlo.sales.delivery.tables import BuyerLetter
from liczydlo.web import times

SHOWN = 200


@member()
@require_safe
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """Those of which nobody has said yet that they know."""
    rows = telling.returned(company)
    context = {
        "letters": [(row, _page(row)) for row in rows[:SHOWN]],
        "stops": [(row, contractors_with(company, row.address)) for row in stopped.in_use(company)[:SHOWN]],
        "may_send": request.membership.role in ISSUERS,
        "is_read": settings.LICZYDLO_IMAP is not None,
        "checked_at": BounceMailbox.objects.filter(name=str(settings.LICZYDLO_IMAP))
        .values_list("checked_at", flat=True)
        .first(),
    }
    return render(request, "sales/returned.html", context)


@member(*ISSUERS)
@require_POST
def notice(_request: CompanyRequest, company: Company, letter_id: int) -> HttpResponse:
    """„Wiem": it is on the list no more; its state stays."""
    letter = get_object_or_404(BuyerLetter.objects.of(company), pk=letter_id)
    rows = BuyerLetter.objects.filter(pk=letter.pk, state=BuyerLetter.State.RETURNED, noticed_at=None)
    rows.update(noticed_at=times.now())
    return redirect("sales:returned_letters", company.pk)


def contractors_with(company: Company, address: str) -> list[Contractor]:
    """Whose address it is."""
    return list(Contractor.objects.of(company).filter(email__iexact=address).order_by("name")[:5])


def _page(letter: BuyerLetter) -> str:
    """Where it can be sent anew."""
    if letter.invoice is not None:
        return letter.invoice.get_absolute_url()
    if letter.about is not None:
        return reverse("payments:interest_note", args=[letter.company_id, letter.about])
    if letter.contractor_id is not None:
        return reverse("sales:statement", args=[letter.company_id, letter.contractor_id])
    return ""
