"""An invoice in a supplier's name from the draft to its number and back as a purchase, against the real emulator."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from liczydlo.books import jpk_fa
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.fa3.draft import InvoiceDraft
from liczydlo.sales import filters, services
from liczydlo.sales.models import Invoice
from liczydlo.sales.models.receivables import Receivable
from liczydlo.web import times

from app.tests.sales.test_unfinished import posts
from app.tests.sales.world import Worker, fresh, issue, settled
from app.tests.self_billing.test_pages import at, text

pytestmark = [pytest.mark.django_db, pytest.mark.shared]

Draft = Callable[..., InvoiceDraft]


def test_without_the_suppliers_permission_it_is_refused_and_goes_again_once_there_is_one(
    connected: Any, draft: Draft, grant: Any, sender: Worker, supplier: str, owner: Any, browse: Any
) -> None:
    invoice = issue(connected, draft(connected))
    sender.until(connected, lambda: settled(invoice))
    row = fresh(invoice)
    assert row.state == "rejected" and row.reason is not None and row.reason.code == "no-permission"
    page = browse(owner).get(row.get_absolute_url()).content.decode()
    assert "Dostawca sp. z o.o. nada Twojej firmie uprawnienie „samofakturowanie” (SelfInvoicing)" in page
    grant(connected)
    services.send(row)
    sender.until(connected, lambda: settled(invoice))
    row = fresh(invoice)
    assert row.state == "accepted" and row.entry.ksef_number.startswith(f"{supplier}-")


def test_it_comes_back_once_as_the_purchase_that_is_booked_and_paid(
    connected: Any, draft: Draft, grant: Any, sender: Worker, receiver: Worker
) -> None:
    from liczydlo.purchases import services as purchases

    grant(connected)
    invoice = issue(connected, draft(connected))
    sender.until(connected, lambda: settled(invoice))
    entries = IndexEntry.objects.of(connected).filter(ksef_number=fresh(invoice).entry.ksef_number)
    for _ in range(2):
        purchases.request(connected)
        receiver.until(connected, lambda: entries.filter(direction=Direction.PURCHASE).exists())
    own, bought = entries.order_by("pk")
    assert (own.direction, bought.direction) == (Direction.SELF_BILLED, Direction.PURCHASE)
    assert own.document_id == bought.document_id
    assert (bought.gross, bought.purchase.payment) == (Decimal("123.00"), "due")


def test_an_advance_its_correction_the_settlement_and_a_simplified_one_are_accepted(
    connected: Any, grant: Any, sender: Worker, supplier: str, owner: Any, browse: Any
) -> None:
    """Typed in the form, each after the one before has its number."""
    grant(connected)
    ala = browse(owner)

    def sent(address: str, **changes: str) -> Invoice:
        answer = ala.post(address, {**posts(ala.get(address)), **changes})
        assert answer.status_code == 302, text(answer)
        row = Invoice.objects.latest("pk")
        services.issue(connected, services.draft_of(row).content, draft=row)
        sender.until(connected, lambda: settled(row))
        row = fresh(row)
        assert row.state == "accepted" and row.entry.ksef_number.startswith(f"{supplier}-"), row.reason
        return row

    said = {"buyer_nip": supplier, "buyer_name": "Dostawca", "buyer_line1": "Krzywa 2"}
    line = {"lines-0-name": "Drewno", "lines-0-price": "100", "lines-0-quantity": "1", "lines-0-unit": "szt."}
    order = {**said, **line, "lines-0-rate": "23"}
    first = sent(at("new_self_billed_advance", connected), **order, advance="61,50")
    sent(at("correct_values", connected, first.pk), advance="50", reason="Zwrot")
    last = sent(at("settle", connected, first.pk))
    assert (last.entry.kind, last.entry.gross) == ("ROZ", Decimal("73.00"))
    assert sent(at("new_self_billed_simplified", connected), **order).entry.kind == "UPR"


def test_it_is_no_sale(ala: Client, company: Any, draft: Draft) -> None:
    """Nobody owes for it, and the firm's books and lists of sales do not have it."""
    invoice = issue(company, draft(company))
    assert not Receivable.objects.exists() and not filters.unpaid_sums(company, times.today())
    assert not jpk_fa.entries(company, jpk_fa.Period(first=times.today(), last=times.today())).exists()
    moving = {kind: count["moving"] for kind, count in filters.counts(company, times.today()).items()}
    assert moving == {Direction.SALE: 0, Direction.SELF_BILLED: 1}
    assert invoice.entry.number not in ala.get(f"/firmy/{company.pk}/sprzedaz/").content.decode()
    assert invoice.entry.number in ala.get(f"/firmy/{company.pk}/sprzedaz/za-dostawcow/").content.decode()
