"""„Numeracja" under „Dane i ustawienia": the patterns of numbers, with the next one of each."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from liczydlo.companies.access import BOOKKEEPERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.sales import numbering
from liczydlo.sales.number_forms import NumbersForm
from liczydlo.sales.number_patterns import SERIES, NumberPatterns, row_of
from liczydlo.sales.patterns import Pattern
from liczydlo.web import times


@member(*BOOKKEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: CompanyRequest, company: Company) -> HttpResponse:
    """The patterns; only what a person changed is stored."""
    if request.method != "POST":
        row = row_of(company)
        form = NumbersForm(instance=row)
        labels = [(form.fields[name].label, Pattern(getattr(row, name) or row.sales)) for name in SERIES]
        return _page(request, company, form, [(str(label), pattern) for label, pattern in labels])
    row, _made = NumberPatterns.objects.get_or_create(company=company)
    form = NumbersForm(request.POST, instance=row)
    valid = form.is_valid()
    if not valid or "look" in request.POST:
        return _page(request, company, form, form.good(), status=200 if valid else 422)
    if not form.save_changes():
        messages.error(
            request,
            _(
                "W tym czasie ktoś zmienił te same dane, więc nic nie zapisano. Sprawdź je i zapisz jeszcze raz."
            ),
        )
        fresh_form = form.over(row_of(company))
        fresh_form.is_valid()
        return _page(request, company, fresh_form, fresh_form.good(), status=409)
    messages.success(request, _("Numeracja została zapisana."))
    return redirect("sales:numbering", company.pk)


@member(*BOOKKEEPERS)
@require_POST
def examples(request: CompanyRequest, company: Company) -> HttpResponse:
    """The next numbers by what is typed so far, for htmx."""
    form = NumbersForm(request.POST, instance=row_of(company))
    form.is_valid()
    context = {"examples": _examples(company, form.good()), "typed": form}
    return render(request, "sales/parts/number_examples.html", context)


def _examples(company: Company, patterns: Sequence[tuple[str, Pattern]]) -> list[tuple[str, str]]:
    today = times.today()
    return [(label, numbering.next_of(company, today, pattern)) for label, pattern in patterns]


def _page(
    request: CompanyRequest,
    company: Company,
    form: NumbersForm,
    patterns: Sequence[tuple[str, Pattern]],
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "examples": _examples(company, patterns)}
    return render(request, "sales/numbering.html", context, status=status)
