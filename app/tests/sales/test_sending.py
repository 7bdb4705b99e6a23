"""From issued to numbered, against the real emulator: all that goes wrong, death at each step."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import httpx2
import pytest
from django.utils import timezone
from liczydlo.connection import clients
from liczydlo.fa3.identifiers import KsefNumber
from liczydlo.jobs import failpoints
from liczydlo.jobs.models import Job
from liczydlo.ksef import upo
from liczydlo.sales import services
from liczydlo.sales.models import Event, Invoice, Receipt, Session
from liczydlo.sales.sending import run

from app.tests.sales.world import Wire, Worker, always, connect, document, fresh, once, settled

pytestmark = pytest.mark.django_db

SEND = ("POST", "/invoices")


def held_by_ksef(company: Any) -> list[str]:
    """The KSeF numbers of everything that KSeF holds of this seller."""
    since = timezone.now() - dt.timedelta(days=2)
    with clients.client(company) as ksef:
        return [found.ksef_number for found in ksef.query_metadata("Subject1", since)]


def steps(invoice: Invoice) -> list[str]:
    return list(Event.objects.filter(invoice=invoice).values_list("step", flat=True))


def test_an_invoice_gets_its_number_and_its_receipt(connected: Any, owner: Any, sender: Worker) -> None:
    xml = document(connected.nip)
    invoice = services.issue(connected, xml, by=owner)
    assert invoice.state == "queued"
    assert invoice.entry.xml == xml
    assert invoice.entry.sha256 == hashlib.sha256(xml).hexdigest()
    sender.until(connected, lambda: settled(invoice))
    row = fresh(invoice)
    assert KsefNumber.parse(row.entry.ksef_number).nip == connected.nip
    assert row.entry.acquired_at is not None
    receipt = Receipt.objects.get(invoice=row)
    entry = upo.verify(bytes(receipt.xml)).document(row.entry.ksef_number)
    assert entry is not None
    assert entry.sha256.hex() == row.entry.sha256
    assert steps(row) == ["issue", "queue", "send", "arrive", "accept"]
    assert held_by_ksef(connected) == [row.entry.ksef_number]
    assert row.reason is None


def test_invoices_of_a_company_share_a_session_which_is_closed_when_idle(
    connected: Any, sender: Worker, wire: Wire
) -> None:
    invoices = [services.issue(connected, document(connected.nip)) for _ in range(5)]
    sender.until(connected, lambda: all(settled(one) for one in invoices))
    assert wire.count("POST", "/sessions/online") == 1
    sender.until(connected, lambda: Session.objects.get().closed_at is not None)
    assert wire.count("POST", "/close") == 1
    assert Job.objects.get(company=connected, name=run.NAME).due_at is None


def test_a_lost_answer_is_asked_about_and_not_sent_again(connected: Any, sender: Worker, wire: Wire) -> None:
    wire.rules.append(once(*SEND, "lose"))
    invoice = services.issue(connected, document(connected.nip))
    sender.run(connected)
    assert fresh(invoice).state == "sending"
    assert Job.objects.get(company=connected, name=run.NAME).reason is not None
    sender.until(connected, lambda: settled(invoice))
    assert fresh(invoice).state == "accepted"
    assert wire.count(*SEND) == 1
    assert held_by_ksef(connected) == [fresh(invoice).entry.ksef_number]


def test_what_never_arrived_is_sent_again(connected: Any, sender: Worker, wire: Wire) -> None:
    wire.rules.append(once(*SEND, httpx2.WriteError("cut")))
    invoice = services.issue(connected, document(connected.nip))
    sender.until(connected, lambda: settled(invoice))
    assert fresh(invoice).state == "accepted"
    assert wire.count(*SEND) == 2
    assert steps(invoice) == ["issue", "queue", "send", "return", "send", "arrive", "accept"]
    assert held_by_ksef(connected) == [fresh(invoice).entry.ksef_number]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (lambda: httpx2.ConnectError("refused"), "network"),
        (lambda: httpx2.ConnectTimeout("slow"), "network"),
        (lambda: httpx2.Response(502, html="<html>Prace serwisowe</html>"), "maintenance-page"),
        (lambda: httpx2.Response(200, html="<html>Witamy</html>"), "not-ksef"),
    ],
)
def test_while_ksef_is_away_the_invoice_waits_with_the_reason_and_goes_out_later_by_itself(
    connected: Any, sender: Worker, wire: Wire, fault: Any, code: str
) -> None:
    wire.rules.append(always(fault))
    invoice = services.issue(connected, document(connected.nip))
    for _ in range(3):
        job = Job.objects.get(company=connected, name=run.NAME)
        assert job.due_at is not None
        sender.clock.move_to(job.due_at)
        sender.run(connected)
    assert fresh(invoice).state == "queued"
    reason = services.hindrance(connected)
    assert reason is not None
    assert reason.code == code
    assert reason.text("pl") != reason.text("en")
    wire.rules.clear()
    sender.until(connected, lambda: settled(invoice))
    assert fresh(invoice).state == "accepted"
    assert services.hindrance(connected) is None


def test_ksefs_wish_to_be_left_alone_is_respected(connected: Any, sender: Worker, wire: Wire) -> None:
    wire.rules.append(once(*SEND, httpx2.Response(429, headers={"Retry-After": "120"}, json={})))
    invoice = services.issue(connected, document(connected.nip))
    sender.run(connected)
    assert fresh(invoice).state == "queued"
    job = Job.objects.get(company=connected, name=run.NAME)
    assert job.blocked_until is not None
    assert 115 < (job.blocked_until - timezone.now()).total_seconds() <= 120
    services.retry(connected)
    assert not sender.run(connected)
    sender.until(connected, lambda: settled(invoice))
    assert fresh(invoice).state == "accepted"


def from_another_program(company: Any, xml: bytes) -> Any:
    """The firm's other program (or ours, before a restored backup) sends a document; its status at KSeF."""
    with clients.client(company) as ksef:
        session = ksef.open_online()
        ksef.send_invoice(session, xml)
        while (status := ksef.find_invoice(session.reference, hashlib.sha256(xml).digest())) is None or (
            status.in_progress
        ):
            pass
    return status


def test_another_invoice_of_the_same_number_is_refused_by_ksef_and_says_so(
    connected: Any, sender: Worker
) -> None:
    first = from_another_program(connected, document(connected.nip, number="FV/1"))
    second = services.issue(connected, document(connected.nip, number="FV/1", Prosta="Krzywa"))
    sender.until(connected, lambda: settled(second))
    row = fresh(second)
    assert row.state == "rejected"
    assert row.reason is not None
    assert (row.reason.code, row.reason.ksef_code) == ("duplicate", "440")
    assert first.ksef_number in row.reason.text("pl")
    assert not row.entry.ksef_number


def test_the_same_document_that_ksef_already_holds_gets_its_original_number(
    connected: Any, sender: Worker
) -> None:
    xml = document(connected.nip)
    status = from_another_program(connected, xml)
    invoice = services.issue(connected, xml)
    sender.until(connected, lambda: settled(invoice))
    row = fresh(invoice)
    assert row.state == "accepted"
    assert row.entry.ksef_number == status.ksef_number
    assert row.reason is not None
    assert row.reason.code == "recovered"
    assert Receipt.objects.filter(invoice=row).exists()


def test_a_session_that_ksef_no_longer_takes_is_replaced(connected: Any, sender: Worker, wire: Wire) -> None:
    first = services.issue(connected, document(connected.nip))
    sender.until(connected, lambda: settled(first))
    with clients.client(connected) as ksef:
        ksef.close_online(Session.objects.get().reference)
    second = services.issue(connected, document(connected.nip))
    sender.until(connected, lambda: settled(second))
    assert fresh(second).state == "accepted"
    assert Session.objects.filter(broken=True).count() == 1
    assert wire.count("POST", "/sessions/online") == 2


def test_without_a_connection_it_waits_and_goes_out_once_connected(
    firm: Any, ksef_files: Any, sender: Worker, wire: Wire
) -> None:
    invoice = services.issue(firm, document(firm.nip))
    sender.run(firm)
    reason = services.hindrance(firm)
    assert reason is not None
    assert reason.code == "not-connected"
    connect(firm, ksef_files)
    due = Job.objects.get(company=firm, name=run.NAME).due_at
    assert due is not None
    assert due <= sender.clock(), "the new connection has woken it"
    sender.until(firm, lambda: settled(invoice))
    assert fresh(invoice).state == "accepted"


def test_offline24_is_printed_with_two_codes_and_sent_later(
    connected: Any, ksef_files: Any, sender: Worker, owner: Any
) -> None:
    connect(connected, ksef_files, "Offline")
    invoice = services.issue(connected, document(connected.nip), mode="offline24", by=owner)
    assert invoice.state == "waiting"
    assert invoice.due_date is not None
    assert invoice.due_date > invoice.entry.issue_date
    assert "/certificate/Nip/" in invoice.kod_2
    assert invoice.carries_codes_offline
    assert not invoice.is_overdue(invoice.due_date)
    assert invoice.is_overdue(invoice.due_date + dt.timedelta(1))
    services.send(invoice, by=owner)
    sender.until(connected, lambda: settled(invoice))
    row = fresh(invoice)
    assert row.state == "accepted"
    assert not row.carries_codes_offline
    with clients.client(connected) as ksef:
        found = list(ksef.query_metadata("Subject1", timezone.now() - dt.timedelta(days=2)))
    assert [one.mode for one in found] == ["Offline"]


def test_an_offline_invoice_goes_out_by_itself_when_its_time_comes(
    connected: Any, ksef_files: Any, sender: Worker
) -> None:
    connect(connected, ksef_files, "Offline")
    at = timezone.now() + dt.timedelta(minutes=30)
    invoice = services.issue(connected, document(connected.nip), mode="offline24", send_after=at)
    assert not sender.run(connected)
    sender.until(connected, lambda: settled(invoice))
    assert sender.clock() >= at
    assert fresh(invoice).state == "accepted"


class Died(BaseException):
    """What SIGKILL is to a process: nothing of it runs any further."""


@pytest.mark.parametrize("step", failpoints.SENDING)
def test_whatever_dies_at_whatever_step_there_is_exactly_one_number(
    connected: Any, sender: Worker, wire: Wire, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    invoice = services.issue(connected, document(connected.nip))
    if step == "recover.ask":
        wire.rules.append(once(*SEND, "lose"))
    deaths: list[int] = []

    def die(_pid: int, _signal: int) -> None:
        deaths.append(1)
        monkeypatch.delenv(failpoints.VARIABLE)
        raise Died

    monkeypatch.setattr(failpoints.os, "kill", die)
    monkeypatch.setenv(failpoints.VARIABLE, step)

    def done() -> bool:
        return settled(invoice) and bool(deaths)

    for _ in range(100):
        if done():
            break
        job = Job.objects.get(company=connected, name=run.NAME)
        assert job.due_at is not None
        sender.clock.move_to(job.due_at)
        try:
            sender.run(connected)
        except Died:
            Job.objects.update(lease_until=None, holder="")  # as the sweep does with what the dead held
    assert deaths == [1]
    row = fresh(invoice)
    assert row.state == "accepted"
    assert held_by_ksef(connected) == [row.entry.ksef_number]
    assert Receipt.objects.filter(invoice=row).count() == 1
    assert wire.count(*SEND) <= 2
