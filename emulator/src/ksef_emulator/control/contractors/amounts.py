"""What stands on a contractor's invoice: lines that look like life, and totals that add up to the grosz."""

from __future__ import annotations

import random

from .paper import Amounts, Line, part
from .people import Seller

MOST_LINES = 5
ADVANCE = 30
"""Per cent of an order that its advance is."""
DISCOUNT = 10
"""Per cent of the original that a correction takes off, unless an amount is said."""
SIMPLE = 45_000
"""Grosze: the most that a simplified invoice may be (ustawa o VAT art. 106e ust. 5 pkt 3)."""


def from_net(net: int, rate: int) -> Amounts:
    """Totals of net lines."""
    return Amounts(net=net, vat=part(net, rate, 100))


def from_gross(gross: int, rate: int) -> Amounts:
    """Totals that come to ``gross`` exactly: of net lines if such a net exists, else with VAT counted from gross."""
    net = part(gross, 100, 100 + rate)
    usual = from_net(net, rate)
    if usual.gross == gross:
        return usual
    vat = part(gross, rate, 100 + rate)
    return Amounts(net=gross - vat, vat=vat, from_gross=True)


def lines(seller: Seller, dice: random.Random, amounts: Amounts | None = None, most: int = 0) -> list[Line]:
    """Lines that a seller may sell together; of just these totals, of at most ``most`` grosze net, or any."""
    wanted = None if amounts is None else amounts.gross if amounts.from_gross else amounts.net
    limit = most if wanted is None else wanted
    found: list[Line] = []
    left = limit
    goods = dice.sample(seller.goods, k=dice.randint(1, len(seller.goods)))
    for good in goods[: MOST_LINES - 1]:
        line = Line(
            name=good.name,
            unit=good.unit,
            quantity=dice.randint(1, good.many),
            price=dice.randint(good.least, good.most) // 10 * 10 + dice.choice((0, 9)),
        )
        if not limit or line.value < left:
            found.append(line)
            left -= line.value
    if wanted is not None:
        found.append(Line(name=seller.rest, unit="usł.", quantity=1, price=left))
    elif not found:
        found.append(Line(name=seller.rest, unit="usł.", quantity=1, price=dice.randint(most // 3, most)))
    return found


def total(found: list[Line], rate: int) -> Amounts:
    """Totals of net lines."""
    return from_net(sum(line.value for line in found), rate)
