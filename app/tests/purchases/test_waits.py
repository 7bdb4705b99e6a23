"""How long receiving waits, what shortens it, and what it does at night."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest
from django.utils import timezone
from liczydlo.jobs import claims
from liczydlo.jobs.models import Job
from liczydlo.purchases import inbox, services
from liczydlo.purchases.models import Checkpoint, MonthCheck, ReceivedInvoice

from app.tests.purchases.test_months import buyer_alone, request, this_month
from app.tests.purchases.test_synchronising import sell, seller
from app.tests.sales.world import Wire, Worker, always

__all__ = ["buyer_alone", "seller"]

pytestmark = pytest.mark.django_db


def test_without_a_connection_it_is_tried_less_and_less_often(firm: Any, receiver: Worker) -> None:
    services.request(firm)
    receiver.clock.stop()
    pauses = []
    for _ in range(8):
        receiver.run(firm)
        due_at = services.job(firm).due_at  # type: ignore[union-attr]
        assert due_at is not None
        pauses.append(round((due_at - receiver.clock()).total_seconds()))
        receiver.clock.move_to(due_at)
    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert dt.timedelta(minutes=1) == inbox.NOT_CONNECTED


def test_documents_that_came_shorten_the_next_wait(
    connected: Any, seller: Any, wire: Wire, receiver: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "CHUNK", 1)
    sell(seller, connected, 2)
    services.request(connected)
    Job.objects.filter(company=connected, name=services.RECEIVE).update(failures=9)
    documents: list[str] = []

    def cut_the_second(request: httpx2.Request) -> Any:
        if "/invoices/ksef/" in request.url.path:
            documents.append(request.url.path)
            return httpx2.ConnectError("cut") if len(documents) > 1 else None
        return None

    wire.rules.append(cut_the_second)
    receiver.clock.stop()
    receiver.run(connected)
    found = services.job(connected)
    assert found is not None and found.failures == 1
    wire.rules[:] = [always(lambda: httpx2.ConnectError("x"))]
    for _ in range(6):
        receiver.clock.move_to(services.job(connected).due_at)  # type: ignore[union-attr,arg-type]
        receiver.run(connected)
    found = services.job(connected)
    assert found is not None and found.due_at is not None
    assert round((found.due_at - receiver.clock()).total_seconds()) == 30


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker gives way after each transaction, which has two documents."""
    monkeypatch.setattr(claims, "SLICE", dt.timedelta(0))
    monkeypatch.setattr(services, "CHUNK", 2)


def is_due(company: Any, worker: Worker) -> bool:
    job = services.job(company)
    return job is not None and job.due_at is not None and job.due_at <= worker.clock()


def test_a_worker_that_gives_way_goes_on_at_once(
    connected: Any, seller: Any, receiver: Worker, short: None
) -> None:
    sell(seller, connected, 3)
    services.request(connected)
    receiver.clock.stop()
    receiver.run(connected)
    assert ReceivedInvoice.objects.count() == 2 and is_due(connected, receiver)
    receiver.until(connected, lambda: services.job(connected).due_at is None)  # type: ignore[union-attr]
    assert ReceivedInvoice.objects.count() == 3


def test_a_comparison_that_gives_way_goes_on_at_once(
    connected: Any, seller: Any, receiver: Worker, short: None
) -> None:
    """Only the comparison can find them: all that was stored up to some hours ahead is said to be here."""
    services.synchronise(connected)
    row, ahead = Checkpoint.objects.get(), timezone.now() + dt.timedelta(hours=4)
    covered = [dict(one, end=ahead.isoformat()) for one in row.covered_json]
    Checkpoint.objects.update(covered_json=covered, until=ahead)
    sell(seller, connected, 3)
    request(connected)
    receiver.clock.stop()
    receiver.run(connected)
    check = MonthCheck.objects.filter(month=this_month(), checked_at=None)
    assert check.exists() and ReceivedInvoice.objects.count() == 2 and is_due(connected, receiver)
    receiver.until(connected, lambda: not check.exists())
    assert ReceivedInvoice.objects.count() == 3


@pytest.mark.parametrize(
    ("every", "night", "compares"), [(15, True, True), (15, False, False), (0, True, False)]
)
def test_months_are_compared_at_night_where_the_firm_fetches_by_itself(
    connected: Any, receiver: Worker, monkeypatch: pytest.MonkeyPatch, every: int, night: bool, compares: bool
) -> None:
    connected.fetch_every = every
    connected.save(update_fields=["fetch_every"])
    monkeypatch.setattr(inbox, "is_night", lambda _now: night)
    services.request(connected)
    receiver.run(connected)
    assert MonthCheck.objects.exclude(checked_at=None).exists() is compares
