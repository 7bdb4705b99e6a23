"""The sums of a draft whose lines were changed: worked out anew, whatever was stated before.

What a settlement takes off stays as it was, rate by rate; an advance is divided anew over the rates of its order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import get_args

from liczydlo.fa3 import money, totals
from liczydlo.fa3.build import amounts, vat
from liczydlo.fa3.build import lines as rows_of
from liczydlo.fa3.draft import Group, InvoiceDraft, Line, Settlement, Sum


def is_of_order(draft: InvoiceDraft) -> bool:
    """Whether the lines that a draft has are those of an order."""
    return draft.order is not None and not draft.lines


def lines_of(draft: InvoiceDraft) -> tuple[Line, ...]:
    """The lines that the form shows."""
    return draft.order.lines if draft.order is not None and not draft.lines else draft.lines


def with_lines(draft: InvoiceDraft, lines: tuple[Line, ...]) -> InvoiceDraft:
    """The draft with other lines; its sums are those that it had. Numbers that were stated go where lines were added or
    removed, for they would be another line's."""
    if lines == lines_of(draft):
        return draft
    if [line.number for line in lines] != [line.number for line in lines_of(draft)]:
        lines = tuple(replace(line, number=None) for line in lines)
    if is_of_order(draft) and draft.order is not None:
        return replace(draft, order=replace(draft.order, lines=lines, value=None))
    return replace(draft, lines=lines)


def amount_due(draft: InvoiceDraft) -> Decimal | None:
    """P_15 as the draft says it; None where it cannot be worked out."""
    try:
        return amounts(draft, rows_of.rows(draft)).get("p_15")
    except ValueError:
        return None


def recounted(draft: InvoiceDraft, changed: InvoiceDraft) -> InvoiceDraft:
    """``changed`` with its sums worked out anew where what they come from differs from ``draft``, those of charges and
    deductions too. Sums without any line stay.

    Raises ValueError where they cannot be: an advance above its order, lines without a value.
    """
    same = _basis(draft) == _basis(changed)
    if not same or _settlement_without_sums(draft) != _settlement_without_sums(changed):
        changed = unsettled(changed)
    if same or not (lines_of(draft) or lines_of(changed)):
        return changed
    if draft.kind == "ROZ" and draft.sums is not None:
        return replace(changed, sums=tuple(_settlement_sums(draft, changed)), total=None)
    counted = replace(changed, sums=None, total=None)
    if draft.kind == "ZAL" and changed.advance is None:
        counted = replace(counted, advance=amount_due(draft))
    amounts(counted, rows_of.rows(counted))
    return counted


def unsettled(draft: InvoiceDraft) -> InvoiceDraft:
    """The draft whose sums of charges and deductions are those that they come to."""
    if draft.settlement is None:
        return draft
    return replace(draft, settlement=replace(draft.settlement, sums=None))


def _settlement_without_sums(draft: InvoiceDraft) -> Settlement | None:
    return None if draft.settlement is None else replace(draft.settlement, sums=None)


def _basis(draft: InvoiceDraft) -> tuple[object, ...]:
    """All that sums come from."""
    return (
        [_worth(line) for line in lines_of(draft)],
        draft.advance,
        draft.currency,
        rows_of.rate_of_tax(draft),
        draft.marks.margin,
    )


def _worth(line: Line) -> tuple[object, ...]:
    return (*rows_of.worth(line), line.rate, line.oss_rate, line.before, line.exchange_rate)


def _settlement_sums(draft: InvoiceDraft, changed: InvoiceDraft) -> Iterator[Sum]:
    """What is left of each rate: as much more or less than before as the lines come to."""
    totals_before, totals_after = _totals(draft), _totals(changed)
    stated = {f"p_13_{one.group}": one.net for one in draft.sums or ()}
    stated |= {f"p_14_{one.group}": one.tax for one in draft.sums or ()}
    rate = rows_of.rate_of_tax(changed) if changed.currency != totals.PLN else None
    for group in get_args(Group):
        net, tax = (_moved(f"p_{number}_{group}", stated, totals_before, totals_after) for number in (13, 14))
        if net is None and tax is None:
            continue
        in_pln = money.converted(tax, rate) if tax is not None and rate is not None and group != "5" else None
        yield Sum(group=group, net=net, tax=tax, tax_pln=in_pln)


def _totals(draft: InvoiceDraft) -> Mapping[str, Decimal]:
    shares = vat.shares(draft, rows_of.rows(draft))
    return totals.fields(shares, currency=draft.currency, exchange_rate=rows_of.rate_of_tax(draft))


def _moved(
    name: str,
    stated: Mapping[str, Decimal | None],
    totals_before: Mapping[str, Decimal],
    totals_after: Mapping[str, Decimal],
) -> Decimal | None:
    before = stated.get(name)
    if before is None and name not in totals_after:
        return None
    more = money.difference(totals_after.get(name, money.ZERO), totals_before.get(name, money.ZERO))
    return money.total((before or money.ZERO, more))
