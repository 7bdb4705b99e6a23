"""How long receiving waits, and what shortens it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest
from liczydlo.jobs.models import Job
from liczydlo.purchases import inbox, services

from app.tests.purchases.test_synchronising import sell, seller
from app.tests.sales.world import Wire, Worker, always

__all__ = ["seller"]

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
