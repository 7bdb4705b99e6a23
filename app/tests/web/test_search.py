"""„Szukaj": without diacritics, by amount, NIP and number in any spelling, on both lists alike."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from liczydlo.sales import services
from liczydlo.web import search

from app.tests.purchases.test_pages import bought
from app.tests.sales.world import document

NIP = "8567346215"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Gaźnik", "gaznik"),
        ("GAŹNIK", "gaznik"),
        ("zażółć GĘŚLĄ jaźń", "zazolc gesla jazn"),
        ("Łódź–Łęg", "lodz leg"),
        ("„Świt” sp. z o.o.", "swit sp z o o"),
        ("FV/2026/11/001", "fv 2026 11 001"),
        ("  fv 2026-11\u00a0001 ", "fv 2026 11 001"),
        ("Straße Æsir Ørsted", "strasse aesir orsted"),
        ("e\u0301", "e"),
        ("„”", ""),
    ],
)
def test_words_are_folded(text: str, folded: str) -> None:
    assert search.fold(text) == folded
    assert search.fold(folded) == folded


def test_what_is_folded_stays_as_it_is() -> None:
    """Every sign with another form: one whose compatible form has capitals was never met by what is typed."""
    every = (one for one in map(chr, range(0x110000)) if unicodedata.decomposition(one))
    assert [one for one in every if search.fold(search.fold(one)) != search.fold(one)] == []


@pytest.mark.parametrize(
    "text",
    [
        "1 234,50",
        "1234.5",
        "1234,50 zł",
        "1\u202f234,50\u00a0zł",
        "1.234,50",
        "1,234.50",
        "PLN 1234,50",
        "1234,5 eur",
    ],
)
def test_an_amount_in_any_spelling(text: str) -> None:
    assert search.amount(text) == Decimal("1234.50")


def test_other_amounts() -> None:
    assert search.amount("1.234") == search.amount("1 234") == 1234
    assert search.amount("1.234.567,89") == Decimal("1234567.89")
    assert search.amount("−12,00") == search.amount("-12") == -12
    for text in ("FV/1", "1.234.56", "1,2345", "12,,5", "", "zł", "1" * 17):
        assert search.amount(text) is None, text


@pytest.mark.parametrize(
    "text", [NIP, "856-734-62-15", "pl 856 734 62 15", "PL8567346215", "NIP: 856.734.62.15"]
)
def test_a_nip_in_any_spelling(text: str) -> None:
    assert search.nip(text) == NIP


def test_a_ksef_number_in_any_spelling() -> None:
    number = "5265877635-20261123-0123456789AB-C1"
    for text in (number, number.lower(), number.replace("-", ""), f" {number[:20]} {number[20:]} "):
        assert search.ksef_number(text) == number
    assert search.ksef_number("5265877635-20261123") is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gaznik", True),
        ("GAŹNIK łÓDŹ", True),
        ("gaznik lodz", True),
        ("ab 1 2026", True),
        ("ab-1-2026", True),
        ("177", True),
        ("177,00 zł", True),
        ("-177", True),
        ("177,01", False),
        ("pl 856-734-62-15", True),
        ("856-734-62-16", False),
        ("gażnik z", False),
        ("„”", False),
    ],
)
def test_both_lists_find_alike(company: Any, owner: Any, browse: Any, text: str, found: bool) -> None:
    replaced = {"Kupiec „Świt” sp. z o.o.": "Gaźnik „Łódź”"}
    services.issue(company, document(company.nip, NIP, number="AB/1/2026", **replaced))
    bought(company, number="AB/1/2026", seller_name="Gaźnik „Łódź”")
    client = browse(owner)
    for feature in ("sales", "purchases"):
        shown = client.get(reverse(f"{feature}:list", args=[company.pk]), {"q": text}).context["page"].rows
        assert bool(shown) == found, feature
