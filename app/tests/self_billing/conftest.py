"""Fixtures of the tests of self-billing: a firm that buys, and a supplier in whose name it issues."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from liczydlo.connection import clients
from liczydlo.fa3.draft import Address, InvoiceDraft, Line, Marks, Party, Payment
from liczydlo.ksef.permissions import GrantRequest, Identifier
from liczydlo.sales import composing, numbering
from liczydlo.web import times

from app.tests.conftest import make_company
from app.tests.sales.world import connect, connected, firm, new_nip, receiver, sender, wire

__all__ = ["connected", "firm", "receiver", "sender", "wire"]


@pytest.fixture
def ala(owner: Any, company: Any, browse: Any) -> Client:
    return browse(owner)  # type: ignore[no-any-return]


@pytest.fixture
def supplier() -> str:
    """The NIP of a supplier that no other test knows."""
    return new_nip()


@pytest.fixture
def grant(supplier: str, owner: Any, ksef_files: Any, wire: Any) -> Callable[[Any], None]:
    """``grant(company)``: the supplier lets it issue invoices in his name, by his own login to KSeF."""

    def made(buyer: Any) -> None:
        firm = make_company(supplier, "Dostawca sp. z o.o.", owner)
        connect(firm, ksef_files)
        with clients.client(firm) as ksef:
            subject = Identifier(kind="Nip", value=buyer.nip)
            request = GrantRequest.authorization(subject, buyer.name, "SelfInvoicing", "Umowa 7")
            ksef.wait_for_permission(ksef.grant(request))
        wire.seen.clear()

    return made


@pytest.fixture
def draft(supplier: str) -> Callable[..., InvoiceDraft]:
    """``draft(company, **changes)``: what the company means by an invoice of today in the supplier's name."""

    def made(company: Any, **changes: Any) -> InvoiceDraft:
        today = times.today()
        number = numbering.propose(company, today, numbering.SELF_BILLED, seller=supplier)
        seller = Party(name="Dostawca sp. z o.o.", nip=supplier, address=Address(line1="Krzywa 2"))
        said: dict[str, Any] = {
            "number": number,
            "issue_date": today,
            "seller": seller,
            "buyer": composing.seller(company),
            "lines": (Line(name="deski", quantity=Decimal(2), net_price=Decimal(50), rate="23"),),
            "marks": Marks(self_billing=True),
            "payment": Payment(),
        }
        return InvoiceDraft(**{**said, **changes})

    return made
