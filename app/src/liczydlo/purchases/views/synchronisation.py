"""„Synchronizacja": how complete every role is, what KSeF's limits leave, months compared, how far back to go."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.purchases import months, synchronisation
from liczydlo.purchases.models import BEGINNING
from liczydlo.purchases.synchronisation import ROLES
from liczydlo.purchases.views.fetching import state_of
from liczydlo.web import times

MONTHS_SHOWN = 48  # rows: a year of four roles


class Since(forms.Form):
    """How far back to go."""

    day = forms.DateField(
        label=gettext_lazy("Od dnia"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Nie wcześniej niż 1 lutego 2026: wtedy zaczął działać KSeF 2.0."),
    )

    def clean_day(self) -> dt.date:
        """A day of KSeF 2.0 that has come."""
        day: dt.date = self.cleaned_data["day"]
        if not timezone.localdate(BEGINNING) <= day <= times.today():
            raise forms.ValidationError(_("Podaj dzień od 1 lutego 2026 do dzisiaj."))
        return day


class Month(forms.Form):
    """A month of a role."""

    role = forms.ChoiceField(choices=[(subject, subject) for subject in ROLES])
    month = forms.DateField()


@member()
@require_safe
def page(request: CompanyRequest, company: Company) -> HttpResponse:
    """The page; the form begins with what is so now."""
    return _page(request, company, None)


def _page(request: CompanyRequest, company: Company, form: Since | None, status: int = 200) -> HttpResponse:
    state = synchronisation.state_of(company, now=times.now())
    first = min(role.since for role in state.roles)
    context: dict[str, Any] = {
        "state": state,
        "form": form or Since(initial={"day": timezone.localdate(first)}),
        "months": [
            (one, ROLES[one.subject])
            for one in months.checks(company).exclude(checked_at=None, requested_at=None)[:MONTHS_SHOWN]
        ],
        "days": list(months.months(first, times.now())),
        "roles": ROLES,
        "may_fetch": request.membership.role in ISSUERS,
        **state_of(company),
    }
    return render(request, "purchases/synchronisation.html", context, status=status)


@member(*ISSUERS)
@require_POST
def since(request: CompanyRequest, company: Company) -> HttpResponse:
    """Go back as far as asked."""
    form = Since(request.POST)
    if not form.is_valid():
        return _page(request, company, form, status=422)
    day: dt.date = form.cleaned_data["day"]
    synchronisation.look_back_to(
        company, dt.datetime.combine(day, dt.time(), timezone.get_default_timezone())
    )
    messages.success(request, _("Program sprowadzi dokumenty od tego dnia, zaczynając od najnowszych."))
    return redirect("purchases:synchronisation", company.pk)


@member(*ISSUERS)
@require_POST
def month(request: CompanyRequest, company: Company) -> HttpResponse:
    """Compare a month with KSeF once more."""
    form = Month(request.POST)
    if form.is_valid() and months.request(
        company, form.cleaned_data["role"], form.cleaned_data["month"], now=times.now()
    ):
        messages.success(request, _("Miesiąc zostanie porównany z KSeF. Wynik pojawi się na tej stronie."))
    else:
        messages.error(request, _("Tego miesiąca nie da się porównać: wybierz miesiąc z listy."))
    return redirect("purchases:synchronisation", company.pk)
