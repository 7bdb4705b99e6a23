"""„JPK_FA": the file that a tax office may ask for (art. 193a of the Tax Ordinance)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liczydlo.audit.actions import Action
from liczydlo.audit.services import log
from liczydlo.books import jpk_fa
from liczydlo.books.forms import PeriodForm, month_before
from liczydlo.books.models import of
from liczydlo.companies.access import BOOKKEEPERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.web import times
from liczydlo.web.files import file_name
from liczydlo.web.zips import as_archive


@member(*BOOKKEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: CompanyRequest, company: Company) -> HttpResponseBase:
    """The period; by POST the archive, which is made while it is sent."""
    taxpayer = of(company)
    missing = taxpayer.missing()
    form = PeriodForm(request.POST or None, initial=month_before(times.today()))
    if request.method == "POST":
        if missing:
            messages.warning(request, _("Najpierw uzupełnij dane, które plik podaje o firmie."))
            return redirect("books:taxpayer", company.pk)
        if form.is_valid() and _is_complete(form, company):
            period = jpk_fa.Period(**form.cleaned_data)
            now = times.now()
            archive = jpk_fa.files(company, taxpayer, period, created=now)
            log(
                company,
                Action.JPK_FA_MADE,
                request=request,
                period=f"{period.first} – {period.last}",
                invoices=str(jpk_fa.entries(company, period).count()),
            )
            name = file_name("JPK_FA", company.nip, f"{period.first}-{period.last}", ending=".zip")
            return as_archive(archive, name, moment=timezone.localtime(now))
    return render(request, "books/jpk_fa.html", {"form": form, "missing": missing, "taxpayer": taxpayer})


def _is_complete(form: PeriodForm, company: Company) -> bool:
    """Whether the period has invoices, and not too many; if not, the form says so."""
    number = jpk_fa.entries(company, jpk_fa.Period(**form.cleaned_data)).count()
    if not number:
        form.add_error(None, _("W tym okresie nie ma faktur sprzedaży. Wybierz inny."))
    elif number > jpk_fa.MOST:
        text = _("Jeden plik mieści najwyżej %(most)d faktur, a w tym okresie jest ich %(n)d. Podziel okres.")
        form.add_error(None, text % {"most": jpk_fa.MOST, "n": number})
    return not form.errors
