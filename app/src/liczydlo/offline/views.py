"""„Dostępność KSeF": what is on, what was announced, what has been, and a total failure entered by hand."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liczydlo.companies.access import OWNERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.offline import services
from liczydlo.offline.forms import TotalFailureForm
from liczydlo.offline.models import Outage, rows
from liczydlo.web import times
from liczydlo.web.paging import page


@member()
@require_safe
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """Outages of the company's KSeF: now, announced, past."""
    now = times.now()
    recorded = rows(company)
    past = page(recorded.filter(ended_at__lte=now), request.GET)
    groups = (
        (_("Teraz"), [row for row in recorded if row.is_on(now)]),
        (_("Zapowiedziane"), list(recorded.filter(started_at__gt=now))),
        (_("Minione"), past.rows),
    )
    return render(
        request,
        "offline/list.html",
        {
            "situation": services.situation(company, now=now),
            "groups": [
                (name, services.with_deadlines(company, outages)) for name, outages in groups if outages
            ],
            "page": past,
            "is_owner": request.membership.role in OWNERS,
            "is_operator": request.user.is_superuser,
        },
    )


@member()
@require_http_methods(["GET", "HEAD", "POST"])
def total_failure(request: CompanyRequest, company: Company) -> HttpResponse:
    """Enter a total failure: an owner for the company, the operator for all of them."""
    is_owner = request.membership.role in OWNERS
    if not (is_owner or request.user.is_superuser):
        raise PermissionDenied("neither an owner nor the operator")
    form = TotalFailureForm(request.POST or None, for_all=request.user.is_superuser, for_one=is_owner)
    if form.is_bound and form.is_valid():
        services.enter_total_failure(company, request.user, **form.cleaned_data)
        messages.success(request, _("Zapisano awarię całkowitą. Terminy faktur, które czekają, przeliczono."))
        return redirect("offline:list", company.pk)
    status = 422 if form.is_bound else 200
    return render(request, "offline/total_failure.html", {"form": form}, status=status)


def _entered(request: CompanyRequest, company: Company, outage_id: int) -> Outage:
    """One that was entered by hand, for whoever may change it. Raises Http404, PermissionDenied."""
    row: Outage = get_object_or_404(rows(company), pk=outage_id)
    if not row.by_hand:
        raise Http404("Latarnia's")
    is_owner = request.membership.role in OWNERS
    if not services.may_change(row, request.user, company, is_owner=is_owner):
        raise PermissionDenied("neither an owner nor the operator")
    return row


@member()
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: CompanyRequest, company: Company, outage_id: int) -> HttpResponse:
    """The end of one that was entered here, or a correction."""
    row = _entered(request, company, outage_id)
    initial = {"started_at": row.started_at, "ended_at": row.ended_at, "title": row.title}
    form = TotalFailureForm(request.POST or None, for_all=False, for_one=True, initial=initial)
    if form.is_bound and form.is_valid():
        services.correct_total_failure(row, **form.cleaned_data)
        messages.success(request, _("Zapisano poprawkę. Terminy faktur, które czekają, przeliczono."))
        return redirect("offline:list", company.pk)
    status = 422 if form.is_bound else 200
    return render(request, "offline/total_failure.html", {"form": form, "outage": row}, status=status)


@member()
@require_POST
def take_back(request: CompanyRequest, company: Company, outage_id: int) -> HttpResponse:
    """Remove one that was entered by mistake."""
    services.take_back(_entered(request, company, outage_id))
    messages.success(request, _("Usunięto wpisaną awarię. Terminy faktur, które czekają, przeliczono."))
    return redirect("offline:list", company.pk)
