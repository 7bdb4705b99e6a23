"""The rules of warnings, without a database."""

from __future__ import annotations

import datetime as dt
import statistics
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.documents.facts import Account, account_number
from liczydlo.purchases.warnings import names, rules
from liczydlo.purchases.warnings.rules import Code, Invoice, OtherPurchase, Past

pytestmark = pytest.mark.pure
TODAY = dt.date(2026, 11, 27)
OLD, NEW = "61109010140000071219812874", "27114020040000300201355387"
INVOICE = Invoice(number="FV/7", gross=Decimal("1230.00"), issued=TODAY, received=TODAY)
amounts = st.decimals(min_value="0.01", max_value="9999999", places=2)


def codes(invoice: Invoice, past: Past) -> set[Code]:
    return {one.code for one in rules.warnings(invoice, past)}


def with_account(number: str, *, is_factor: bool = False) -> Invoice:
    return replace(INVOICE, accounts=(Account(number=number, is_factor=is_factor),))


def past_of(**values: object) -> Past:
    return Past(**{"invoices": 9, "firm_has": 5, "accounts": {OLD: TODAY}, **values})  # type: ignore[arg-type]


def test_nothing_to_say_of_a_usual_invoice() -> None:
    assert not codes(with_account(OLD), past_of(amounts=[Decimal(1200)] * 5))


def test_a_changed_account_is_told_even_of_a_trusted_seller() -> None:
    for past in (past_of(), past_of(trusted=True)):
        (warning,) = rules.warnings(with_account(NEW), past)
        assert warning.code == Code.ACCOUNT
        assert warning.params == {"accounts": [NEW], "factor": False, "known": [[OLD, TODAY.isoformat()]]}
    (factor,) = rules.warnings(with_account(NEW, is_factor=True), past_of())
    assert factor.params["factor"]


def test_no_account_or_no_earlier_one_is_no_change() -> None:
    assert not codes(INVOICE, past_of())
    assert not codes(with_account(NEW), past_of(accounts={}))


def test_a_first_invoice_counts_once_the_firm_has_a_history() -> None:
    assert not codes(INVOICE, Past(firm_has=rules.ENOUGH - 1))
    assert codes(INVOICE, Past(firm_has=rules.ENOUGH)) == {Code.FIRST}
    hurry = replace(INVOICE, due=TODAY + rules.URGENT)
    assert codes(hurry, Past(firm_has=rules.ENOUGH)) == {Code.FIRST, Code.URGENT}
    assert not codes(hurry, past_of())
    assert codes(INVOICE, Past(namesake=("5265877635", "Orlen"))) == {Code.ALIKE}


@pytest.mark.parametrize("number", ["FV/7", "fv-7", " FV 7"])
def test_the_same_number_in_any_spelling(number: str) -> None:
    other = OtherPurchase(ref=4, number=number, currency="PLN", gross=Decimal(5), issued=TODAY)
    (warning,) = rules.warnings(INVOICE, past_of(others=[other]))
    assert (warning.code, warning.params) == (Code.NUMBER, {"entry": 4, "number": number})


def test_the_same_amount_in_the_same_days() -> None:
    other = OtherPurchase(ref=4, number="A", currency="PLN", gross=INVOICE.gross, issued=TODAY - rules.NEAR)
    assert codes(INVOICE, past_of(others=[other])) == {Code.DOUBLE}
    assert not codes(INVOICE, past_of(others=[other], trusted=True))
    assert not codes(INVOICE, past_of(others=[replace(other, currency="EUR")]))
    assert not codes(INVOICE, past_of(others=[replace(other, issued=other.issued - dt.timedelta(days=1))]))
    assert not codes(INVOICE, past_of(others=[other] * rules.REGULAR))
    assert not codes(replace(INVOICE, kind="KOR"), past_of(others=[other]))


def test_an_unusual_amount_names_the_usual_ones() -> None:
    past = past_of(amounts=[Decimal(100), Decimal(110), Decimal(120), Decimal(110), Decimal(105)])
    (warning,) = rules.warnings(INVOICE, past)
    assert warning.code == Code.AMOUNT
    assert Decimal(warning.params["low"]) <= 100 and 120 <= Decimal(warning.params["high"]) < INVOICE.gross
    assert not codes(INVOICE, replace(past, trusted=True))
    assert not codes(INVOICE, replace(past, amounts=past.amounts[:4]))
    assert not codes(replace(INVOICE, kind="KOR_ZAL"), past)


def test_the_firms_nip_is_not_there() -> None:
    assert codes(replace(INVOICE, is_ours=False), past_of(trusted=True)) == {Code.BUYER}


@given(st.lists(amounts, min_size=rules.ENOUGH, max_size=12))
def test_what_is_usual_holds_the_median_and_knows_no_order(past: list[Decimal]) -> None:
    low, high = rules.usual(past)
    assert 0 <= low <= statistics.median(past) <= high
    assert rules.usual(sorted(past)) == rules.usual(past[::-1]) == (low, high)


@given(st.lists(amounts, min_size=rules.ENOUGH, max_size=12), amounts, amounts)
def test_more_never_warns_less(past: list[Decimal], one: Decimal, other: Decimal) -> None:
    lower, higher = sorted((one, other))
    if codes(replace(INVOICE, gross=lower), past_of(amounts=past)):
        assert Code.AMOUNT in codes(replace(INVOICE, gross=higher), past_of(amounts=past))


@given(st.lists(st.decimals(min_value=100, max_value=140, places=2), min_size=9, max_size=12), amounts)
def test_one_great_invoice_makes_great_ones_no_more_usual(past: list[Decimal], great: Decimal) -> None:
    assert rules.usual([*past, great])[1] <= Decimal(700)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Orlen S.A.", "0RLEN Spółka Akcyjna"),
        ("Papirus Artykuły Biurowe sp. z o.o.", "PAPIRUS Artykuly Biurove"),
        ("Orlen", "Оrlеn"),
        ("Modern Dom sp. z o.o.", "Modem Dom"),
        ("Bajt i Syn s.c.", "Bajt I Synn"),
    ],
)
def test_names_that_look_alike(one: str, other: str) -> None:
    assert names.alike(names.key(one), names.key(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Orlen S.A.", "Lotos S.A."),
        ("Alfa sp. z o.o.", "Beta sp. z o.o."),
        ("P4 sp. z o.o.", "P5 sp. z o.o."),
        ("Jan Nowak", "Ewa Nowak"),
    ],
)
def test_names_that_do_not(one: str, other: str) -> None:
    assert not names.alike(names.key(one), names.key(other))


@given(st.text(max_size=80))
def test_a_name_is_like_itself(name: str) -> None:
    key = names.key(name)
    assert len(key) <= names.LONGEST
    assert names.alike(key, key) == (len(key) >= names.BEGINNING)


def test_accounts_are_compared_in_one_spelling() -> None:
    assert account_number("PL 61 1090 1014 0000 0712 1981 2874") == OLD
    assert account_number("DE89 3704 0044 0532 0130 00") == "DE89370400440532013000"
    assert account_number("brak") == ""


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"seller": "Orlen\u202e.ap"}, {"seller": "U+202E"}),
        ({"seller": "شركة\u200d"}, {}),
        ({"number": "FV/\u20667"}, {"number": "U+2066"}),
        ({"number": "FV/7\u200b"}, {"number": "U+200B"}),
        ({"hidden_in_account": "U+202D"}, {"account": "U+202D"}),
    ],
)
def test_hidden_characters_are_told_even_of_a_trusted_seller(
    changes: dict[str, str], fields: dict[str, str]
) -> None:
    said = rules.warnings(replace(INVOICE, **changes), past_of(trusted=True))  # type: ignore[arg-type]
    assert [one.params for one in said if one.code == Code.HIDDEN] == ([{"fields": fields}] if fields else [])
