"""Packages that do not come, or cannot be opened, however often they are ordered: the documents come all the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest
from django.urls import reverse
from liczydlo.ksef import archives
from liczydlo.ksef.errors import PackageError, Unavailable
from liczydlo.purchases import packages, services
from liczydlo.purchases.models import Checkpoint, Order, ReceivedInvoice
from liczydlo.purchases.plan import Plan

from app.tests.purchases.test_bad_days import faults
from app.tests.purchases.test_synchronising import digests, received, sell, seller
from app.tests.sales.world import Wire, Worker

__all__ = ["faults", "seller"]
pytestmark = pytest.mark.django_db


def failures() -> int:
    return Checkpoint.objects.get(subject=services.BUYER).failed_packages


def test_an_export_that_ksef_cancels_is_ordered_anew(connected: Any, seller: Any, faults: Any) -> None:
    sent = sell(seller, connected, 3)
    faults.set("export-cancelled", times=1)
    with pytest.raises(PackageError, match="550"):
        services.synchronise(connected)
    assert not Order.objects.exists(), "KSeF would say the same of it for ever"
    assert (services.synchronise(connected).new, failures()) == (3, 0)
    assert received() == digests(sent)


@pytest.mark.parametrize("fault", ["export-cancelled", "export-corrupted"])
def test_when_package_after_package_fails_documents_come_one_by_one(
    connected: Any, seller: Any, faults: Any, wire: Wire, fault: str
) -> None:
    sent = sell(seller, connected, 3)
    faults.set(fault)
    for number in (1, 2):
        with pytest.raises(PackageError):
            services.synchronise(connected)
        assert (failures(), ReceivedInvoice.objects.count()) == (number, 0)
    wire.seen.clear()
    assert services.synchronise(connected).new == 3
    assert received() == digests(sent)
    assert ("POST", "/v2/invoices/exports") not in wire.seen
    faults.clear()
    sent += sell(seller, connected, 2)
    clock = Plan(connected, services.times.now)
    clock.refused("document", 60)  # nothing else is left: a package is tried again, and is good by now
    assert (services.synchronise(connected).new, failures()) == (2, 0)
    assert received() == digests(sent)


def test_when_every_package_is_unsafe_documents_come_one_by_one(
    connected: Any, seller: Any, faults: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = archives.Zip.files
    monkeypatch.setattr(archives.Zip, "files", lambda archive: 2 * list(files(archive)))
    sent = sell(seller, connected, 3)
    for _ in range(2):
        with pytest.raises(PackageError) as caught:
            services.synchronise(connected)
        assert caught.value.code == "package-unsafe"
    assert services.synchronise(connected).new == 3
    assert received() == digests(sent)


def test_what_is_new_does_not_wait_for_an_export_that_never_ends(
    connected: Any, seller: Any, faults: Any, receiver: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "PATIENCE", 0.0)
    sent = sell(seller, connected, 3)
    faults.set("export-stuck")
    services.request(connected)
    receiver.clock.stop()
    receiver.run(connected)
    order = Order.objects.get()
    assert not ReceivedInvoice.objects.exists(), "a few seconds are not long"
    receiver.clock.move_to(order.placed_at + packages.SLOW)
    receiver.run(connected)
    assert received() == digests(sent)
    assert Order.objects.get() == order, "it may still come"
    job = services.job(connected)
    assert job is not None and job.reason is None, "nothing is wrong yet"
    sent += sell(seller, connected)
    receiver.clock.move_to(order.placed_at + packages.GIVE_UP)
    receiver.run(connected)
    assert not Order.objects.exists()
    job = services.job(connected)
    assert job is not None and job.reason is not None and job.reason.code == "package-not-made"
    receiver.until(connected, lambda: received() == digests(sent))
    assert not Order.objects.exists(), "one was waited for long enough"


def test_parts_that_cannot_be_downloaded_stop_no_document(
    connected: Any, seller: Any, faults: Any, wire: Wire
) -> None:
    """The parts stand at another address than the API, which a firm's firewall may not let through."""

    def closed(request: httpx2.Request) -> Any:
        return httpx2.ConnectError("refused") if "/storage/" in request.url.path else None

    wire.rules.append(closed)
    sent = sell(seller, connected, 3)
    with pytest.raises(Unavailable):
        services.synchronise(connected)
    with pytest.raises(Unavailable):
        services.synchronise(connected)
    assert received() == digests(sent), "the package was waited for once more, and they came meanwhile"
    wire.rules.clear()
    assert services.synchronise(connected).new == 0
    assert (failures(), Order.objects.exists()) == (0, False)


def test_the_page_says_that_ksef_made_no_package(
    connected: Any, seller: Any, faults: Any, receiver: Worker, browse: Any, owner: Any
) -> None:
    sell(seller, connected, 3)
    faults.set("export-cancelled")
    services.request(connected)
    receiver.run(connected)
    address = reverse("purchases:synchronisation", args=[connected.pk])
    assert "KSeF nie przygotował zamówionej paczki faktur" in browse(owner).get(address).content.decode()
    job = services.job(connected)
    assert job is not None and job.due_at is not None
    assert job.due_at - receiver.clock() < dt.timedelta(minutes=10)
