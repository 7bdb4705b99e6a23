"""What a page of the editor shows of sums while lines are typed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from liczydlo.fa3 import money
from liczydlo.sales import composing, sections
from liczydlo.sales.editing import split
from liczydlo.sales.editing.sale import Sale
from liczydlo.sales.forms import HeadForm
from liczydlo.sales.sections import settlement


def totals(edited: Sale, form: HeadForm, lines: Any) -> dict[str, Any]:
    """Context of ``sales/parts/totals.html``: sums, what is to be paid, whether the law asks for split payment."""
    rows = composing.filled(lines)
    sums = edited.totals(form, rows)
    amount, beside = edited.amount(sums), sections.typed_in(form, "settlement")
    return {
        "totals": sums if amount is None else replace(sums, due=settlement.amount_due(amount, beside)),
        "split_due": split.is_due(form, rows, amount or money.ZERO, sums.currency),
    }


def values(edited: Sale, lines: Any) -> dict[int, Decimal | None]:
    """The value of each line by its place; None of one that is not finished."""
    return {
        place: None if line is None else edited.worth(line)
        for place, line in enumerate(composing.cleaned_lines(lines))
    }


def answer(edited: Sale, form: HeadForm, lines: Any) -> dict[str, Any]:
    """What a page shows of the sums: ``totals``, and the ``values`` of the lines."""
    return {**totals(edited, form, lines), "values": values(edited, lines)}
