"""Advances towards an order, and the invoice that settles them (art. 106f).

What is settled is what the advances' own documents say, rate by rate and after their corrections: divided anew their
sum would differ by a grosz wherever two of them were rounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import get_args

from liczydlo.fa3 import money, totals
from liczydlo.fa3.build import amounts, vat, zal
from liczydlo.fa3.build import lines as rows_of
from liczydlo.fa3.draft import Advance, Group, InvoiceDraft, Order, Sum
from liczydlo.fa3.standing import sum_of_amounts


class NotSettled(ValueError):
    """In some rate the advances are more than the whole: the order, or an advance, is to be mended first."""


def worth(order: Order) -> Decimal:
    """WartoscZamowienia: what an order comes to with its tax. Raises ValueError as ``build``."""
    return zal.order(order).wartosc_zamowienia


def advance(sale: InvoiceDraft, paid: Decimal, *, earlier: Sequence[Advance] = ()) -> InvoiceDraft:
    """The invoice of an advance of ``paid`` towards what ``sale`` sells, whose day of sale is the day of payment.

    ``earlier`` are all advances before it, named where this one completes the payment (art. 106f ust. 4).
    """
    order = Order(lines=sale.lines)
    return replace(sale, kind="ZAL", lines=(), order=order, advance=paid, advances=tuple(earlier))


def settlement(sale: InvoiceDraft, advances: Sequence[tuple[Advance, Mapping[str, Decimal]]]) -> InvoiceDraft:
    """The invoice of the whole ``sale`` less its advances, each with its P_13 to P_15 as they are now.

    Raises NotSettled, and as ``build`` for a line without a value.
    """
    paid: Mapping[str, Decimal] = {}
    for _, own in advances:
        paid = sum_of_amounts(paid, own)
    whole = totals.fields(
        vat.shares(sale, rows_of.rows(sale)), currency=sale.currency, exchange_rate=sale.exchange_rate
    )
    sums = tuple(_remaining_shares(sale, whole, paid, rounding=Decimal("0.01") * len(advances)))
    draft = replace(
        sale, kind="ROZ", advances=tuple(one for one, _ in advances), advance=paid.get("p_15", money.ZERO)
    )
    stated = replace(draft, sums=sums, advance=None)  # as ``reverse`` says it
    try:
        follows = _amounts(draft) == _amounts(stated)
    except ValueError:  # divided anew the advances would be more than the whole
        follows = False
    return draft if follows else stated


def _remaining_shares(
    sale: InvoiceDraft, whole: Mapping[str, Decimal], paid: Mapping[str, Decimal], *, rounding: Decimal
) -> list[Sum]:
    """``rounding``: by how much all advances together may exceed a rate, each divided and rounded by itself."""
    sums = []
    for group in get_args(Group):
        net, tax = (_difference(whole, paid, f"p_{number}_{group}") for number in (13, 14))
        if net is None and tax is None:
            continue
        if money.total((net or money.ZERO, tax or money.ZERO)) < -rounding:
            raise NotSettled(group)
        in_pln = tax is not None and sale.currency != totals.PLN and group != "5"
        rate = sale.exchange_rate
        tax_pln = money.converted(tax, rate) if in_pln and tax is not None and rate is not None else None
        sums.append(Sum(group=group, net=net, tax=tax, tax_pln=tax_pln))
    return sums


def _difference(whole: Mapping[str, Decimal], paid: Mapping[str, Decimal], name: str) -> Decimal | None:
    if name not in whole and name not in paid:
        return None
    return money.difference(whole.get(name, money.ZERO), paid.get(name, money.ZERO))


def _amounts(draft: InvoiceDraft) -> dict[str, Decimal]:
    return amounts(draft, rows_of.rows(draft))
