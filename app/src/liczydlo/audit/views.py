"""„Dziennik" under „Dane i ustawienia": what was done, by whom, when, from where."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liczydlo.audit import services
from liczydlo.audit.filters import narrowed
from liczydlo.audit.models import Entry
from liczydlo.audit.wording import details_of
from liczydlo.companies.access import BOOKKEEPERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.web import times
from liczydlo.web.paging import page


@member(*BOOKKEEPERS)
@require_safe
def listing(request: CompanyRequest, company: Company) -> HttpResponse:
    """The entries, the latest first."""
    form, rows = narrowed(company, request.GET)
    shown = page(rows, request.GET)
    return render(
        request,
        "audit/list.html",
        {
            "form": form,
            "page": shown,
            "entries": [(entry, details_of(entry)) for entry in shown.rows],
            "filtered": any(request.GET.get(name) for name in form.fields),
            "query": request.GET.urlencode(),
        },
    )


@member(*BOOKKEEPERS)
@require_POST
def check(request: CompanyRequest, company: Company) -> HttpResponse:
    """„Sprawdź dziennik": the whole chain, computed anew."""
    result = services.check(company)
    if result.is_whole:
        text = _("Dziennik jest nienaruszony. Sprawdzono wpisów: %(count)d; skrót ostatniego: %(digest)s")
        messages.success(request, text % {"count": result.length, "digest": result.digest[:16]})
    else:
        text = _(
            "Dziennik został zmieniony poza programem: wpis nr %(number)d nie zgadza się z poprzednimi. Zachowaj kopię"
            " bazy danych i porównaj ją z kopią zapasową."
        )
        messages.error(request, text % {"number": result.broken_at})
    return redirect("audit:list", company.pk)


class _Line:
    """A file for ``csv.writer`` that hands back what is written."""

    def write(self, line: str) -> str:
        return line


@member(*BOOKKEEPERS)
@require_safe
def download(request: CompanyRequest, company: Company) -> StreamingHttpResponse:
    """The filtered entries as CSV for a Polish spreadsheet, oldest first, with the hashes that prove them."""
    _form, rows = narrowed(company, request.GET)
    response = StreamingHttpResponse(
        _lines(rows.order_by("number").iterator(chunk_size=2000)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = (
        f'attachment; filename="dziennik-{company.nip}-{times.today():%Y-%m-%d}.csv"'
    )
    return response


def _lines(entries: Iterable[Entry]) -> Iterator[str]:
    writer = csv.writer(_Line(), delimiter=";")
    yield "\ufeff"  # or a spreadsheet takes UTF-8 for something older
    head = [_("Numer"), _("Kiedy"), _("Zdarzenie"), _("Kto"), _("Skąd"), _("Środowisko")]
    yield _row(
        writer, [*head, _("Numer referencyjny KSeF"), _("Szczegóły"), _("Poprzedni skrót"), _("Skrót")]
    )
    for entry in entries:
        yield _row(
            writer,
            [
                str(entry.number),
                timezone.localtime(entry.at).isoformat(timespec="seconds"),
                entry.label,
                entry.who or _("Program"),
                entry.address,
                entry.environment,
                entry.reference,
                "; ".join(f"{name}: {value}" for name, value in details_of(entry)),
                entry.previous,
                entry.digest,
            ],
        )


def _row(writer: object, cells: list[str]) -> str:
    """One line; a cell that a spreadsheet would take for a formula is made a text."""
    safe = [f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell for cell in cells]
    return str(writer.writerow(safe))  # type: ignore[attr-defined]  # what _Line hands back
