"""„Pobierz z KSeF", how it goes, and what was set aside."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.purchases import services, set_aside
from liczydlo.purchases.models import BUYER, Checkpoint, SetAside
from liczydlo.web import times


@member()
@require_safe
def progress(request: CompanyRequest, company: Company) -> HttpResponse:
    """How the bringing-in stands, for htmx; when it is over, the page is loaded anew to show what came."""
    state = state_of(company)
    response = render(request, "purchases/parts/progress.html", state)
    if not state["is_fetching"]:
        response["HX-Refresh"] = "true"
    return response


def state_of(company: Company) -> dict[str, Any]:
    """What the list shows of the bringing-in: whether it runs, why not, when next, what was set aside."""
    job = services.job(company)
    checkpoint = Checkpoint.objects.of(company).filter(environment=company.environment, subject=BUYER).first()
    due_at, reason = (job.due_at, job.reason) if job is not None else (None, None)
    return {
        "is_fetching": due_at is not None and reason is None and due_at <= times.now(),
        "hindrance": reason if due_at is not None else None,
        "next_run": due_at,
        "set_aside": set_aside.undecided(company),
        "looked_at": checkpoint.looked_at if checkpoint else None,
    }


@member(*ISSUERS)
@require_POST
def fetch(_request: CompanyRequest, company: Company) -> HttpResponse:
    """„Pobierz z KSeF": the job is due at once, with what was set aside, and the list shows how it goes."""
    set_aside.try_now(company, now=times.now())
    services.request(company)
    return redirect("purchases:list", company.pk)


@member(*ISSUERS)
@require_POST
def dismiss(request: CompanyRequest, company: Company, row_id: int) -> HttpResponse:
    """Do without a document that was set aside."""
    row: SetAside = get_object_or_404(SetAside.objects.of(company), pk=row_id)
    set_aside.dismiss(row, by=request.user, now=times.now())
    messages.success(
        request, _("Dokument %(number)s nie będzie już pobierany.") % {"number": row.ksef_number}
    )
    return redirect("purchases:list", company.pk)
