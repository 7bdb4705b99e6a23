"""The print of an invoice that the buyer issued: who did, and to whom the paper is posted."""

from __future__ import annotations

import pytest
from liczydlo.prints.content import invoice

from app.tests.sales.world import document

SELLER, BUYER = "5265877635", "8567346215"


@pytest.mark.parametrize("language, said", [("pl", "w imieniu sprzedawcy"), ("en", "in the seller's name")])
def test_the_buyer_is_named_as_the_issuer(language: str, said: str) -> None:
    for mark, is_self_billed in (("<P_17>1", True), ("<P_17>2", False)):
        view = invoice(document(SELLER, BUYER, **{"<P_17>2": mark}), codes=None, language=language)  # type: ignore[arg-type]  # one of the two
        seller, buyer = view.parties
        assert any(said in one for one in buyer.details) is is_self_billed
        assert not any(said in one for one in seller.details)
        assert view.addressee[0].startswith("Żółta" if is_self_billed else "Kupiec")
