"""Where a person begins: the company they left off in, and its „Pulpit"."""

from __future__ import annotations

from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from liczydlo.companies.access import CompanyRequest, member
from liczydlo.companies.models import Company, Membership, User
from liczydlo.contacts import stopped
from liczydlo.documents import sums
from liczydlo.documents.filters import lengths
from liczydlo.home.dashboard import overview
from liczydlo.sales.delivery.bounces import telling
from liczydlo.web import disk


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to where the reader left off: their last company, or making the first one."""
    assert isinstance(request.user, User)
    last = request.user.memberships.select_related("company").order_by("-used_at", "-id").first()
    return redirect(last.company.get_absolute_url() if last else "companies:new")


@member()
@require_safe
def dashboard(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Pulpit": what there is, what needs the reader, where to go."""
    with disk.dispensable():
        Membership.objects.filter(pk=request.membership.pk).update(used_at=Now())
    context = {
        "overview": overview(company, with_sums=sums.SUMS_PARAMETER in request.GET),
        "sums": sums.asking(request.GET),
        **lengths(company, returned=telling.returned(company), stopped_addresses=stopped.in_use(company)),
    }
    return render(request, "home/dashboard.html", context)
