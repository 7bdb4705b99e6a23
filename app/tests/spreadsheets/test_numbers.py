"""Numbers as tables spell them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.spreadsheets.numbers import is_shortened, parse_decimal

pytestmark = pytest.mark.pure
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=8)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 234,50", "1234.50"),
        ("1\u00a0234,5", "1234.5"),
        ("1\u202f234,5", "1234.5"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1.234.567", "1234567"),
        ("1,234", "1.234"),
        ("1.234", "1.234"),
        ("12,5 zł", "12.5"),
        ("12,5 PLN", "12.5"),
        ("−12,5", "-12.5"),
        ("+3", "3"),
        (",5", "0.5"),
        ("5,", "5"),
        ("0,12345678", "0.12345678"),
    ],
)
def test_spellings(text: str, value: str) -> None:
    assert parse_decimal(text) == Decimal(value)


@pytest.mark.parametrize("text", ["-0,00", "−0", "0", "0,0"])
def test_minus_zero_is_zero(text: str) -> None:
    number = parse_decimal(text)
    assert number is not None and not number.is_signed()


@pytest.mark.parametrize(
    "text",
    ["", "-", "abc", "1e5", "12 EUR", "1,2,3", "1.2.3", "1,234,56", "１２", "٣", "NaN", "9" * 41, "1-2"],
)
def test_what_is_no_number(text: str) -> None:
    assert parse_decimal(text) is None


@given(NUMBERS, st.sampled_from([("", ","), ("", "."), (" ", ","), ("\u00a0", ","), (".", ","), (",", ".")]))
def test_a_number_is_read_back_from_any_spelling(number: Decimal, marks: tuple[str, str]) -> None:
    between, mark = marks
    text = f"{number:,f}".replace(",", "#").replace(".", "@").replace("#", between).replace("@", mark)
    assert parse_decimal(text) == number


@given(st.text(max_size=50))
def test_any_text_is_a_number_or_none(text: str) -> None:
    number = parse_decimal(text)
    assert number is None or number.is_finite()


@pytest.mark.parametrize(
    ("text", "expected"), [("8,56735E+09", True), ("8.5e+9", True), ("8567346215", False)]
)
def test_a_shortened_number_is_known(text: str, expected: bool) -> None:
    assert is_shortened(text) is expected
