"""What the buyer means by an invoice VAT RR; ``build`` makes the document of it, ``reverse`` leads back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

RATE: Final = Decimal(7)
"""Percent of the flat-rate refund (art. 115 ust. 2)."""


@dataclass(frozen=True, kw_only=True)
class Party:
    """The farmer or the buyer: both have a NIP, ten digits. ``supplier`` is the number of a farmer at the buyer's."""

    nip: str
    name: str
    address_1: str
    address_2: str | None = None
    country: str = "PL"
    email: str | None = None
    phone: str | None = None
    supplier: str | None = None


@dataclass(frozen=True, kw_only=True)
class ThirdParty:
    """A party in a ``role`` of Podmiot3, or in another that is told in words. ``nip`` or ``internal_id``, or no number;
    the address is left out where ``address_1`` is."""

    name: str
    role: int | None = None
    other_role: str | None = None
    nip: str | None = None
    internal_id: str | None = None
    address_1: str | None = None
    address_2: str | None = None
    country: str = "PL"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One product or service. ``price`` is of one unit, without the refund, up to eight places; ``day`` of delivery
    where days differ from line to line. ``uid`` ties the states of a line in a correction."""

    name: str
    quality: str
    unit: str
    quantity: Decimal
    price: Decimal
    rate: Decimal = RATE
    day: date | None = None
    pkwiu: str | None = None
    cn: str | None = None
    gtin: str | None = None
    uid: str | None = None


@dataclass(frozen=True, kw_only=True)
class Deduction:
    """What is taken off the payment, in PLN, and why."""

    amount: Decimal
    reason: str


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A document of a payment that was made."""

    number: str
    day: date | None = None


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What is corrected. ``before`` are the lines as they stood, ``ksef_number`` is empty of one outside KSeF;
    ``effect`` is TypKorekty, 1 to 4."""

    number: str
    issue_date: date
    before: tuple[Line, ...]
    ksef_number: str | None = None
    reason: str | None = None
    effect: int | None = None


@dataclass(frozen=True, kw_only=True)
class RrDraft:
    """An invoice VAT RR in PLN. ``purchase_date`` is one day for all lines. ``declares`` puts the farmer's declaration
    on the invoice (art. 116 ust. 3); in a contract it is made once (ust. 4). ``account`` is the farmer's."""

    farmer: Party
    buyer: Party
    number: str
    issue_date: date
    purchase_date: date | None = None
    place: str | None = None
    lines: tuple[Line, ...] = ()
    declares: bool = True
    account: str | None = None
    bank: str | None = None
    deductions: tuple[Deduction, ...] = ()
    proofs: tuple[Proof, ...] = ()
    note: str | None = None
    correction: Correction | None = None
    third_parties: tuple[ThirdParty, ...] = ()
