"""Properties of reading rows: no row is lost or doubled, a shared-out discount adds up, days come back as they were."""

from __future__ import annotations

import contextlib
import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liczydlo.contacts.importing.cells import Fault
from liczydlo.fa3 import money
from liczydlo.sales.importing import words
from liczydlo.sales.importing.groups import ReadRow, grouped, head_of, shared_out
from liczydlo.spreadsheets.numbers import parse_decimal

pytestmark = pytest.mark.pure
KEYS = st.sampled_from(["", "A", "B", "C"])
AMOUNTS = st.decimals(min_value="0.01", max_value=9_999_999, places=2)


@given(st.lists(st.tuples(KEYS, KEYS), max_size=30))
def test_every_row_is_in_one_invoice(keys: list[tuple[str, str]]) -> None:
    rows = [
        ReadRow(
            number=at,
            texts={name: text for name, text in (("number", number), ("order", order)) if text},
        )
        for at, (number, order) in enumerate(keys, start=2)
    ]
    groups = grouped(rows)
    assert sorted(at for group in groups for at in group.numbers) == [row.number for row in rows]
    for group in groups:
        assert list(group.numbers) == sorted(group.numbers)
        said = {row.texts.get("number") for row in group.rows}
        assert len(said) == 1, "one invoice has one number"
        if len(group.rows) > 1:
            assert group.key[0] != "row"
    assert len({group.key for group in groups}) == len(groups)


@given(st.lists(st.sampled_from(["", "PLN", "EUR"]), min_size=1, max_size=8))
def test_rows_that_differ_are_a_fault_and_empty_ones_are_not(said: list[str]) -> None:
    rows = [
        ReadRow(number=at, texts={"order": "1"} | ({"currency": text} if text else {}))
        for at, text in enumerate(said)
    ]
    (group,) = grouped(rows)
    head = head_of(group)
    assert bool(head.faults) == (len(set(said) - {""}) > 1)
    assert head.texts.get("currency", "") == next(filter(None, said), "")


@given(st.lists(AMOUNTS, min_size=1, max_size=40), st.decimals(min_value=0, max_value=1, places=4))
def test_a_discount_that_is_shared_out_adds_up(values: list[Decimal], part: Decimal) -> None:
    discount = money.grosze(money.total(values) * part)
    parts = shared_out(discount, values)
    assert money.total(parts) == discount and all(one >= 0 for one in parts)
    assert all(one <= value + Decimal("0.01") for one, value in zip(parts, values, strict=True))


@given(
    st.dates(min_value=dt.date(1990, 1, 1)), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d"])
)
def test_a_day_is_read_as_it_was_written(day: dt.date, form: str) -> None:
    written = day.strftime(form)
    assert words.day(written, "Data") == day.isoformat()
    assert words.day(f"{written} 10:20:30 +0100", "Data") == day.isoformat()


@given(st.text(max_size=30))
def test_any_text_is_a_day_or_a_fault(text: str) -> None:
    with contextlib.suppress(Fault):
        assert dt.date.fromisoformat(words.day(text, "Data"))


@given(AMOUNTS, st.integers(min_value=1, max_value=5_000))
def test_a_price_made_of_a_value_leads_back_to_it(value: Decimal, quantity: int) -> None:
    price = money.unit_price(value, Decimal(quantity))
    assert price is not None and money.value(Decimal(quantity), price) == value


@pytest.mark.parametrize(
    ("text", "amount"), [("-0,00", "0"), ("1 234,50 zł", "1234.50"), ("1.234,5", "1234.5"), ("−3", "-3")]
)
def test_amounts_as_people_write_them(text: str, amount: str) -> None:
    assert parse_decimal(text) == Decimal(amount) == words.amount(text, "Cena")
