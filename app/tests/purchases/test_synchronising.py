"""Bringing in what KSeF holds, against the real emulator; interrupted anywhere, nothing is lost or doubled."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

import httpx2
import pytest
from django.utils import timezone
from liczydlo.connection import clients
from liczydlo.jobs import failpoints
from liczydlo.jobs.models import Job
from liczydlo.ksef.errors import Unavailable
from liczydlo.purchases import reading, services, set_aside
from liczydlo.purchases.models import Checkpoint, ReceivedInvoice
from liczydlo.web.reasons import Reason

from app.tests.sales.world import Wire, Worker, document, let_in, new_nip, once

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(use_emulator: Any, ksef_files: Any, wire: Wire, emulator: Any) -> Any:
    """Another firm, connected, which invoices ours."""
    from liczydlo.companies.models import Company

    company = Company.objects.create(nip=new_nip(), name="Dostawca sp. z o.o.", line1="ul. Długa 1")
    let_in(company, ksef_files, emulator)
    return company


def sell(seller: Any, buyer: Any, count: int = 1, documents: Sequence[bytes] = ()) -> list[bytes]:
    """Invoices of the seller to the buyer, which KSeF has accepted."""
    sent = list(documents) or [document(seller.nip, buyer.nip) for _ in range(count)]
    with clients.client(seller) as ksef:
        session = ksef.open_online()
        references = [ksef.send_invoice(session, xml) for xml in sent]
        for reference in references:
            while (status := ksef.invoice_status(session.reference, reference)).in_progress:
                pass
            assert status.accepted, status
        ksef.close_online(session.reference)
    return sent


def received() -> set[str]:
    return {row.entry.sha256 for row in ReceivedInvoice.objects.all()}


def digests(sent: list[bytes]) -> set[str]:
    return {hashlib.sha256(xml).hexdigest() for xml in sent}


def test_what_the_firm_bought_comes_in_once(connected: Any, seller: Any, wire: Wire) -> None:
    sent = sell(seller, connected, 3)
    result = services.synchronise(connected)
    assert result.new == 3
    assert received() == digests(sent)
    row = ReceivedInvoice.objects.first()
    assert row is not None
    assert (row.entry.seller_nip, row.entry.gross, row.entry.currency) == (seller.nip, 177, "PLN")
    assert row.is_new
    assert (
        Job.objects.get(company=connected, name=reading.READ_JOB).due_at is not None
    )  # its letter need not wait
    again = services.synchronise(connected)
    assert again.new == 0
    assert ReceivedInvoice.objects.count() == 3
    more = sell(seller, connected)
    wire.seen.clear()
    assert services.synchronise(connected).new == 1
    assert received() == digests(sent + more)


def test_the_checkpoint_moves_up_to_what_ksef_guarantees(connected: Any, seller: Any) -> None:
    services.synchronise(connected)
    first = Checkpoint.objects.get(subject="Subject2")
    assert first.until > services.BEGINNING
    assert first.looked_at is not None
    sell(seller, connected)
    services.synchronise(connected)
    assert Checkpoint.objects.get(subject="Subject2").until >= first.until


def test_only_the_buyers_invoices_come_in(connected: Any, seller: Any) -> None:
    other = new_nip()
    with clients.client(seller) as ksef:
        session = ksef.open_online()
        ksef.send_invoice(session, document(seller.nip, other))
    assert services.synchronise(connected).new == 0


def test_interrupted_it_keeps_what_came_and_goes_on_from_there(
    connected: Any, seller: Any, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "CHUNK", 2)
    sent = sell(seller, connected, 5)
    documents = []

    def cut_the_fourth(request: httpx2.Request) -> Any:
        if "/invoices/ksef/" in request.url.path:
            documents.append(request)
            if len(documents) in (4, 5, 6):
                return httpx2.ReadError("cut")
        return None

    wire.rules.append(cut_the_fourth)
    with pytest.raises(Unavailable):
        services.synchronise(connected)
        services.synchronise(connected)
    assert ReceivedInvoice.objects.count() == 3
    stored = ReceivedInvoice.objects.order_by("stored_at").last()
    assert stored is not None
    assert Checkpoint.objects.get(subject="Subject2").until == stored.stored_at
    services.synchronise(connected)
    assert received() == digests(sent)


def test_a_worker_brings_them_in_and_waits_while_ksef_is_away(
    connected: Any, seller: Any, wire: Wire, receiver: Worker
) -> None:
    sell(seller, connected)
    wire.rules.append(once("POST", "/invoices/query/metadata", httpx2.Response(502, html="<html></html>")))
    wire.rules.append(
        once("POST", "/invoices/query/metadata", httpx2.Response(429, headers={"Retry-After": "300"}))
    )
    services.request(connected)
    receiver.until(connected, lambda: services.job(connected).due_at is None)  # type: ignore[union-attr]
    assert ReceivedInvoice.objects.exists()
    job = services.job(connected)
    assert job is not None
    assert job.reason is None


def test_without_a_connection_the_reason_is_told(firm: Any, receiver: Worker) -> None:
    services.request(firm)
    receiver.run(firm)
    job = services.job(firm)
    assert job is not None
    assert job.reason is not None
    assert job.reason.code == "not-connected"


class Died(BaseException):
    """What SIGKILL is to a process."""


@pytest.mark.parametrize("step", sorted(set(failpoints.RECEIVING) - {"receive.round"}))
def test_whatever_dies_at_whatever_step_each_invoice_comes_in_once(
    connected: Any, seller: Any, receiver: Worker, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(services, "CHUNK", 2)
    sent = sell(seller, connected, 3)
    if step == "receive.again":
        with clients.client(connected) as ksef:
            first = next(iter(ksef.query_metadata("Subject2", timezone.now() - dt.timedelta(hours=1), None)))
        set_aside.keep(
            connected, first, Reason("hash-differs"), now=timezone.now() - set_aside.FIRST_RETRY_AFTER
        )
    services.request(connected)

    def die(_pid: int, _signal: int) -> None:
        monkeypatch.delenv(failpoints.VARIABLE)
        raise Died

    monkeypatch.setattr(failpoints.os, "kill", die)
    monkeypatch.setenv(failpoints.VARIABLE, step)
    with pytest.raises(Died):
        receiver.run(connected)
    Job.objects.update(lease_until=None, holder="")
    receiver.until(connected, lambda: services.job(connected).due_at is None)  # type: ignore[union-attr]
    assert received() == digests(sent)
    assert ReceivedInvoice.objects.count() == 3
