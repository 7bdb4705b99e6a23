"""When an invoice is worth a second look before it is paid. Functions of what is known, without a database."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from liczydlo.documents.facts import Account
from liczydlo.web import texts
from liczydlo.web.search import number_key

ENOUGH: Final = 5
"""Invoices before which nothing is usual: of the firm for a first seller, of a seller for an amount."""
COMPARED: Final = 40
"""Amounts of a seller that are remembered, the latest."""
URGENT: Final = dt.timedelta(days=3)
NEAR: Final = dt.timedelta(days=7)
"""Two invoices of one amount whose days of issue are so near may be one."""
REGULAR: Final = 3
"""A seller with so many others of one amount in those days sells at that price."""
_MAD: Final = Decimal("1.4826")  # makes the median deviation comparable with a standard deviation
_SPREADS: Final = 5


class Code(StrEnum):
    """What was noticed; the values are kept with warnings, so they are never renamed."""

    FIRST = "first-invoice"
    URGENT = "first-urgent"
    ALIKE = "name-alike"
    ACCOUNT = "account-changed"
    AMOUNT = "amount-unusual"
    NUMBER = "double-number"
    DOUBLE = "double-amount"
    BUYER = "buyer-differs"
    HIDDEN = "hidden-characters"
    NOT_LISTED = "account-not-listed"
    NOT_VAT = "seller-not-vat"


OF_STRANGERS: Final = (Code.FIRST, Code.URGENT, Code.ALIKE)
"""They say that the seller is new; an older invoice of the seller that comes later takes them back."""
SPARED: Final = (Code.AMOUNT, Code.DOUBLE)
"""What a trusted seller is not warned about. A changed account is always."""


@dataclass(frozen=True, kw_only=True)
class Warned:
    """A rule that applies, with what its text needs; JSON can hold ``params``."""

    code: Code
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """What the rules look at. ``received`` is KSeF's day of receipt; ``is_ours``: the buyer's NIP is the firm's, or
    the firm is not named as the buyer."""

    number: str
    seller: str = ""
    kind: str = "VAT"
    currency: str = "PLN"
    gross: Decimal
    issued: dt.date
    received: dt.date
    due: dt.date | None = None
    accounts: tuple[Account, ...] = ()
    hidden_in_account: str | None = None
    buyer_nip: str = ""
    is_ours: bool = True

    @property
    def is_correction(self) -> bool:
        """Its amount is a difference."""
        return self.kind.startswith("KOR")


@dataclass(frozen=True, kw_only=True)
class OtherPurchase:
    """Another purchase of the same seller; ``ref`` is for the page."""

    ref: int
    number: str
    currency: str
    gross: Decimal
    issued: dt.date


@dataclass(frozen=True, kw_only=True)
class Past:
    """What was known of the seller when the invoice came. ``firm_has`` is how many purchases the firm had, counted up
    to ``ENOUGH``. ``accounts`` are those nobody doubts, with the day since when. ``namesake``: NIP and name of a known
    seller that is called alike. ``others`` are those of the same number and those of the same amount."""

    invoices: int = 0
    firm_has: int = 0
    amounts: Sequence[Decimal] = ()
    accounts: Mapping[str, dt.date] = field(default_factory=dict)
    namesake: tuple[str, str] | None = None
    others: Sequence[OtherPurchase] = ()
    trusted: bool = False


def warnings(invoice: Invoice, past: Past) -> list[Warned]:
    """Everything worth saying of an invoice, the gravest first."""
    every = [
        *hidden_characters(invoice),
        *account_changed(invoice, past),
        *of_a_stranger(invoice, past),
        *doubles(invoice, past),
        *amount_unusual(invoice, past),
        *buyer_differs(invoice),
    ]
    return [one for one in every if not (past.trusted and one.code in SPARED)]


def hidden_characters(invoice: Invoice) -> list[Warned]:
    """What one reads in the seller's name, the number or an account is not what stands there: nobody types such
    characters by chance."""
    fields = {
        "seller": texts.hidden(invoice.seller),
        "number": texts.hidden(invoice.number, is_name=False),
        "account": invoice.hidden_in_account,
    }
    where = {name: character for name, character in fields.items() if character is not None}
    return [Warned(code=Code.HIDDEN, params={"fields": where})] if where else []


def account_changed(invoice: Invoice, past: Past) -> list[Warned]:
    """An account that none of the seller's earlier invoices named. A factor's own account is another matter: the
    seller said to whom the debt was sold, and the text says to make sure."""
    new = [one for one in invoice.accounts if one.number not in past.accounts]
    if not past.accounts or not new:
        return []
    accounts = sorted(past.accounts.items(), key=lambda item: item[1])
    return [
        Warned(
            code=Code.ACCOUNT,
            params={
                "accounts": [one.number for one in new],
                "factor": all(one.is_factor for one in new),
                "known": [[number, since.isoformat()] for number, since in accounts[-3:]],
            },
        )
    ]


def of_a_stranger(invoice: Invoice, past: Past) -> list[Warned]:
    """The first invoice of a seller, unless everybody is new: what makes it worse comes first."""
    if past.invoices:
        return []
    warnings = []
    if past.namesake is not None:
        warnings.append(Warned(code=Code.ALIKE, params={"nip": past.namesake[0], "name": past.namesake[1]}))
    if past.firm_has < ENOUGH:
        return warnings
    if invoice.due is not None and invoice.due - invoice.received <= URGENT and invoice.gross > 0:
        warnings.append(Warned(code=Code.URGENT, params={"due": invoice.due.isoformat()}))
    return [*warnings, Warned(code=Code.FIRST)]


def doubles(invoice: Invoice, past: Past) -> list[Warned]:
    """Another purchase of the same seller and number, or of the same amount in the same days."""
    number = number_key(invoice.number)
    same = next((one for one in past.others if number and number_key(one.number) == number), None)
    if same is not None:
        return [Warned(code=Code.NUMBER, params={"entry": same.ref, "number": same.number})]
    if invoice.is_correction or not invoice.gross:
        return []
    near = [
        one
        for one in past.others
        if (one.gross, one.currency) == (invoice.gross, invoice.currency)
        and abs(one.issued - invoice.issued) <= NEAR
    ]
    if not near or len(near) >= REGULAR:
        return []
    return [Warned(code=Code.DOUBLE, params={"entry": near[0].ref, "number": near[0].number})]


def amount_unusual(invoice: Invoice, past: Past) -> list[Warned]:
    """More than this seller ever takes; less harms nobody."""
    if invoice.is_correction or len(past.amounts) < ENOUGH:
        return []
    if invoice.gross <= statistics.median(past.amounts):  # as half of all are, and the rest takes time
        return []
    low, high = usual(past.amounts)
    if invoice.gross <= high:
        return []
    return [
        Warned(
            code=Code.AMOUNT,
            params={
                "low": str(low),
                "high": str(high),
                "currency": invoice.currency,
                "count": len(past.amounts),
            },
        )
    ]


def usual(amounts: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """From where to where a seller's amounts are usual: the median and five median deviations, at least half of the
    median, to each side. A single great invoice among many does not widen it, as it would widen a mean."""
    middle = statistics.median(amounts)
    deviation = statistics.median([abs(one - middle) for one in amounts])
    spread = max(_SPREADS * _MAD * deviation, abs(middle) / 2)
    cent = Decimal("0.01")
    return max(Decimal(0), middle - spread).quantize(cent), (middle + spread).quantize(cent)


def buyer_differs(invoice: Invoice) -> list[Warned]:
    """The firm is the buyer by KSeF's list, and the invoice names another NIP or none."""
    return [] if invoice.is_ours else [Warned(code=Code.BUYER, params={"nip": invoice.buyer_nip})]
