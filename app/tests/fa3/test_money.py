"""Rounding: half up and away from zero, exact at any size, nothing lost between net, tax and gross."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.fa3 import money

AMOUNTS = st.decimals(-(10**16), 10**16, places=2)
PRICES = st.decimals(-(10**12), 10**12, places=8)
QUANTITIES = st.decimals(-(10**9), 10**9, places=6)
RATES = st.sampled_from([Decimal(rate) for rate in ("0", "3", "4", "5", "7", "8", "22", "23", "12.75")])


def nearest(exact: Fraction) -> Decimal:
    """Half up, away from zero, by whole numbers alone."""
    cents = abs(exact) * 100
    whole = int(cents + Fraction(1, 2))
    with localcontext(prec=80):
        return Decimal(whole if exact >= 0 else -whole) / 100


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("2.675", "2.68"), ("0.004999", "0.00"), ("1", "1.00")],
)
def test_half_a_grosz_goes_up(amount: str, rounded: str) -> None:
    assert str(money.grosze(Decimal(amount))) == rounded


@given(st.decimals(-(10**20), 10**20, places=10))
def test_grosze_are_the_nearest(amount: Decimal) -> None:
    rounded = money.grosze(amount)
    assert rounded == nearest(Fraction(amount))
    assert rounded.as_tuple().exponent == -2
    assert money.grosze(rounded) == rounded


@given(QUANTITIES, PRICES)
def test_a_value_is_rounded_once(quantity: Decimal, price: Decimal) -> None:
    assert money.value(quantity, price) == nearest(Fraction(quantity) * Fraction(price))


@given(QUANTITIES, PRICES, AMOUNTS)
def test_a_discount_is_taken_before_rounding(quantity: Decimal, price: Decimal, discount: Decimal) -> None:
    expected = nearest(Fraction(quantity) * Fraction(price) - Fraction(discount))
    assert money.value(quantity, price, discount) == expected


@given(AMOUNTS, RATES)
def test_tax_on_net_and_tax_in_gross(amount: Decimal, rate: Decimal) -> None:
    assert money.tax_on_net(amount, rate) == nearest(Fraction(amount) * Fraction(rate) / 100)
    assert money.tax_in_gross(amount, rate) == nearest(
        Fraction(amount) * Fraction(rate) / (100 + Fraction(rate))
    )


@given(st.decimals(0, 10**12, places=2), RATES)
def test_net_to_gross_and_back(net: Decimal, rate: Decimal) -> None:
    tax = money.tax_on_net(net, rate)
    back = money.tax_in_gross(net + tax, rate)
    assert abs(back - tax) <= Decimal("0.01")


@given(st.lists(AMOUNTS))
def test_a_sum_is_exact_in_any_order_and_any_context(amounts: list[Decimal]) -> None:
    with localcontext(prec=3):
        forwards, backwards = money.total(amounts), money.total(reversed(amounts))
    assert Fraction(forwards) == Fraction(backwards) == sum(map(Fraction, amounts), Fraction(0))


@given(AMOUNTS, st.decimals("0.000001", 10**6, places=6))
def test_a_conversion_is_rounded_once(amount: Decimal, rate: Decimal) -> None:
    exact = Fraction(amount) * Fraction(rate)
    assert money.converted(amount, rate) == nearest(exact)
    assert Fraction(money.exactly_converted(amount, rate)) == exact


@given(AMOUNTS, AMOUNTS, st.decimals(1, 10**16, places=2))
def test_a_portion(amount: Decimal, part: Decimal, whole: Decimal) -> None:
    assert money.portion(amount, part, whole) == nearest(Fraction(amount) * Fraction(part) / Fraction(whole))


def test_the_largest_amounts_of_the_schema_lose_nothing() -> None:
    """TKwotowy has 18 digits, a price and a quantity up to 22 of them: more than Decimal keeps by default."""
    quantity, price = Decimal("9999999999999999.999999"), Decimal("99999999999999.99999999")
    assert money.value(quantity, price) == nearest(Fraction(quantity) * Fraction(price))
    amount, rate = Decimal("9999999999999999.99"), Decimal("99999999.999999")
    assert Fraction(money.exactly_converted(amount, rate)) == Fraction(amount) * Fraction(rate)
    assert money.total([Decimal("1E+40"), Decimal("0.01")]) == Decimal(f"1{'0' * 40}.01")
    assert money.difference(Decimal("1E+40"), Decimal("0.01")) == Decimal(f"{'9' * 40}.99")


def test_nothing_sums_to_zero_grosze() -> None:
    assert str(money.total([])) == "0.00"
