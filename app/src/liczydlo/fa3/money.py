"""The only place where money is rounded: half up, to grosze, away from zero for negative amounts (art. 106e ust. 11).

Amounts of FA(3) have up to 18 digits and their products more than Decimal's default 28, hence a context of our own.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

_EXACT: Final = Context(prec=80, rounding=ROUND_HALF_UP)
_GROSZ: Final = Decimal("0.01")
_HUNDRED: Final = Decimal(100)
ZERO: Final = Decimal("0.00")


def grosze(amount: Decimal) -> Decimal:
    """``amount`` rounded to two places, half up (away from zero)."""
    return amount.quantize(_GROSZ, context=_EXACT)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum, unrounded; 0.00 of nothing."""
    result = ZERO
    for amount in amounts:
        result = _EXACT.add(result, amount)
    return result


def difference(amount: Decimal, less: Decimal) -> Decimal:
    """The exact difference, unrounded."""
    return _EXACT.subtract(amount, less)


def value(quantity: Decimal, price: Decimal, discount: Decimal | None = None) -> Decimal:
    """``quantity`` at ``price`` less ``discount`` (an amount for the whole line), in grosze."""
    exact = _EXACT.multiply(quantity, price)
    return grosze(exact if discount is None else _EXACT.subtract(exact, discount))


def tax_on_net(net: Decimal, percent: Decimal) -> Decimal:
    """VAT on a net amount, in grosze."""
    return grosze(_EXACT.divide(_EXACT.multiply(net, percent), _HUNDRED))


def tax_in_gross(gross: Decimal, percent: Decimal) -> Decimal:
    """VAT contained in a gross amount, in grosze (art. 106e ust. 7: gross × rate / (100 + rate))."""
    return grosze(_EXACT.divide(_EXACT.multiply(gross, percent), _EXACT.add(_HUNDRED, percent)))


def portion(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """``amount`` × ``part`` / ``whole``, in grosze."""
    return grosze(_EXACT.divide(_EXACT.multiply(amount, part), whole))


def exactly_converted(amount: Decimal, rate: Decimal) -> Decimal:
    """As ``converted``, unrounded: a summand of what is rounded once."""
    return _EXACT.multiply(amount, rate)


def converted(amount: Decimal, rate: Decimal) -> Decimal:
    """``amount`` of a foreign currency in PLN at ``rate`` PLN for one unit, in grosze."""
    return grosze(_EXACT.multiply(amount, rate))
