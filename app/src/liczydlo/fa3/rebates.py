"""One correction of all sales to a buyer in a period: a rebate that was agreed afterwards (art. 106j ust. 3).

It names every invoice and the period, and says what is taken off by rate; it has no lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final, get_args

from liczydlo.fa3 import money
from liczydlo.fa3.draft import Correction, Group, InvoiceDraft, Sum
from liczydlo.fa3.standing import Standing, sum_of_amounts

_GROUPS: Final[tuple[Group, ...]] = get_args(Group)
_HUNDRED: Final = Decimal(100)


class NotTogether(ValueError):
    """No one rebate of these invoices: ``code`` is ``nothing``, ``buyer``, ``currency``, ``kind`` or ``above``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def rebate(
    invoices: Sequence[Standing],
    correction: Correction,
    *,
    number: str | None,
    issue_date: date | None,
    percent: Decimal | None = None,
    gross: Decimal | None = None,
) -> InvoiceDraft:
    """A rebate of ``percent``, or of the amount ``gross`` divided over the rates in proportion, off what all of the
    invoices come to. ``correction`` has the originals, the period and the reason. Raises NotTogether."""
    if not invoices:
        raise NotTogether("nothing")
    _check(invoices)
    first = invoices[0].draft
    whole: Mapping[str, Decimal] = {}
    for one in invoices:
        whole = sum_of_amounts(whole, one.amounts)
    everything = whole["p_15"]
    part, of = (percent, _HUNDRED) if percent is not None else (gross or money.ZERO, everything)
    if everything <= 0 or not 0 < part <= of:
        raise NotTogether("above" if everything > 0 else "nothing")
    return InvoiceDraft(
        kind="KOR",
        number=number,
        issue_date=issue_date,
        currency=first.currency,
        seller=first.seller,
        buyer=first.buyer,
        local_authority=first.local_authority,
        vat_group=first.vat_group,
        marks=replace(first.marks, exemption=first.marks.exemption if "p_13_7" in whole else None),
        sums=tuple(_sums(whole, part, of, gross)),
        correction=correction,
        footer=first.footer,
    )


def _check(invoices: Sequence[Standing]) -> None:
    drafts = [one.draft for one in invoices]
    if any(draft.kind not in ("VAT", "UPR") for draft in drafts):
        raise NotTogether("kind")
    if len({(draft.currency, draft.exchange_rate is None) for draft in drafts}) > 1:
        raise NotTogether("currency")
    buyers = {draft.buyer and (draft.buyer.nip, draft.buyer.vat_ue, draft.buyer.tax_id) for draft in drafts}
    unnamed = not any(any(one) for one in buyers if one)
    names = {draft.buyer and draft.buyer.name for draft in drafts}
    if len(buyers) > 1 or (unnamed and len(names) > 1):
        raise NotTogether("buyer")


def _sums(whole: Mapping[str, Decimal], part: Decimal, of: Decimal, gross: Decimal | None) -> list[Sum]:
    """What is taken off each group; of an amount the largest one takes the odd grosz, so that it is met exactly."""
    amounts: dict[str, Decimal] = {
        name: -money.portion(amount, part, of) for name, amount in whole.items() if name != "p_15"
    }
    if gross is not None:
        off = money.total((-gross, *(-amount for name, amount in amounts.items() if not name.endswith("w"))))
        nets = [name for name in amounts if name.startswith("p_13_")]
        largest = min(nets, key=lambda name: amounts[name])
        amounts[largest] = money.total((amounts[largest], off))
    sums = []
    for group in _GROUPS:
        net, tax, tax_pln = (
            amounts.get(name) for name in (f"p_13_{group}", f"p_14_{group}", f"p_14_{group}w")
        )
        if net or tax or tax_pln:
            sums.append(Sum(group=group, net=net, tax=tax, tax_pln=tax_pln))
    return sums
