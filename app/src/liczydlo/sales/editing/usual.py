"""What was usual in the newest invoice to a contractor: the rate of its lines and the basis of an exemption.

A person sees both in the form and changes them there; the contractor's own terms are in ``picking``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from liczydlo.companies.models import Company
from liczydlo.contacts import trade
from liczydlo.contacts.models import Contractor
from liczydlo.documents.models import Direction
from liczydlo.fa3.read import read
from liczydlo.fa3.reverse import reverse
from liczydlo.fa3.totals import RATES
from liczydlo.sales import composing, line_values, vat_values
from liczydlo.sales.editing.picking import Picker
from liczydlo.sales.editing.sale import Sale
from liczydlo.sales.line_forms import LineForm

KINDS: Final = ("VAT", "UPR")
"""Kinds of invoices that are looked at: lines of an order or of a correction are another matter."""
NEW_LINE: Final = {name: str(LineForm.base_fields[name].initial) for name in ("quantity", "unit", "rate")}
"""What a line says before anybody has typed in it."""


@dataclass(frozen=True, kw_only=True)
class Usual:
    """``rate`` is the choice of a line, empty where the lines had several; ``fields`` are those of the exemption."""

    rate: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


NOTHING: Final = Usual()


def look(edited: Sale, picker: Picker) -> Usual:
    """What was usual with the picked buyer; what a supplier's invoices say is his."""
    return NOTHING if edited.is_self_billed else with_contractor(edited.company, picker.picked)


def with_contractor(company: Company, contractor: Contractor | None) -> Usual:
    """What the newest invoice says that this program or another one has issued to him; nothing for a new one."""
    if contractor is None:
        return NOTHING
    issued = trade.invoices(company, contractor, Direction.SALE).select_related("document")
    newest = issued.filter(kind__in=KINDS, document__isnull=False, rejected=False).first()
    if newest is None:
        return NOTHING
    try:
        draft, _ = reverse(read(newest.xml))
    except ValueError:
        return NOTHING  # another program's, which a draft cannot hold
    rates = {line_values.rate_name(line) for line in draft.lines}
    vat_fields = vat_values.initial(draft)
    fields = (
        {name: vat_fields[name] for name in ("exemption", "exemption_basis")} if draft.marks.exemption else {}
    )
    rate = rates.pop() if len(rates) == 1 else ""
    return Usual(rate=rate if rate in RATES else "", fields=fields)


def fields(usual: Usual, shown: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that it fills beside the lines; what a person has written there already stays."""
    return {} if shown.get("exemption") else dict(usual.fields)


def first_line(usual: Usual) -> dict[str, Any]:
    """The lines of a new form, under their name among its fields; nothing where they begin as always."""
    return {composing.LINES: [{**NEW_LINE, "rate": usual.rate}]} if usual.rate else {}


def fill_rows(usual: Usual, rows: list[dict[str, Any]]) -> None:
    """Give the usual rate to lines in which nobody has typed anything."""
    for row in rows if usual.rate else ():
        if not row.get("name") and not row.get("price") and row.get("rate") == NEW_LINE["rate"]:
            row["rate"] = usual.rate
