"""440: KSeF has it already. Which document, in whose session, and where its receipt is to be asked for."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import Any

import httpx2
import pytest
from liczydlo.connection import clients
from liczydlo.connection.waiting import AWAY
from liczydlo.jobs import claims, registry
from liczydlo.jobs.claims import LONGEST
from liczydlo.ksef import upo
from liczydlo.sales import services
from liczydlo.sales.models import Invoice, Receipt, Session
from liczydlo.sales.sending import receipts

from app.tests.sales.test_run import ONE, due_in, edited, issue, job, on, problem, with_status
from app.tests.sales.test_sending import fresh, settled
from app.tests.sales.world import Wire, Worker, document

pytestmark = pytest.mark.django_db

UPO = r"/v2/sessions/[^/]+/invoices/.+/upo"
BY_NUMBER = r"/v2/sessions/[^/]+/invoices/ksef/[^/]+/upo"


@pytest.fixture
def elsewhere(connected: Any) -> Any:
    """The document, which another program of the firm has sent: ``.xml``, ``.session``, ``.status``."""

    class Elsewhere:
        xml = document(connected.nip)

    with clients.client(connected) as ksef:
        session = ksef.open_online()
        Elsewhere.reference = ksef.send_invoice(session, Elsewhere.xml)  # type: ignore[attr-defined]
        digest = hashlib.sha256(Elsewhere.xml).digest()
        while (status := ksef.find_invoice(session.reference, digest)) is None or status.in_progress:
            pass
    Elsewhere.session, Elsewhere.status = session.reference, status  # type: ignore[attr-defined]
    return Elsewhere


def hidden(elsewhere: Any) -> Any:
    """The session is another login's: its list is not shown."""
    path = re.escape(f"/v2/sessions/{elsewhere.session}/invoices")
    return on("GET", path, lambda _request: problem(403, "insufficient-resource-access"))


class TestDuplicates:
    def test_in_a_session_that_can_be_looked_at(self, connected: Any, elsewhere: Any, sender: Worker) -> None:
        invoice = services.issue(connected, elsewhere.xml)
        sender.until(connected, lambda: settled(invoice))
        row = fresh(invoice)
        assert (row.session_reference, row.invoice_reference) == (elsewhere.session, elsewhere.reference)
        assert row.entry.ksef_number == elsewhere.status.ksef_number
        assert row.entry.acquired_at == elsewhere.status.acquired

    def test_in_another_logins_session_the_receipt_is_asked_for_by_number(
        self, connected: Any, elsewhere: Any, sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(hidden(elsewhere))
        invoice = services.issue(connected, elsewhere.xml)
        sender.until(connected, lambda: settled(invoice))
        row = fresh(invoice)
        assert (row.state, row.entry.ksef_number) == ("accepted", elsewhere.status.ksef_number)
        assert (row.session_reference, row.invoice_reference) == (elsewhere.session, "")
        assert row.reason is not None and row.reason.code == "recovered"
        receipt = Receipt.objects.get(invoice=row)
        assert receipts.proves(upo.verify(bytes(receipt.xml)), row)
        asked = [path for _, path in wire.seen if re.fullmatch(UPO, path)]
        assert asked and all(re.fullmatch(BY_NUMBER, path) for path in asked)

    def test_a_receipt_that_is_never_given_is_asked_for_less_and_less_and_then_no_more(
        self, connected: Any, elsewhere: Any, sender: Worker, wire: Wire, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(receipts, "TIMES", 11)
        wire.rules += [hidden(elsewhere), on("GET", UPO, lambda _request: problem(400, 21178))]
        invoice = services.issue(connected, elsewhere.xml)
        other = issue(connected)[0]
        Invoice.objects.filter(pk=other.pk).update(  # it has its number, and its time has not come
            state="accepted",
            upo_pending=True,
            poll_at=sender.clock() + dt.timedelta(minutes=9),
            session_reference="S",
            invoice_reference="I",
        )
        sender.clock.stop()
        sender.until(connected, lambda: fresh(invoice).looks == 1 and fresh(invoice).upo_pending)
        pauses = []
        while (row := fresh(invoice)).upo_pending:
            assert row.poll_at is not None
            pauses.append(round((row.poll_at - sender.clock()).total_seconds()))
            sender.clock.move_to(row.poll_at)
            looks = row.looks
            sender.until(
                connected, lambda looks=looks: fresh(invoice).looks > looks or not fresh(invoice).upo_pending
            )
        assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600]
        assert fresh(other).upo_pending
        asked = [path for _, path in wire.seen if re.fullmatch(BY_NUMBER, path)]
        assert len(asked) == 11
        assert (row.state, row.poll_at, row.is_moving) == ("accepted", None, False)
        assert row.reason is not None
        assert (row.reason.code, row.reason.ksef_code, row.reason.reference) == ("no-receipt", "21178", "T-1")
        assert "UPO" in row.reason.text("pl") and row.reason.text("pl") != row.reason.text("en")
        assert not Receipt.objects.exists()

    @pytest.mark.parametrize("refusal", [problem(403, "missing-permissions"), problem(400, 21164)])
    def test_one_that_may_not_be_read_is_not_called_another(
        self, refusal: httpx2.Response, connected: Any, elsewhere: Any, sender: Worker, wire: Wire
    ) -> None:
        wire.rules += [hidden(elsewhere), on("GET", r"/v2/invoices/ksef/.+", refusal)]
        invoice = services.issue(connected, elsewhere.xml)
        sender.until(connected, lambda: settled(invoice))
        row = fresh(invoice)
        assert row.state == "rejected" and row.reason is not None
        assert (row.reason.code, row.reason.ksef_code) == ("duplicate-unproved", "440")
        assert elsewhere.status.ksef_number in row.reason.text("pl")
        assert row.poll_at is None
        services.send(row)  # the permission has been granted
        sender.until(connected, lambda: settled(invoice))
        assert fresh(invoice).state == "accepted"

    def test_one_that_cannot_be_read_yet_is_waited_for(
        self, connected: Any, elsewhere: Any, sender: Worker, wire: Wire
    ) -> None:
        wire.rules += [hidden(elsewhere), on("GET", r"/v2/invoices/ksef/.+", problem(400, 21165))]
        invoice = services.issue(connected, elsewhere.xml)
        sender.until(connected, lambda: settled(invoice))
        assert fresh(invoice).state == "accepted"

    @pytest.mark.parametrize(
        ("extensions", "number"),
        [({}, "?"), ({"originalKsefNumber": "5265877635-20250916-0200A0D6723E-C2"}, "5265877635-20250916")],
    )
    def test_a_duplicate_of_which_ksef_tells_nothing_that_proves_it(
        self, extensions: dict[str, str], number: str, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(on("GET", ONE, edited(wire, with_status(440, **extensions))))
        wire.rules.append(
            on("GET", r"/v2/invoices/ksef/.+", httpx2.Response(200, content=document(connected.nip)))
        )
        invoice = issue(connected)[0]
        sender.until(connected, lambda: settled(invoice))
        row = fresh(invoice)
        assert row.state == "rejected" and row.reason is not None
        assert row.reason.code == "duplicate"
        assert number in row.reason.text("pl")
        assert row.reason.details == ("Szczegół",)
        assert row.poll_at is None
        assert not services.can_be_sent(row)

    def test_an_original_that_is_not_accepted_proves_nothing(
        self, connected: Any, elsewhere: Any, sender: Worker, wire: Wire
    ) -> None:
        def rejected(body: dict[str, Any]) -> None:
            for one in body["invoices"]:
                one["status"] = {"code": 450, "description": "x", "details": []}

        path = re.escape(f"/v2/sessions/{elsewhere.session}/invoices")
        wire.rules.append(on("GET", path, edited(wire, rejected)))
        invoice = services.issue(connected, elsewhere.xml)
        sender.until(connected, lambda: settled(invoice))
        assert fresh(invoice).state == "accepted"
        assert fresh(invoice).invoice_reference == ""


class TestReceipts:
    def accepted(self, company: Any, sender: Worker) -> Invoice:
        invoice = issue(company)[0]
        sender.until(company, lambda: fresh(invoice).state == "accepted")
        return fresh(invoice)

    def test_the_receipt_of_another_document_proves_nothing(
        self, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        other = self.accepted(connected, sender)
        sender.until(connected, lambda: settled(other))
        foreign = bytes(Receipt.objects.get().xml)
        as_xml = {"content-type": "application/xml"}
        wire.rules.append(on("GET", UPO, lambda _r: httpx2.Response(200, content=foreign, headers=as_xml)))
        row = self.accepted(connected, sender)
        sender.until(connected, lambda: fresh(row).looks == 2)
        assert not Receipt.objects.filter(invoice=row).exists()
        assert not receipts.proves(upo.verify(foreign), row)
        wire.rules.clear()
        sender.until(connected, lambda: settled(row))
        assert Receipt.objects.filter(invoice=row).count() == 1
        assert fresh(row).poll_at is None

    def test_a_receipt_with_the_right_number_and_another_digest_is_not_this_ones(
        self, connected: Any, sender: Worker
    ) -> None:
        row = self.accepted(connected, sender)
        sender.until(connected, lambda: settled(row))
        xml = bytes(Receipt.objects.get().xml)
        assert receipts.proves(upo.verify(xml), fresh(row))
        row.entry.ksef_number, row.entry.document.sha256 = fresh(row).entry.ksef_number, "0" * 64
        assert not receipts.proves(upo.verify(xml), row)

    def test_a_forged_receipt_is_not_kept(self, connected: Any, sender: Worker, wire: Wire) -> None:
        forged = httpx2.Response(200, content=b"<a/>", headers={"content-type": "application/xml"})
        wire.rules.append(on("GET", UPO, forged))
        row = self.accepted(connected, sender)
        sender.until(connected, lambda: fresh(row).looks == 1 or settled(row))
        assert not Receipt.objects.exists()
        sender.until(connected, lambda: settled(row))
        assert upo.verify(bytes(Receipt.objects.get().xml)).document(fresh(row).entry.ksef_number)
        received = Receipt.objects.get().received_at
        assert abs((received - sender.clock()).total_seconds()) < 60

    def test_one_that_gets_no_answer_lets_the_others_come_first(
        self, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(on("GET", UPO, lambda _r: problem(400, 21178)))
        first, second = self.accepted(connected, sender), self.accepted(connected, sender)
        Invoice.objects.update(poll_at=None, looks=0)
        bad = re.escape(f"/v2/sessions/{first.session_reference}/invoices/{first.invoice_reference}/upo")
        wire.rules[:] = [on("GET", bad, lambda _r: httpx2.ReadTimeout("x"))]
        registry.enqueue(connected.pk, "sales.send")
        sender.run(connected)
        row = fresh(first)
        assert row.upo_pending and row.looks == 1
        assert row.poll_at is not None and 0 < (row.poll_at - sender.clock()).total_seconds() <= 2
        assert not Receipt.objects.exists()
        registry.enqueue(connected.pk, "sales.send")
        sender.run(connected)
        assert [receipt.invoice for receipt in Receipt.objects.all()] == [second]
        for _ in range(8):
            sender.clock.move_to(fresh(first).poll_at or sender.clock())
            registry.enqueue(connected.pk, "sales.send", clock=sender.clock)
            sender.run(connected)
        row = fresh(first)
        assert row.looks > 5 and row.poll_at is not None
        assert row.poll_at - sender.clock() <= AWAY
        wire.rules.clear()
        sender.until(connected, lambda: settled(first))

    def test_receipts_come_in_slices(
        self, connected: Any, sender: Worker, wire: Wire, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wire.rules.append(on("GET", UPO, lambda _r: problem(400, 21178)))
        rows = issue(connected, 3)
        sender.until(connected, lambda: all(fresh(row).state == "accepted" for row in rows))
        wire.rules.clear()
        Invoice.objects.update(poll_at=None, looks=0)
        monkeypatch.setattr(claims, "SLICE", dt.timedelta(0))
        registry.enqueue(connected.pk, "sales.send")
        sender.run(connected)
        assert set(Receipt.objects.values_list("invoice", flat=True)) == {rows[0].pk}
        assert due_in(connected, sender) <= 0
        sender.until(connected, lambda: all(settled(row) for row in rows), runs=3)

    def test_a_moment_of_a_wrong_clock_is_pulled_back(
        self, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(on("GET", UPO, lambda _r: problem(400, 21178)))
        row = self.accepted(connected, sender)
        wire.rules.clear()
        Invoice.objects.update(poll_at=sender.clock() + LONGEST + dt.timedelta(days=300))
        registry.enqueue(connected.pk, "sales.send")
        sender.run(connected)
        assert settled(row)

    def test_the_next_look_is_that_of_the_first_that_is_due(
        self, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        wire.rules.append(on("GET", UPO, lambda _r: problem(400, 21178)))
        first, second = self.accepted(connected, sender), self.accepted(connected, sender)
        now = sender.clock()
        Session.objects.update(closed_at=now)
        Invoice.objects.filter(pk=first.pk).update(poll_at=now + dt.timedelta(seconds=60))
        Invoice.objects.filter(pk=second.pk).update(poll_at=now + dt.timedelta(seconds=90))
        registry.enqueue(connected.pk, "sales.send")
        sender.run(connected)
        assert job(connected).due_at == fresh(first).poll_at == now + dt.timedelta(seconds=60)
