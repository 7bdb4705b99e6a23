"""A VAT RR from the draft to its number and back as a purchase, against the real emulator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from django.utils import timezone
from liczydlo.documents.models import Direction, IndexEntry
from liczydlo.fa3.problems import DocumentError
from liczydlo.ksef import upo
from liczydlo.rr.draft import Correction, RrDraft
from liczydlo.sales import services
from liczydlo.sales.farm import corrections
from liczydlo.sales.models import Invoice, Receipt, Session
from liczydlo.sales.models.receivables import Receivable

from app.tests.sales.world import Wire, Worker, document, fresh, issue, once, settled

pytestmark = [pytest.mark.django_db, pytest.mark.shared]

Draft = Callable[..., RrDraft]


def corrected(draft: RrDraft, original: Invoice, number: str, price: str) -> RrDraft:
    now = corrections.draft_of_original(original)
    said = Correction(
        number=draft.number,
        issue_date=draft.issue_date,
        before=now.lines,
        ksef_number=original.entry.ksef_number,
        reason="Cena po ważeniu",
        effect=2,
    )
    lines = tuple(replace(line, price=Decimal(price)) for line in now.lines)
    return replace(now, number=number, lines=lines, deductions=(), correction=said)


def test_it_gets_a_number_under_the_farmers_nip_and_a_receipt(
    connected: Any, draft: Draft, farmer: str, grant: Any, sender: Worker, wire: Wire
) -> None:
    grant(connected)
    meant = draft(connected)
    sale = services.issue(connected, document(connected.nip))
    invoice = issue(connected, meant)
    sender.until(connected, lambda: settled(invoice) and settled(sale))
    row = fresh(invoice)
    assert (row.state, row.reason) == ("accepted", None)
    assert row.entry.ksef_number.startswith(f"{farmer}-")
    assert (row.entry.direction, row.entry.kind, row.entry.gross) == ("self", "VAT_RR", Decimal("1658.50"))
    receipt = Receipt.objects.get(invoice=row)
    assert upo.verify(receipt.content).document(row.entry.ksef_number) is not None
    sessions = Session.objects.of(connected).order_by("form").values_list("form", "sent")
    assert list(sessions) == [("FA (3)", 1), ("FA_RR (1)", 1)]
    assert fresh(sale).state == "accepted"
    assert list(Receivable.objects.values_list("entry", flat=True)) == [sale.entry_id]


def test_without_the_farmers_permission_it_is_refused_and_goes_again_once_there_is_one(
    connected: Any, draft: Draft, grant: Any, sender: Worker
) -> None:
    invoice = issue(connected, draft(connected))
    sender.until(connected, lambda: settled(invoice))
    row = fresh(invoice)
    assert row.state == "rejected" and row.reason is not None and row.reason.code == "no-permission"
    grant(connected)
    services.send(row)
    sender.until(connected, lambda: settled(invoice))
    assert fresh(invoice).state == "accepted"


def test_it_comes_back_as_the_purchase_that_is_booked_and_paid(
    connected: Any, draft: Draft, grant: Any, sender: Worker, receiver: Worker
) -> None:
    from liczydlo.purchases import services as purchases

    grant(connected)
    invoice = issue(connected, draft(connected))
    sender.until(connected, lambda: settled(invoice))
    purchases.request(connected)
    number = fresh(invoice).entry.ksef_number
    entries = IndexEntry.objects.of(connected).filter(ksef_number=number)
    receiver.until(connected, lambda: entries.filter(direction=Direction.PURCHASE).exists())
    own, bought = entries.get(direction=Direction.SELF_BILLED), entries.get(direction=Direction.PURCHASE)
    assert own.document_id == bought.document_id
    assert (bought.gross, bought.purchase.payment) == (Decimal("1658.50"), "due")


def test_a_correction_starts_from_what_the_last_one_left(
    connected: Any, draft: Draft, grant: Any, sender: Worker
) -> None:
    grant(connected)
    meant = draft(connected)
    invoice = issue(connected, meant)
    sender.until(connected, lambda: settled(invoice))
    stale = services.save_draft(connected, corrected(meant, fresh(invoice), "RR/K/2", "1.40"))
    first = issue(connected, corrected(meant, fresh(invoice), "RR/K/1", "1.50"))
    sender.until(connected, lambda: settled(first))
    row = fresh(first)
    assert (row.state, row.entry.kind, row.entry.gross) == ("accepted", "KOR_VAT_RR", Decimal("-53.50"))
    assert corrections.root(row).pk == invoice.pk
    assert [line.price for line in corrections.draft_of_original(fresh(invoice)).lines] == [Decimal("1.50")]
    with pytest.raises(services.NotIssued) as caught:
        services.issue(connected, services.draft_of(stale).content, draft=stale)
    assert caught.value.reason.code == "correction-outdated"
    again = issue(connected, corrected(meant, fresh(invoice), "RR/K/3", "1.40"))
    assert fresh(again).entry.gross == Decimal("-107.00")


def test_where_ksef_takes_no_such_session_the_others_go_on(
    connected: Any, draft: Draft, sender: Worker, wire: Wire
) -> None:
    def rule(request: httpx2.Request) -> Any:
        if request.url.path.endswith("/sessions/online") and b"FA_RR" in request.content:
            body = {
                "exception": {
                    "exceptionDetailList": [{"exceptionCode": 21405, "exceptionDescription": "Nie."}]
                }
            }
            return httpx2.Response(400, json=body)
        return None

    wire.rules.append(rule)
    invoice = issue(connected, draft(connected))
    sale = services.issue(connected, document(connected.nip))
    sender.until(connected, lambda: settled(invoice) and settled(sale))
    assert (fresh(invoice).state, fresh(sale).state) == ("rejected", "accepted")


def test_a_lost_answer_is_asked_about_and_not_sent_again(
    connected: Any, draft: Draft, grant: Any, sender: Worker, wire: Wire
) -> None:
    grant(connected)
    wire.rules.append(once("POST", "/invoices", "lose"))
    invoice = issue(connected, draft(connected))
    sender.run(connected)
    assert fresh(invoice).state == "sending"
    sender.until(connected, lambda: settled(invoice))
    assert fresh(invoice).state == "accepted"
    assert wire.count("POST", "/invoices") == 1


def test_a_foreign_buyer_and_a_used_number(connected: Any, draft: Draft) -> None:
    meant = draft(connected)
    with pytest.raises(services.NotIssued) as caught:
        services.save_draft(connected, replace(meant, buyer=replace(meant.buyer, nip="5265877635")))
    assert caught.value.reason.code == "foreign-buyer"
    services.save_draft(connected, meant)
    with pytest.raises(services.NotIssued) as caught:
        services.save_draft(connected, meant)
    assert caught.value.reason.code == "number-used"
    with pytest.raises(DocumentError):
        services.save_draft(connected, replace(meant, number="RR/x", lines=()))
    later = timezone.localdate() + dt.timedelta(days=1)
    with pytest.raises(DocumentError):
        services.save_draft(connected, replace(meant, number="RR/x", issue_date=later))
