"""„Wczytaj z pliku": a file of contractors or goods, what it would change, and storing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liczydlo.audit.actions import Action
from liczydlo.companies.access import ISSUERS, CompanyRequest, member
from liczydlo.companies.bodies import TABLES, accepts
from liczydlo.companies.models import Company
from liczydlo.contacts.importing import contractor_lines, item_lines, pages, storing
from liczydlo.contacts.importing.fields import LABELS, NAMES, REQUIRED
from liczydlo.contacts.importing.forms import ColumnsForm
from liczydlo.contacts.importing.pages import Door, Options, Reading
from liczydlo.contacts.importing.plan import Line, Plan
from liczydlo.contacts.models import ImportKind, Upload
from liczydlo.spreadsheets.columns import Columns
from liczydlo.spreadsheets.model import Table

_PAGES: Final = {
    "preview": "contacts:import",
    "columns": "contacts:import_columns",
    "store": "contacts:store_import",
    "discard": "contacts:discard_import",
}


class _Contacts(Door):
    """What both lists have in common."""

    action = Action.CONTACTS_IMPORTED

    def is_ready(self, columns: Columns) -> bool:
        return REQUIRED in columns.places

    def form(self, reading: Reading, data: Mapping[str, Any] | None = None) -> ColumnsForm:
        return ColumnsForm(self.labels, reading.table, reading.columns, data, required=(REQUIRED,))


class ContractorsDoor(_Contacts):
    """Contractors."""

    kind = ImportKind.CONTRACTORS
    labels, names = LABELS[kind], NAMES[kind]
    urls: ClassVar[Mapping[str, str]] = {
        **_PAGES,
        "list": "contacts:contractors",
        "form": "contacts:import_contractors",
    }

    def plan(self, upload: Upload, table: Table, columns: Columns, options: Options) -> Plan:  # noqa: ARG002 - none here
        return contractor_lines.plan(upload.company, table, columns)

    def store(self, company: Company, plan: Plan) -> None:
        storing.contractors_of(company, plan)

    def facts(self, line: Line) -> Sequence[tuple[str, str]]:
        return contractor_lines.facts(line.values or {})


class ItemsDoor(_Contacts):
    """Goods and services."""

    kind = ImportKind.ITEMS
    labels, names = LABELS[kind], NAMES[kind]
    urls: ClassVar[Mapping[str, str]] = {
        **_PAGES,
        "list": "contacts:items",
        "form": "contacts:import_items",
    }

    def plan(self, upload: Upload, table: Table, columns: Columns, options: Options) -> Plan:  # noqa: ARG002 - none here
        return item_lines.plan(upload.company, table, columns)

    def store(self, company: Company, plan: Plan) -> None:
        storing.items_of(company, plan)

    def facts(self, line: Line) -> Sequence[tuple[str, str]]:
        return item_lines.facts(line.values or {})


DOORS: Final[pages.Doors] = {
    ImportKind.CONTRACTORS: ContractorsDoor(),
    ImportKind.ITEMS: ItemsDoor(),
}


@accepts(TABLES)
@member(*ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: CompanyRequest, company: Company, kind: str) -> HttpResponse:
    """The form that takes a file."""
    return pages.upload(request, company, DOORS[ImportKind(kind)])


@member(*ISSUERS)
@require_safe
def preview(request: CompanyRequest, company: Company, upload_id: int) -> HttpResponse:
    """What the file would change, line by line."""
    return pages.preview(request, company, upload_id, DOORS)


@member(*ISSUERS)
@require_POST
def choose(request: CompanyRequest, company: Company, upload_id: int) -> HttpResponse:
    """Which column is which."""
    return pages.choose(request, company, upload_id, DOORS)


@member(*ISSUERS)
@require_POST
def store(request: CompanyRequest, company: Company, upload_id: int) -> HttpResponse:
    """Store what the page showed."""
    return pages.store(request, company, upload_id, DOORS)


@member(*ISSUERS)
@require_POST
def discard(request: CompanyRequest, company: Company, upload_id: int) -> HttpResponse:
    """Forget the file."""
    return pages.discard(request, company, upload_id, DOORS)
