"""The documents that an order comes to, each with lines, amounts and a number of its seller's."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...intake.polish_time import polish_day
from ...model.sending.invoice_records import Invoice
from . import amounts, lines
from .amounts import MARGIN, NOTHING, Totals, percent
from .fa import FaInvoice, Original
from .lines import Line
from .marks import Mark
from .orders import FORMS_OF_FA, SIMPLE, Order
from .pef import PefInvoice
from .people import Seller
from .rr import RrInvoice

if TYPE_CHECKING:
    from ...emulator import Emulator

ADVANCE = 30
"""Per cent of an order that its advance is."""


class Documents:
    """Of one order, dated now."""

    def __init__(self, emulator: Emulator, order: Order) -> None:
        self.emulator = emulator
        self.order = order
        self.now = emulator.clock.now()
        self.day = polish_day(self.now)
        self.dice = random.Random(os.urandom(8))
        self._numbers: dict[str, set[str]] = {}

    def _fa(self, kind: str, seller: Seller, sold: Sequence[Line], totals: Totals, **more: Any) -> FaInvoice:
        order = self.order
        return FaInvoice(
            kind=kind,
            number=self.number(seller, "K/" if kind.startswith("KOR") else ""),
            day=self.day,
            created=self.now,
            seller=seller,
            buyer=order.buyer,
            lines=sold,
            totals=totals,
            form=FORMS_OF_FA[order.form],
            currency=order.currency,
            marks=order.marks,
            third_party=order.third_party,
            third_role=order.third_role,
            authorised=order.authorised,
            **more,
        )

    def sale(self, seller: Seller, gross: int | None = None) -> FaInvoice:
        kind = "UPR" if self.order.kind == "UPR" else "VAT"
        gross = gross or self.order.gross
        marks = self.order.marks
        rate = "oo" if Mark.REVERSE_CHARGE in marks else MARGIN if Mark.MARGIN in marks else seller.rate
        limit = gross
        if gross is None and kind == "UPR":
            limit = SIMPLE[self.order.currency]
        others = lines.of_other_rates(rate, self.dice, limit) if Mark.MIXED_RATES in marks else []
        beside = lines.total(others)
        if gross is not None:
            exact = amounts.from_gross(gross - beside.gross, percent(rate))
            sold = lines.sold(seller, self.dice, rate=rate, exact=exact)
            own = Totals({rate: exact})
        else:
            most = 0 if limit is None else (limit - beside.gross) * 100 // (100 + percent(rate))
            sold = lines.sold(seller, self.dice, rate=rate, most=most)
            own = lines.total(sold)
        return self._fa(kind, seller, [*sold, *others], own.and_also(beside))

    def advance(self, seller: Seller) -> FaInvoice:
        """Of an order so great that the amount is the advance, or, of a settlement, the whole of it."""
        gross, share = self.order.gross, ADVANCE if self.order.kind in ("ZAL", "KOR_ZAL") else 100
        tax = percent(seller.rate)
        if gross is None:
            sold = lines.sold(seller, self.dice, rate=seller.rate)
            ordered = lines.total(sold).by_rate[seller.rate]
        else:
            ordered = amounts.from_net(amounts.part(gross, 100 * 100, share * (100 + tax)), tax)
            sold = lines.sold(seller, self.dice, rate=seller.rate, exact=ordered)
        paid = amounts.part(ordered.gross, ADVANCE, 100)
        if gross is not None and share == ADVANCE:
            paid = gross
        exact = amounts.from_gross(paid, tax)
        return self._fa(
            "ZAL", seller, sold, Totals({seller.rate: exact}), ordered=Totals({seller.rate: ordered})
        )

    def settlement(self, advance: FaInvoice, invoice: Invoice) -> FaInvoice:
        ordered = advance.ordered or NOTHING
        left = ordered.minus(advance.totals)
        return self._fa(
            "ROZ", advance.seller, advance.lines, left, ordered=ordered, advance=invoice.ksef_number
        )

    def smaller_order(self, advance: FaInvoice, invoice: Invoice) -> FaInvoice:
        """The order became cheaper, and the advance with it in the same part."""
        changed = lines.cheaper(advance.lines)
        remaining = [*changed[1:], *advance.lines[1:]]
        less = amounts.part(lines.total(changed).gross, ADVANCE, 100)
        rate = advance.seller.rate
        return self._fa(
            "KOR_ZAL",
            advance.seller,
            [*[replace(line, before=True) for line in advance.lines], *remaining],
            Totals({rate: amounts.from_gross(less, percent(rate))}),
            ordered=lines.total(remaining),
            original=original_of(invoice, "Zmniejszenie zamówienia", due=invoice.gross),
        )

    def discount(self, seller: Seller, original: Invoice) -> FaInvoice:
        """A discount after the sale: one line below zero."""
        tax = percent(seller.rate)
        off = self.order.gross or amounts.part(original.gross, lines.DISCOUNT, 100)
        counted = amounts.from_gross(-off, tax)
        price = counted.gross if counted.from_gross else counted.net
        line = Line(
            name=f"Rabat do faktury {original.number}",
            unit="usł.",
            quantity=-1,
            price=-price,
            rate=seller.rate,
        )
        kind = "KOR_ROZ" if original.kind == "ROZ" else "KOR"
        due = original.gross if kind == "KOR_ROZ" else None
        return self._fa(
            kind,
            seller,
            [line],
            Totals({seller.rate: counted}),
            original=original_of(original, "Rabat udzielony po sprzedaży", due=due),
        )

    def correction(self, sale: FaInvoice, invoice: Invoice) -> FaInvoice:
        if self.order.correction == "data":
            original = replace(original_of(invoice, "Błąd w adresie nabywcy"), buyer=sale.buyer)
            right = replace(sale.buyer, street=f"{sale.buyer.street} lok. 5")
            return replace(self._fa("KOR", sale.seller, [], NOTHING, original=original), buyer=right)
        if self.order.correction == "price":
            changed, reason = lines.cheaper(sale.lines), "Pomyłka w cenie"
        else:
            changed, reason = lines.fewer(sale.lines), "Zwrot towaru"
        return self._fa(
            "KOR", sale.seller, changed, lines.total(changed), original=original_of(invoice, reason)
        )

    def bought_from_farmer(self, farmer: Seller) -> RrInvoice:
        exact = None
        if self.order.gross is not None:
            exact = amounts.nearest(self.order.gross, percent(farmer.rate))
        return RrInvoice(
            kind="VAT_RR",
            number=self.number(farmer),
            day=self.day,
            created=self.now,
            seller=farmer,
            buyer=self.order.buyer,
            lines=lines.sold(farmer, self.dice, rate=farmer.rate, exact=exact),
        )

    def cheaper_from_farmer(self, bought: RrInvoice, invoice: Invoice) -> RrInvoice:
        return replace(
            bought,
            kind="KOR_VAT_RR",
            number=self.number(bought.seller, "K/"),
            lines=lines.cheaper(bought.lines),
            original=original_of(invoice, "Obniżenie ceny: niższa klasa jakości"),
        )

    def pef(self, seller: Seller) -> PefInvoice:
        exact = None
        if self.order.gross is not None:
            exact = amounts.nearest(self.order.gross, percent(seller.rate))
        sold = lines.sold(seller, self.dice, rate=seller.rate, exact=exact)
        return PefInvoice(
            kind="VAT_PEF",
            number=self.number(seller),
            day=self.day,
            created=self.now,
            seller=seller,
            buyer=self.order.buyer,
            lines=sold,
            totals=lines.total(sold),
            currency=self.order.currency,
        )

    def credit_note(self, sale: PefInvoice, invoice: Invoice) -> PefInvoice:
        returned = [replace(sale.lines[0], quantity=1)]
        return replace(
            sale,
            kind="KOR_PEF",
            number=self.number(sale.seller, "K/"),
            lines=returned,
            totals=lines.total(returned),
            original=original_of(invoice, "Zwrot towaru"),
        )

    def number(self, seller: Seller, before: str = "") -> str:
        """The seller's next number that no invoice of its own has."""
        numbers = self._numbers.setdefault(seller.nip, self.emulator.invoices.numbers(seller.nip))
        place = len(numbers) + 1
        while True:
            number = before + seller.numbers.format(n=place, month=self.day.month, year=self.day.year)
            if number not in numbers:
                numbers.add(number)
                return number
            place += 1


def original_of(invoice: Invoice, reason: str, due: int | None = None) -> Original:
    return Original(
        number=invoice.number,
        day=invoice.issue_date,
        ksef_number=invoice.ksef_number,
        reason=reason,
        due=due,
    )
