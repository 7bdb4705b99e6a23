"""The only place where money is rounded: half up, to grosze, away from zero for negative amounts (art. 106e ust. 11).

Amounts of FA(3) have up to 18 digits and their products more than Decimal's default 28, hence a context of our own.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from typing import Final

_EXACT: Final = Context(prec=80, rounding=ROUND_HALF_UP)
_GROSZ: Final = Decimal("0.01")
_HUNDRED: Final = Decimal(100)
_SMALLEST: Final = Decimal("0.00000001")  # of P_9A, P_9B and P_10
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


def product(quantity: Decimal, price: Decimal) -> Decimal:
    """``quantity`` at ``price``, unrounded."""
    return _EXACT.multiply(quantity, price)


def rebate(quantity: Decimal, price: Decimal, percent: Decimal) -> Decimal:
    """``percent`` of ``quantity`` at ``price``, in grosze; no more than the whole, which may end below a grosz."""
    whole = product(quantity, price)
    rounded = grosze(_EXACT.divide(_EXACT.multiply(whole, percent), _HUNDRED))
    return rounded if rounded <= whole else whole.quantize(_SMALLEST, rounding=ROUND_DOWN, context=_EXACT)


def tax_on_net(net: Decimal, percent: Decimal) -> Decimal:
    """VAT on a net amount, in grosze."""
    return grosze(_EXACT.divide(_EXACT.multiply(net, percent), _HUNDRED))


def tax_in_gross(gross: Decimal, percent: Decimal) -> Decimal:
    """VAT contained in a gross amount, in grosze (art. 106e ust. 7: gross × rate / (100 + rate))."""
    return grosze(_EXACT.divide(_EXACT.multiply(gross, percent), _EXACT.add(_HUNDRED, percent)))


def with_tax(net: Decimal, percent: Decimal) -> Decimal:
    """A net price with its tax, in grosze."""
    return grosze(_EXACT.divide(_EXACT.multiply(net, _EXACT.add(_HUNDRED, percent)), _HUNDRED))


def without_tax(gross: Decimal, percent: Decimal) -> Decimal:
    """A gross price without its tax, to the eight places of a price: ``with_tax`` leads back to whole grosze."""
    exact = _EXACT.divide(_EXACT.multiply(gross, _HUNDRED), _EXACT.add(_HUNDRED, percent))
    return exact.quantize(_SMALLEST, context=_EXACT)


def unit_price(worth: Decimal, quantity: Decimal) -> Decimal | None:
    """The price of one, to the eight places of a price, of which ``quantity`` come to ``worth``, both in grosze; None
    where there is none."""
    if not quantity:
        return None
    price = _EXACT.divide(worth, quantity).quantize(_SMALLEST, context=_EXACT)
    plain = price.quantize(_GROSZ, context=_EXACT)
    price = plain if plain == price else price
    return price if value(quantity, price) == grosze(worth) else None


def portion(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """``amount`` × ``part`` / ``whole``, in grosze."""
    return grosze(_EXACT.divide(_EXACT.multiply(amount, part), whole))


def exactly_converted(amount: Decimal, rate: Decimal) -> Decimal:
    """As ``converted``, unrounded: a summand of what is rounded once."""
    return _EXACT.multiply(amount, rate)


def converted(amount: Decimal, rate: Decimal) -> Decimal:
    """``amount`` of a foreign currency in PLN at ``rate`` PLN for one unit, in grosze."""
    return grosze(_EXACT.multiply(amount, rate))
