"""„Faktury z arkusza": a table of invoices or of a shop's orders, what it means, and storing it as drafts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from liczydlo.audit.actions import Action
from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.models import Company
from liczydlo.contacts.importing import pages, uploads
from liczydlo.contacts.importing.forms import ColumnsForm
from liczydlo.contacts.importing.pages import Door, Options, Reading
from liczydlo.contacts.importing.plan import Line, Outcome, Plan, Progress
from liczydlo.contacts.models import ImportKind, Upload
from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.sales import composing
from liczydlo.sales.importing import planning, reported, reports, shops, storing
from liczydlo.sales.importing.fields import LABELS, NAMES, PRICES
from liczydlo.sales.importing.forms import InvoiceColumnsForm
from liczydlo.sales.importing.planning import InvoiceLine
from liczydlo.sales.importing.reported import ReportedPlan
from liczydlo.spreadsheets.columns import Columns, plain
from liczydlo.spreadsheets.model import Table
from liczydlo.web.fields import amount_text
from liczydlo.web.templatetags.liczydlo import data, zl

SHOWN: Final = 10
"""Lines of an invoice that the page shows."""


class InvoicesDoor(Door):
    """Invoices of sales, a line or more in a row."""

    kind = ImportKind.INVOICES
    urls: ClassVar[Mapping[str, str]] = {
        **pages.names("sales"),
        "list": "sales:list",
        "form": "sales:import_invoices",
    }
    action = Action.INVOICES_IMPORTED
    labels, names = LABELS, NAMES
    most_rows = planning.MOST_ROWS
    stored_query = "?stan=draft"
    file_template = "sales/import_file.html"
    preview_template = "sales/import_preview.html"
    progress_template = "sales/import_progress.html"
    states: ClassVar[Mapping[str, str | Promise]] = {
        Outcome.REFUSED: gettext_lazy("Odrzucone"),
        Outcome.NEW: gettext_lazy("Do zapisania"),
        Outcome.SAME: gettext_lazy("Pominięte"),
    }
    words: ClassVar[Mapping[str, str | Promise]] = {
        "left": gettext_lazy(
            "Niczego nie zapisano. Popraw odrzucone faktury w pliku albo zaznacz, że mają być pominięte."
        ),
        "outrun": gettext_lazy(
            "Lista faktur zmieniła się w międzyczasie, więc niczego nie zapisano. Poniżej jest, co plik dałby teraz:"
            " sprawdź to i zapisz jeszcze raz."
        ),
        "stored": gettext_lazy(
            "Zapisano szkice z arkusza: %(new)d, odrzucone: %(refused)d, pominięte: %(same)d. Sprawdź je i wyślij."
        ),
        "discarded": gettext_lazy("Plik odrzucono. Nie powstała żadna faktura."),
    }

    def recognise(self, table: Table) -> Columns:
        """As Door; a shop's export by its own names."""
        known = shops.recognise(table)
        return known[1] if known is not None else super().recognise(table)

    def is_ready(self, columns: Columns) -> bool:
        return "name" in columns.places and any(name in columns.places for name in PRICES)

    def plan(
        self,
        upload: Upload,
        table: Table,  # noqa: ARG002 - the report reads it
        columns: Columns,
        options: Options,
    ) -> Plan | Progress:
        """As Door: what the file's report says, or how far it has come."""
        report = reports.of(upload, columns, options)
        return reported.plan(report) if report.is_finished else reports.progress(report)

    def store(self, company: Company, plan: Plan) -> None:  # noqa: ARG002 - the report knows its own
        if isinstance(plan, ReportedPlan):
            storing.store(plan.report)

    def forget(self, upload: Upload) -> None:
        reports.forget(upload)

    def facts(self, line: Line) -> Sequence[tuple[str, str]]:
        if not isinstance(line, InvoiceLine) or line.draft is None or line.entry is None:
            return ()
        draft, currency = line.draft, line.draft.currency
        return (
            (_("Razem brutto"), zl(line.entry["gross"], currency)),
            (_("Wystawiona"), data(draft.issue_date)),
            *(((_("Sprzedaż"), data(draft.sale_date)),) if draft.sale_date is not None else ()),
            *(((_("Zamówienie"), line.order),) if line.order else ()),
            *_lines(draft),
        )

    def form(self, reading: Reading, data: Mapping[str, Any] | None = None) -> ColumnsForm:
        return InvoiceColumnsForm(reading.table, reading.columns, reading.options, data)

    def context(self, reading: Reading) -> Mapping[str, object]:
        """The shop, and names that several columns have."""
        header = reading.columns.header
        counted = Counter(name for cell in header.cells if (name := plain(cell)))
        used = {plain(header.cell(at)) for at in reading.columns.places.values()}
        return {
            "shop": shops.shop_of(header),
            "repeated": [
                cell.strip()[:40]
                for at, cell in enumerate(header.cells)
                if counted[name := plain(cell)] > 1
                and name in used
                and name not in {plain(other) for other in header.cells[:at]}
            ],
            "nothing_known": not shops.shop_of(header) and not super().recognise(reading.table).places,
        }


def _lines(draft: InvoiceDraft) -> list[tuple[str, str]]:
    rows = [
        (
            str(number),
            _("%(name)s, %(quantity)s %(unit)s, %(worth)s, VAT %(rate)s")
            % {
                "name": line.name or "",
                "quantity": amount_text(line.quantity),
                "unit": line.unit or "",
                "worth": zl(composing.worth(line), draft.currency),
                "rate": f"{line.rate}%" if (line.rate or "").isdigit() else line.rate or "—",
            },
        )
        for number, line in enumerate(draft.lines[:SHOWN], start=1)
    ]
    if (more := len(draft.lines) - SHOWN) > 0:
        rows.append(("…", _("i jeszcze %(more)d") % {"more": more}))
    return rows


DOORS: Final[pages.Doors] = {ImportKind.INVOICES: InvoicesDoor()}


@member(*ISSUERS)
@require_safe
def progress(request: CompanyRequest, company: Company, upload_id: int) -> HttpResponse:
    """How far the file has been checked, as a part of its page; the whole page where there is more to say."""
    upload = uploads.of(company, ImportKind.INVOICES).filter(pk=upload_id).defer("content").first()
    report = reports.current(upload) if upload is not None else None
    if upload is None or report is None or report.is_finished:
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Refresh": "true"})
    values = {"upload": upload, "progress": reports.progress(report), "urls": InvoicesDoor.urls}
    return render(request, "sales/parts/import_progress.html", values)
