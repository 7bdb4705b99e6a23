"""What contractors sell: lines that look like life, of a total that is said or of any."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace

from . import amounts
from .amounts import Amounts, Totals
from .people import MIXED, Good, Seller

MOST_LINES = 5
DISCOUNT = 10
"""Per cent that a correction takes off a price."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line: ``price`` and ``value`` in grosze, net, or gross where VAT of its rate was counted from gross. A
    correction has some lines twice: as they were ``before``, and as they are, both of one ``uid`` and number."""

    name: str
    unit: str
    quantity: int
    price: int
    rate: str
    quality: str = ""
    uid: str = ""
    before: bool = False

    @property
    def value(self) -> int:
        return self.quantity * self.price


def sold(
    seller: Seller, dice: random.Random, *, rate: str, exact: Amounts | None = None, most: int = 0
) -> list[Line]:
    """Lines that a seller may sell together: of exactly these totals, of at most ``most`` grosze net, or any."""
    whole = None if exact is None else exact.gross if exact.from_gross else exact.net
    limit = most if whole is None else whole
    chosen: list[Line] = []
    left = limit
    goods = dice.sample(seller.goods, k=dice.randint(1, len(seller.goods)))
    for good in goods[: MOST_LINES - 1]:
        line = _line(good, dice, rate)
        if not limit or line.value < left:
            chosen.append(line)
            left -= line.value
    if whole is not None:
        chosen.append(_rest(seller, left, rate))
    elif not chosen:
        chosen.append(_rest(seller, dice.randint(most // 3, most), rate))
    return chosen


def of_other_rates(rate: str, dice: random.Random, gross: int | None) -> list[Line]:
    """One line at each rate but ``rate``; together less than a half of ``gross``."""
    chosen: list[Line] = []
    for good in MIXED:
        line = _line(good, dice, good.rate)
        together = total([*chosen, line]).gross
        if good.rate != rate and (gross is None or 2 * together < gross):
            chosen.append(line)
    return chosen


def cheaper(lines: Iterable[Line]) -> list[Line]:
    """Before and after: the first line's price is a tenth lower."""
    first = next(iter(lines))
    return _changed(first, price=first.price - amounts.part(first.price, DISCOUNT, 100))


def fewer(lines: Iterable[Line]) -> list[Line]:
    """Before and after: one piece of the first line was returned."""
    first = next(iter(lines))
    return _changed(first, quantity=first.quantity - 1)


def total(lines: Iterable[Line]) -> Totals:
    """Of net lines; what was before counts below zero."""
    every = list(lines)
    after = amounts.total((line.rate, line.value) for line in every if not line.before)
    before = amounts.total((line.rate, line.value) for line in every if line.before)
    return after.minus(before) if before.by_rate else after


def numbered(lines: Iterable[Line]) -> list[tuple[int, Line]]:
    """Lines before and after a correction are each numbered from 1."""
    places = {True: 0, False: 0}
    rows = []
    for line in lines:
        places[line.before] += 1
        rows.append((places[line.before], line))
    return rows


def _changed(line: Line, **change: int) -> list[Line]:
    uid = f"poz-{abs(line.value)}"
    return [replace(line, uid=uid, before=True), replace(line, uid=uid, **change)]  # type: ignore[arg-type]


def _line(good: Good, dice: random.Random, rate: str) -> Line:
    price = dice.randint(good.least, good.most) // 10 * 10 + dice.choice((0, 9))
    return Line(
        name=good.name,
        unit=good.unit,
        quantity=dice.randint(1, good.many),
        price=price,
        rate=rate,
        quality=good.quality,
    )


def _rest(seller: Seller, price: int, rate: str) -> Line:
    return Line(name=seller.rest, unit="usł.", quantity=1, price=price, rate=rate, quality="bez klasy")
