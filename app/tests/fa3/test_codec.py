"""Drafts as JSON: what is left out, what keeps its form, and how wrong JSON is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from liczydlo.fa3.codec import from_json, to_json
from liczydlo.fa3.draft import InvoiceDraft, Line, Payment

HALF = InvoiceDraft(
    number="FV/1",
    issue_date=date(2026, 11, 23),
    lines=(Line(name="Kubek", quantity=Decimal("1.00"), net_price=Decimal("1E+3")), Line(quantity=None)),
    sums=(),
    payment=Payment(form=None),
)
JSON = {
    "number": "FV/1",
    "issue_date": "2026-11-23",
    "lines": [{"name": "Kubek", "quantity": "1.00", "net_price": "1000"}, {"quantity": None}],
    "sums": [],
    "payment": {"form": None},
}


def test_an_unfinished_draft_is_kept_as_it_is() -> None:
    assert to_json(HALF) == JSON
    again = from_json(InvoiceDraft, JSON)
    assert again == HALF
    assert str(again.lines[0].quantity) == "1.00"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "not dict"),
        ({"nubmer": "1"}, "unknown: nubmer"),
        ({"number": 1}, ".number: not str: 1"),
        ({"kind": "RR"}, ".kind: not one of"),
        ({"kind": ["VAT"]}, ".kind: not one of"),
        ({"issue_date": "jutro"}, ".issue_date: Invalid isoformat"),
        ({"advance": 1.5}, ".advance: not str"),
        ({"advance": "sto"}, ".advance: not a number"),
        ({"advance": "NaN"}, ".advance: not a number"),
        ({"linked": 1}, ".linked: not bool"),
        ({"lines": {}}, ".lines: not list"),
        ({"lines": [{}, {"quantity": 1}]}, ".lines[1].quantity: not str"),
        ({"order": {"lines": [{"annex_15": "tak"}]}}, ".order.lines[0].annex_15: not bool"),
        ({"seller": {"address": {}}}, ".seller.address: "),
    ],
)
def test_wrong_json_is_refused_at_its_place(data: Any, said: str) -> None:
    with pytest.raises(ValueError) as refused:
        from_json(InvoiceDraft, data)
    assert str(refused.value).startswith(said)
