"""Fixtures of the tests of invoices VAT RR: a firm that buys, and a farmer who lets it issue them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from liczydlo.rr.draft import Party, RrDraft
from liczydlo.web import times

from app.tests.conftest import make_company
from app.tests.rr.drafts import FARMER, PLAIN
from app.tests.sales.world import connect, connected, firm, let_issue, new_nip, receiver, sender, wire

__all__ = ["connected", "firm", "receiver", "sender", "wire"]

OFFICIAL = Path(__file__).parents[4] / "shared" / "spec" / "xsd"


@pytest.fixture
def official() -> None:
    """The emulator takes FA_RR where it has the Ministry's schema."""
    if not OFFICIAL.exists():
        pytest.skip("the official schemas are not beside the repository")


@pytest.fixture
def farmer(official: None) -> str:
    """The NIP of a farmer that no other test knows."""
    return new_nip()


@pytest.fixture
def grant(farmer: str, owner: Any, ksef_files: Any, wire: Any) -> Callable[[Any], None]:
    """``grant(company)``: the farmer lets it issue invoices VAT RR in his name, by his own login to KSeF."""

    def let(buyer: Any) -> None:
        firm = make_company(farmer, "Jan Rolny", owner)
        connect(firm, ksef_files)
        let_issue(buyer, firm, "RRInvoicing")
        wire.seen.clear()

    return let


@pytest.fixture
def draft(farmer: str) -> Callable[..., RrDraft]:
    """``draft(company, **changes)``: what the company means by an invoice of today for the farmer."""

    def build(company: Any, **changes: Any) -> RrDraft:
        buyer = Party(nip=company.nip, name=company.name, address_1=company.line1, address_2=company.line2)
        today = times.today()
        new = replace(
            PLAIN, farmer=replace(FARMER, nip=farmer), buyer=buyer, issue_date=today, purchase_date=today
        )
        return replace(new, **changes)

    return build
