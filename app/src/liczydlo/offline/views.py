"""„Dostępność KSeF": what is on, what was announced, what has been, and a total failure entered by hand."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liczydlo.companies.access import OWNERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.offline import services
from liczydlo.offline.forms import EndForm, TotalFailureForm
from liczydlo.offline.models import Outage, rows
from liczydlo.web import times
from liczydlo.web.paging import page


@member()
@require_safe
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """Outages of the company's KSeF: now, announced, past."""
    now = times.now()
    known = rows(company)
    past = page(known.filter(ended_at__lte=now), request.GET)
    groups = (
        (_("Teraz"), [row for row in known if row.is_on(now)]),
        (_("Zapowiedziane"), list(known.filter(started_at__gt=now))),
        (_("Minione"), past.rows),
    )
    return render(
        request,
        "offline/list.html",
        {
            "situation": services.situation(company, now=now),
            "groups": [(name, services.with_deadlines(company, found)) for name, found in groups if found],
            "page": past,
            "is_owner": request.membership.role in OWNERS,
        },
    )


@member(*OWNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def total_failure(request: CompanyRequest, company: Company) -> HttpResponse:
    """Enter a total failure."""
    form = TotalFailureForm(request.POST or None)
    if form.is_bound and form.is_valid():
        services.enter_total_failure(company, request.user, **form.cleaned_data)
        messages.success(request, _("Zapisano awarię całkowitą. Terminy faktur, które czekają, przeliczono."))
        return redirect("offline:list", company.pk)
    status = 422 if form.is_bound else 200
    return render(request, "offline/total_failure.html", {"form": form}, status=status)


@member(*OWNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: CompanyRequest, company: Company, outage_id: int) -> HttpResponse:
    """The end of one that was entered here."""
    row: Outage = get_object_or_404(Outage, pk=outage_id, company=company)
    form = EndForm(request.POST or None, started_at=row.started_at, initial={"ended_at": row.ended_at})
    if form.is_bound and form.is_valid():
        services.end_total_failure(company, row, ended_at=form.cleaned_data["ended_at"])
        messages.success(request, _("Zapisano koniec awarii. Terminy faktur, które czekają, przeliczono."))
        return redirect("offline:list", company.pk)
    status = 422 if form.is_bound else 200
    return render(request, "offline/end.html", {"form": form, "outage": row}, status=status)


@member(*OWNERS)
@require_POST
def take_back(request: CompanyRequest, company: Company, outage_id: int) -> HttpResponse:
    """Remove one that was entered by mistake."""
    row: Outage = get_object_or_404(Outage, pk=outage_id, company=company)
    services.take_back(company, row)
    messages.success(request, _("Usunięto wpisaną awarię. Terminy faktur, które czekają, przeliczono."))
    return redirect("offline:list", company.pk)
