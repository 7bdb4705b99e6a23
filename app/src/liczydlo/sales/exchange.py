"""The rate of exchange of an invoice: of which day it is (art. 31a of the VAT act), and how its table stands on it.

FA(3) has a place for the rate (KursWaluty of a line, KursWalutyZ of an advance) and none for its table. Number and day
go into DodatkowyOpis, which the schema has for data without a field of their own.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final, Literal

from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.fa3.model import DodatkowyOpis
from liczydlo.ksef.deadlines import previous_business_day
from liczydlo.public_services.nbp import NUMBER, Rate

KEY: Final = "Tabela kursów NBP"
"""Klucz of the remark."""
WDT: Final = "0 WDT"  # P_12
_REMARK: Final = re.compile(rf"nr ({NUMBER.pattern}) z dnia ([0-9]{{2}}\.[0-9]{{2}}\.[0-9]{{4}})")
_TEXT: Final = re.compile(rf"([A-Z]{{3}}) ([0-9.]{{1,20}}) ({NUMBER.pattern}) ([0-9-]{{10}})")
_TERM: Final = 15


@dataclass(frozen=True, kw_only=True)
class Basis:
    """The day before which the last working day counts: of issue, of sale, or the last one for invoicing a WDT."""

    day: date
    event: Literal["issue", "sale", "wdt-term"]

    @property
    def rate_day(self) -> date:
        """The last working day before it, as far as the calendar knows."""
        return previous_business_day(self.day)


def basis(issued: date, sold: date | None, rates: Collection[str]) -> Basis:
    """Of which day the rate is.

    ``sold`` is the day of delivery or service, the end of a period, of an advance that of payment; None is the day of
    issue. ``rates`` are the lines' (P_12). The tax point is that day, and the rate that of the last working day before
    it (art. 31a ust. 1), or before the issue where the invoice comes first (ust. 2). Of an intra-Community supply the
    tax point is the issue, at the latest the 15th of the month after the delivery (art. 20 ust. 1).
    """
    if sold is None or issued <= sold:
        return Basis(day=issued, event="issue")
    if not rates or any(rate != WDT for rate in rates):
        return Basis(day=sold, event="sale")
    term = date(sold.year + sold.month // 12, sold.month % 12 + 1, _TERM)
    return Basis(day=issued, event="issue") if issued <= term else Basis(day=term, event="wdt-term")


def basis_of(draft: InvoiceDraft) -> Basis | None:
    """Of which day the rate of a draft is; None without a date of issue."""
    if draft.issue_date is None:
        return None
    lines = draft.lines if draft.order is None else draft.order.lines
    sold = draft.sale_date if draft.period is None else draft.period.p_6_do
    return basis(draft.issue_date, sold, [line.rate or "" for line in lines])


@dataclass(frozen=True, kw_only=True)
class Stated:
    """A rate that the program has filled in, with the table that it is of; as text a field of the form keeps it."""

    currency: str
    rate: Decimal
    number: str
    day: date

    def __str__(self) -> str:
        return f"{self.currency} {self.rate:f} {self.number} {self.day}"

    @property
    def remark(self) -> DodatkowyOpis:
        """As it stands on the document."""
        return DodatkowyOpis(klucz=KEY, wartosc=f"nr {self.number} z dnia {self.day:%d.%m.%Y}")


def stated(rate: Rate) -> Stated:
    """What is said of NBP's answer."""
    return Stated(currency=rate.code, rate=rate.mid, number=rate.number, day=rate.day)


def parse(text: str) -> Stated | None:
    """What a field of the form keeps; None for anything else."""
    match = _TEXT.fullmatch(text)
    if match is None:
        return None
    currency, rate, number, day = match.groups()
    try:
        return Stated(currency=currency, rate=Decimal(rate), number=number, day=date.fromisoformat(day))
    except (ValueError, InvalidOperation):
        return None


def of_draft(draft: InvoiceDraft) -> Stated | None:
    """The rate of a draft, where it names the table that it is of."""
    if draft.exchange_rate is None:
        return None
    for one in draft.remarks:
        match = _REMARK.fullmatch(one.wartosc) if one.klucz == KEY else None
        if match is not None:
            try:
                day = datetime.strptime(f"{match[2]} +0000", "%d.%m.%Y %z").date()
            except ValueError:
                return None
            return Stated(currency=draft.currency, rate=draft.exchange_rate, number=match[1], day=day)
    return None


def remarks(typed: str, currency: str, rate: Decimal | None) -> tuple[DodatkowyOpis, ...]:
    """The remark of a filled-in form; nothing where a person has typed another rate."""
    one = parse(typed)
    return (one.remark,) if one is not None and (one.currency, one.rate) == (currency, rate) else ()
