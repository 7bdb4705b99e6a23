"""The kinds of files with contacts: contractors, and goods and services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from liczydlo.audit.actions import Action
from liczydlo.companies.models import Company
from liczydlo.contacts.importing import contractor_lines, item_lines, pages, storing
from liczydlo.contacts.importing.fields import LABELS, NAMES, REQUIRED
from liczydlo.contacts.importing.forms import ColumnsForm
from liczydlo.contacts.importing.pages import Door, Options, Reading
from liczydlo.contacts.importing.plan import Line, Plan
from liczydlo.contacts.models import ImportKind, Upload
from liczydlo.spreadsheets.columns import Columns
from liczydlo.spreadsheets.model import Table


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
        **pages.names("contacts"),
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
        **pages.names("contacts"),
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
