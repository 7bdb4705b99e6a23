"""What a title names, however a bank has broken or spelt it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.payments.statements.titles import Split, parse
from liczydlo.web.search import fold

from app.tests.payments.statements.world import ksef_number

NUMBER = ksef_number()


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f"zaplata {NUMBER} dziekuje",
        NUMBER.replace("-", ""),
        NUMBER.lower(),
        f"FV{NUMBER}",
        f"{NUMBER[:20]} {NUMBER[20:]}",
        f"/VAT/23,00/IDC/8567346215/INV/{NUMBER}/TXT/czesc",
    ],
)
def test_a_ksef_number_is_read_in_any_spelling(text: str) -> None:
    assert parse(text).ksef_numbers == (NUMBER,)


@given(st.integers(min_value=0, max_value=34), st.sampled_from("0123456789ABCDEF"))
def test_a_number_with_a_wrong_sign_is_none(at: int, sign: str) -> None:
    wrong = NUMBER[:at] + sign + NUMBER[at + 1 :]
    assert parse(wrong).ksef_numbers == ((NUMBER,) if wrong == NUMBER else ())


def test_two_numbers_without_a_space() -> None:
    other = ksef_number()
    assert parse(NUMBER + other).ksef_numbers == (NUMBER, other)


def test_the_collective_identifier_has_its_checksum() -> None:
    number = "1111111111-IZ202607-65ED02180000-E7"  # the example of KSeF's OpenAPI 2.9
    assert parse(f"zaplata {number}").collective == (number,)
    assert parse(number.replace("E7", "E8")).collective == ()


def test_the_parts_of_a_split_payment() -> None:
    title = parse("/VAT/41,40/IDC/8567346215/INV/FV 12/2026/TXT/za listopad")
    assert title.split == Split(vat="41,40", seller="8567346215", invoice="FV 12/2026", text="za listopad")
    assert title.nips == ("8567346215",)
    assert title.names(fold("FV-12/2026"))


@pytest.mark.parametrize(
    ("title", "number", "named"),
    [
        ("Zapłata za FV/12/2026", "FV/12/2026", True),
        ("zaplata fv 12-2026 dzieki", "FV/12/2026", True),
        ("ZAPLATA FV122026", "FV/12/2026", True),
        ("Zapłata za 112/2026", "12/2026", False),
        ("Zapłata za 12/20261", "12/2026", False),
        ("przelew 7", "7", False),
        ("PRZELEW", "PRZELEW", False),
        ("faktura 1/11/2026 i 2/11/2026", "2/11/2026", True),
    ],
)
def test_a_number_is_named_as_a_whole(title: str, number: str, named: bool) -> None:
    assert parse(title).names(fold(number)) == named


def test_nips_of_a_title() -> None:
    assert parse("NIP 856-734-62-15, PL7251801126, 1234567890").nips == ("8567346215", "7251801126")
