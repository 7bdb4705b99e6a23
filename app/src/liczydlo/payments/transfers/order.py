"""What a file of transfers is made from; every value is as the bank gets it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from liczydlo.payments.transfers.payees import Party


@dataclass(frozen=True, kw_only=True)
class Payment:
    """One transfer. ``reference`` is InstrId and EndToEndId, at most 35 characters and never used again."""

    reference: str
    amount: Decimal
    payee: Party
    iban: str
    title: str
    is_split: bool = False
    bic: str = ""


@dataclass(frozen=True, kw_only=True)
class Order:
    """All of a file. ``message_id`` is never used again either; ``made_at`` is Polish time, to the second."""

    message_id: str
    made_at: dt.datetime
    day: dt.date
    payer: Party
    iban: str
    currency: str
    payments: tuple[Payment, ...]

    @property
    def total(self) -> Decimal:
        """The sum of all transfers, in the order's currency."""
        return sum((one.amount for one in self.payments), Decimal(0))
