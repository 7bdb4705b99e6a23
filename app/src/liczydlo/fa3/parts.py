"""What an issuer says of an invoice, in words of his own: parties, lines, payment, and what is corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from liczydlo.fa3 import money
from liczydlo.fa3.model import Adres

TRANSFER: Final = 6  # FormaPlatnosci
Margin = Literal["travel", "second-hand", "art", "antiques"]


@dataclass(frozen=True, kw_only=True)
class Party:
    """A seller or a buyer. The identifier is the first that is given: NIP, EU VAT, a foreign one, none.

    ``vat_ue`` is the number without its country, which is ``country`` (EL for Greece, XI for Northern Ireland stand in
    ``vat_ue_country``); ``tax_id`` is a number of another country.
    """

    name: str
    nip: str | None = None
    vat_ue_country: str | None = None
    vat_ue: str | None = None
    tax_id: str | None = None
    country: str = "PL"
    line1: str = ""
    line2: str = ""

    @property
    def adres(self) -> Adres | None:
        """The address, if there is one."""
        if not self.line1:
            return None
        return Adres(kod_kraju=self.country, adres_l1=self.line1, adres_l2=self.line2 or None)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: exactly one of the unit prices; ``discount`` is for the whole line.

    ``rate`` is a value of P_12. Without it the line is under a margin procedure, or under OSS with ``oss_rate``, the
    percent of the buyer's country.
    """

    name: str
    rate: str | None
    quantity: Decimal = Decimal(1)
    unit: str = "szt."
    net_price: Decimal | None = None
    gross_price: Decimal | None = None
    discount: Decimal | None = None
    oss_rate: Decimal | None = None
    annex_15: bool = False
    gtu: str | None = None
    pkwiu: str | None = None
    cn: str | None = None


@dataclass(frozen=True, kw_only=True)
class Payment:
    """How it is paid: ``form`` is a value of FormaPlatnosci; ``paid`` is the day on which it was paid in full."""

    due: date | None = None
    form: int = TRANSFER
    account: str = ""
    paid: date | None = None


@dataclass(frozen=True, kw_only=True)
class Original:
    """An earlier invoice that this one corrects or settles; ``ksef_number`` None means issued outside KSeF."""

    number: str
    issue_date: date
    ksef_number: str | None = None
    gross: Decimal = money.ZERO


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What is corrected, why, and how its lines were before. ``effect`` is TypKorekty (1, 2, 3)."""

    original: Original
    reason: str
    before: Sequence[Line]
    effect: int = 2
