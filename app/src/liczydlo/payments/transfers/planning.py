"""From what a person chose to transfers: which invoices go together, what is set off, and under what title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from liczydlo.fa3.money import portion
from liczydlo.payments.transfers import titles
from liczydlo.payments.transfers.payees import Party
from liczydlo.purchases.models import ReceivedInvoice

PLACE: Final = "0" * 35
"""Where a collective identifier is going to stand, while KSeF has not made it."""


class Refusal(Exception):
    """No order is made; ``code`` is a key of ``words.REFUSALS``, ``value`` what it names."""

    def __init__(self, code: str, value: str = "") -> None:
        super().__init__(f"{code}: {value}")
        self.code, self.value = code, value


@dataclass(frozen=True, kw_only=True)
class Item:
    """What is paid of a purchase; negative of a correction. ``is_whole``: all that is due."""

    purchase: ReceivedInvoice
    amount: Decimal
    is_whole: bool


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a person decided about one invoice."""

    item: Item
    party: Party
    iban: str
    bic: str
    source: str
    is_split: bool


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One transfer to be."""

    party: Party
    iban: str
    bic: str
    source: str
    is_split: bool
    items: tuple[Item, ...]
    title: str
    needs_identifier: bool = False

    @property
    def amount(self) -> Decimal:
        """What goes to the payee."""
        return _sum(self.items)


def plan(
    choices: Sequence[Choice], credits_used: Sequence[Item], *, together: bool, with_numbers: bool
) -> list[Planned]:
    """Transfers for all choices: one per invoice, or per seller and account where they go ``together``.

    A correction lowers the greatest transfer to its seller, one of split payment only where no other can hold it.
    Raises Refusal.
    """
    groups: dict[tuple[object, ...], list[Choice]] = {}
    for choice in choices:
        entry = choice.item.purchase.entry
        own = choice.item.purchase.pk
        alone = not together or (choice.is_split and not entry.ksef_number)
        seller = (entry.seller_nip or own, bool(entry.ksef_number))
        key = (*seller, choice.iban, choice.is_split, choice.party, own if alone else None)
        groups.setdefault(key, []).append(choice)
    planned = [(group, [one.item for one in group]) for group in groups.values()]
    for credit in credits_used:
        nip = credit.purchase.entry.seller_nip
        holding = [
            (group[0].is_split, -_sum(items), at)
            for at, (group, items) in enumerate(planned)
            if group[0].item.purchase.entry.seller_nip == nip and _sum(items) + credit.amount > 0
        ]
        if not holding:
            raise Refusal("credit", credit.purchase.entry.seller_name or nip)
        planned[min(holding)[2]][1].append(credit)
    return [_planned(group[0], tuple(items), with_numbers=with_numbers) for group, items in planned]


def _planned(first: Choice, items: tuple[Item, ...], *, with_numbers: bool) -> Planned:
    entries = [one.purchase.entry for one in items]
    missing = [entry.number for entry in entries if not entry.ksef_number]
    if first.is_split and len(items) > 1 and missing:
        raise Refusal("split-several", ", ".join(missing))
    needs_identifier = len(items) > 1 and (with_numbers or first.is_split) and not missing
    number = entries[0].ksef_number if with_numbers and not missing else ""
    if first.is_split:
        number = entries[0].ksef_number or entries[0].number
    return Planned(
        party=first.party,
        iban=first.iban,
        bic=first.bic,
        source=first.source,
        is_split=first.is_split,
        items=items,
        title=title_of(items, is_split=first.is_split, number=PLACE if needs_identifier else number),
        needs_identifier=needs_identifier,
    )


def title_of(items: Sequence[Item], *, is_split: bool, number: str) -> str:
    """The title of a transfer for these invoices; ``number`` is the KSeF number or collective identifier in it.

    Raises Refusal.
    """
    entries = [one.purchase.entry for one in items]
    first = entries[0]
    names = [entry.number for entry in entries]
    try:
        if not is_split:
            return titles.plain(names, ksef=number)
        if first.currency != "PLN":
            raise Refusal("split-currency", first.number)
        if not first.seller_nip:
            raise Refusal("split-nip", first.number)
        return titles.split(vat=vat_of(items), nip=first.seller_nip, invoice=number, text=", ".join(names))
    except titles.TitleError as error:
        raise Refusal(error.code, first.number if error.code == "invoice" else first.seller_name) from error


def vat_of(items: Sequence[Item]) -> Decimal:
    """What of these payments is VAT: of a part the same part of the invoice's, and never more than is on it."""
    parts = [(one.purchase.entry, one.amount) for one in items]
    return sum(
        (
            min(portion(entry.vat or Decimal(0), paid, entry.gross), entry.vat or Decimal(0))
            for entry, paid in parts
        ),
        Decimal(0),
    )


def _sum(items: Sequence[Item]) -> Decimal:
    return sum((one.amount for one in items), Decimal(0))
