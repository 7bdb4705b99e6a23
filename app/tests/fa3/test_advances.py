"""Advances and their settlement: together they come to the order, rate by rate, whatever was rounded on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from liczydlo.fa3 import money
from liczydlo.fa3.advances import NotSettled, advance, settlement, worth
from liczydlo.fa3.build import build
from liczydlo.fa3.document import inspect
from liczydlo.fa3.draft import Advance, InvoiceDraft, Line, Order
from liczydlo.fa3.reverse import reverse
from liczydlo.fa3.standing import amounts_of, sum_of_amounts
from liczydlo.fa3.write import write

from app.tests.fa3.cases import BUYER, POT, SELLER, TODAY
from app.tests.fa3.test_corrections import NOW

SALE = InvoiceDraft(seller=SELLER, buyer=BUYER, number="ROZ/1", issue_date=TODAY)
LINES = st.builds(
    Line,
    name=st.just("towar"),
    rate=st.sampled_from(["23", "8", "5", "0 KR", "oo"]),
    quantity=st.decimals("1", "20", places=0),
    net_price=st.decimals("0.01", "999.99", places=2),
)
Amounts = Mapping[str, Decimal]


def advances(sale: InvoiceDraft, *payments: Decimal) -> list[tuple[Advance, Amounts]]:
    """Each as its own document says it."""
    made = []
    for number, paid in enumerate(payments):
        document = build(advance(replace(sale, number=f"ZAL/{number}"), paid), created=NOW)
        assert document.fa.p_15 == paid
        made.append((Advance(number=f"ZAL/{number}"), amounts_of(document)))
    return made


def nonzero(amounts: Amounts) -> dict[str, Decimal]:
    return {name: amount for name, amount in amounts.items() if amount}


@settings(max_examples=60)
@given(
    st.lists(LINES, min_size=1, max_size=5),
    st.lists(st.integers(1, 30), min_size=1, max_size=3),
    st.sampled_from(["PLN", "EUR"]),
)
def test_advances_and_settlement_come_to_the_order(
    lines: list[Line], percents: list[int], currency: str
) -> None:
    rate = None if currency == "PLN" else Decimal("4.2512")
    sale = replace(SALE, lines=tuple(lines), currency=currency, exchange_rate=rate)
    whole = amounts_of(build(sale, created=NOW))
    parts = [money.grosze(whole["p_15"] * percent / 100) for percent in percents]
    paid = advances(sale, *(part for part in parts if part))
    assume(paid)
    draft = settlement(sale, paid)
    document = build(draft, created=NOW)
    together = amounts_of(document)
    for _, own in paid:
        together = sum_of_amounts(together, own)
    converted = [name for name in together if name.endswith("w")]  # each at its own rounding
    assert nonzero({name: one for name, one in together.items() if name not in converted}) == nonzero(
        {name: one for name, one in whole.items() if name not in converted}
    )
    assert draft.advance in (None, money.total(own["p_15"] for _, own in paid))
    assert reverse(document) == (draft, ())


def test_a_settlement_passes_what_ksef_checks() -> None:
    sale = replace(SALE, lines=(POT,))
    made = build(settlement(sale, advances(sale, Decimal("400.00"), Decimal("333.33"))), created=NOW)
    assert inspect(write(made), today=TODAY).kind == "ROZ"
    assert made.fa.p_15 == Decimal("1394.82") - Decimal("733.33")
    assert [one.nr_fa_zaliczkowej for one in made.fa.faktura_zaliczkowa] == ["ZAL/0", "ZAL/1"]


def test_the_last_advance_names_the_earlier_ones() -> None:
    sale = replace(SALE, lines=(POT,))
    last = advance(sale, Decimal("994.82"), earlier=[Advance(number="ZAL/1")])
    made = build(last, created=NOW)
    assert inspect(write(made), today=TODAY).kind == "ZAL"
    assert made.fa.faktura_zaliczkowa[0].nr_fa_zaliczkowej == "ZAL/1"
    assert reverse(made) == (last, ())


def test_an_advance_of_a_rate_that_is_not_sold_is_not_settled() -> None:
    paid = advances(replace(SALE, lines=(replace(POT, rate="8"),)), Decimal(100))
    with pytest.raises(NotSettled):
        settlement(replace(SALE, lines=(POT,)), paid)


def test_the_worth_of_an_order_is_gross() -> None:
    assert worth(Order(lines=(POT, replace(POT, rate="zw")))) == Decimal("1394.82") + Decimal("1134.00")
