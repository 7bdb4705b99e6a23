"""The page of ZAW-FA: where the company is, what to do now, what comes next."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import OWNERS, CompanyRequest, member
from liczydlo.companies.models import Company, Kind
from liczydlo.connection import clients, zawfa
from liczydlo.connection.forms.zawfa import AcceptedForm, FiledForm
from liczydlo.connection.models import Purpose, ZawFa, ZawFaState
from liczydlo.connection.permissions import own
from liczydlo.web import times


@member()
@require_safe
def page(request: CompanyRequest, company: Company) -> HttpResponse:
    """All steps, with the form of the present one."""
    row = zawfa.current(company) if company.kind == Kind.COMPANY else None
    if row is None:
        return redirect("connection:authentication", company.pk)
    return _response(request, company, row, None)


@member(*OWNERS)
@require_POST
def step(request: CompanyRequest, company: Company, step: str) -> HttpResponse:
    """Take the step of ZAW-FA that the pressed button names."""
    if company.kind != Kind.COMPANY:
        raise Http404("ZAW-FA is a company's")
    if step == "nie-mamy-pieczeci":
        zawfa.begin(company, request=request)
        return redirect("connection:zawfa", company.pk)
    row = zawfa.current(company)
    if row is None:
        raise Http404("no ZAW-FA is under way")
    if step == "mamy-pieczec":
        zawfa.forget(company)
        return redirect("connection:authentication", company.pk)
    try:
        form = _step(request, row, step)
    except zawfa.MovedOn:
        messages.warning(request, _("Ktoś w międzyczasie zrobił kolejny krok. Sprawdź, jak jest teraz."))
        return redirect("connection:zawfa", company.pk)
    if form is not None and form.errors:
        return _response(request, company, row, form)
    return redirect("connection:zawfa", company.pk)


def _step(request: CompanyRequest, row: ZawFa, step: str) -> forms.Form | None:
    """Take the step, if it is the row's next one; the form that it needs. Raises MovedOn."""
    form: forms.Form | None = None
    if step == "zlozone" and row.state == ZawFaState.TO_FILE:
        form = FiledForm(request.POST)
        if form.is_valid():
            zawfa.filed(row, form.cleaned_data["person"], form.cleaned_data["day"], request=request)
    elif step == "przyjete" and row.state == ZawFaState.FILED:
        form = AcceptedForm(request.POST, filed_on=row.filed_on)
        if form.is_valid():
            zawfa.accepted(row, form.cleaned_data["day"], request=request)
    elif step == "wstecz" and row.state != ZawFaState.TO_FILE:
        zawfa.back(row)
    return form


def _response(request: CompanyRequest, company: Company, row: ZawFa, form: forms.Form | None) -> HttpResponse:
    today = times.today()
    if form is None and row.state == ZawFaState.TO_FILE:
        form = FiledForm(initial={"person": row.person, "day": row.filed_on or today})
    elif form is None and row.state == ZawFaState.FILED:
        form = AcceptedForm(filed_on=row.filed_on, initial={"day": today})
    values = {
        "here": "way-in",
        "row": row,
        "form": form,
        "where": clients.environment(company),
        "may_change": request.membership.role in OWNERS,
        "connected": clients.certificate(company, Purpose.AUTHENTICATION) is not None,
        "settled": own.is_settled(company),
        "blocked_by": own.blocked_by(company),
    }
    return render(
        request, "connection/zawfa/page.html", values, status=422 if form is not None and form.errors else 200
    )
