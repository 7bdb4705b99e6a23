"""Fixtures of the tests of self-billing: a firm that buys, and a supplier in whose name it issues."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from liczydlo.fa3.draft import Address, InvoiceDraft, Line, Marks, Party, Payment
from liczydlo.sales import composing, numbering
from liczydlo.web import times

from app.tests.conftest import make_company
from app.tests.sales.world import connect, connected, firm, let_issue, new_nip, receiver, sender, wire

__all__ = ["connected", "firm", "receiver", "sender", "wire"]


@pytest.fixture
def supplier() -> str:
    """The NIP of a supplier that no other test knows."""
    return new_nip()


@pytest.fixture
def grant(supplier: str, owner: Any, ksef_files: Any, wire: Any) -> Callable[[Any], None]:
    """``grant(company)``: the supplier lets it issue invoices in his name, by his own login to KSeF."""

    def let(buyer: Any) -> None:
        firm = make_company(supplier, "Dostawca sp. z o.o.", owner)
        connect(firm, ksef_files)
        let_issue(buyer, firm, "SelfInvoicing")
        wire.seen.clear()

    return let


@pytest.fixture
def draft(supplier: str) -> Callable[..., InvoiceDraft]:
    """``draft(company, **changes)``: what the company means by an invoice of today in the supplier's name."""

    def build(company: Any, **changes: Any) -> InvoiceDraft:
        today = times.today()
        number = numbering.propose(company, today, numbering.SELF_BILLED, seller=supplier)
        seller = Party(name="Dostawca sp. z o.o.", nip=supplier, address=Address(line1="Krzywa 2"))
        values: dict[str, Any] = {
            "number": number,
            "issue_date": today,
            "seller": seller,
            "buyer": composing.seller(company),
            "lines": (Line(name="deski", quantity=Decimal(2), net_price=Decimal(50), rate="23"),),
            "marks": Marks(self_billing=True),
            "payment": Payment(),
        }
        return InvoiceDraft(**{**values, **changes})

    return build
