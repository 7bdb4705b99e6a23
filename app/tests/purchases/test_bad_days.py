"""What the emulator does on purpose to whoever synchronises: late documents, corrupted parts, lists that differ."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from django.utils import timezone
from ksef_emulator.model.identity.keys import KeyUsage
from liczydlo.ksef.errors import PackageError
from liczydlo.purchases import months, services
from liczydlo.purchases.models import Checkpoint, LateDocument, Order, ReceivedInvoice, SetAside

from app.tests.purchases.test_synchronising import Died, digests, received, sell, seller
from app.tests.sales.world import Wire

__all__ = ["seller"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def faults(emulator: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The emulator's; the buyer's role alone, and one document is many."""
    monkeypatch.setattr(services, "ROLES", (services.BUYER,))
    monkeypatch.setattr(services, "FEW", 0)
    yield emulator.emulator.faults
    emulator.emulator.faults.clear()


def show_all(emulator: Any) -> None:
    """The time of what was held back has come."""
    storage = emulator.emulator.intake_queue.storage
    storage.reveal(int((timezone.now() + dt.timedelta(hours=9)).timestamp() * 1_000_000))


def test_one_that_appears_below_the_mark_comes_with_the_next_run(
    connected: Any, seller: Any, faults: Any, emulator: Any
) -> None:
    faults.set("stored-late", times=1, seconds=3600)
    sent = sell(seller, connected, 3)
    assert services.synchronise(connected).new == 2
    show_all(emulator)
    result = services.synchronise(connected)
    assert (result.new, result.late) == (1, 1)
    assert received() == digests(sent)
    late = LateDocument.objects.get()
    assert late.stored_at < Checkpoint.objects.get().until


def test_one_older_than_the_last_hours_comes_when_its_month_is_compared(
    connected: Any, seller: Any, faults: Any, emulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from liczydlo.purchases import coverage

    monkeypatch.setattr(coverage, "LAST_HOURS", dt.timedelta(0))
    faults.set("stored-late", times=1, seconds=3600)
    sent = sell(seller, connected, 3)
    assert services.synchronise(connected).new == 2
    show_all(emulator)
    assert services.synchronise(connected).new == 0
    months.request(connected, services.BUYER, timezone.localdate().replace(day=1), now=timezone.now())
    result = months.compare(connected, nightly=False, clock=timezone.now)
    assert (result.new, result.late) == (1, 1)
    assert received() == digests(sent)


def test_a_corrupted_part_costs_another_export_and_nothing_else(
    connected: Any, seller: Any, faults: Any
) -> None:
    sent = sell(seller, connected, 3)
    faults.set("export-corrupted", times=1)
    with pytest.raises(PackageError):
        services.synchronise(connected)
    assert not Order.objects.exists(), "it would be the same package again"
    assert services.synchronise(connected).new == 3
    assert received() == digests(sent)


def test_a_document_that_differs_from_its_list_is_set_aside_by_name(
    connected: Any, seller: Any, faults: Any
) -> None:
    sell(seller, connected, 3)
    faults.set("export-differs", times=1)
    result = services.synchronise(connected)
    assert (result.new, result.set_aside) == (2, 1)
    row = SetAside.objects.get()
    assert row.reason is not None and row.reason.code == "hash-differs"
    assert ReceivedInvoice.objects.count() == 2


def test_one_bad_document_among_five_hundred(connected: Any, seller: Any, faults: Any, emulator: Any) -> None:
    order = {"buyer": connected.nip, "count": 250}
    for _ in range(2):
        made = httpx2.post(f"{emulator.control_url}/invoices", json=order, timeout=60, trust_env=False)
        assert made.raise_for_status().json()["refused"] == []
    faults.set("export-differs", times=1)
    until = services.synchronise(connected)
    assert (until.new, until.set_aside) == (499, 1)
    assert ReceivedInvoice.objects.count() == 499
    (row,) = SetAside.objects.all()
    assert row.reason is not None and row.reason.code == "hash-differs"
    faults.clear()
    assert services.synchronise(connected, clock=lambda: row.next_at).new == 1, "KSeF's own document is good"
    assert ReceivedInvoice.objects.count() == 500 and not SetAside.objects.exists()


def test_keys_that_ksef_withdraws_meanwhile_stop_no_export(
    connected: Any, seller: Any, faults: Any, emulator: Any, wire: Wire
) -> None:
    """Before the order its wrapped key is refused (21470) and made anew; after it, the key of the package is ours."""

    def die(name: str) -> None:
        if name == "receive.wait":
            raise Died

    keys = emulator.emulator.keys
    sent = sell(seller, connected, 2)
    services.synchronise(connected)  # KSeF's public keys are known now
    for usage in KeyUsage:
        keys.replace(usage)
    sent += sell(seller, connected, 2)
    with pytest.raises(Died):
        services.synchronise(connected, step=die)
    order = Order.objects.get()
    for usage in KeyUsage:
        keys.replace(usage)
    wire.seen.clear()
    assert services.synchronise(connected).new == 2
    assert received() == digests(sent)
    assert any(order.reference in path for _, path in wire.seen)
    assert not Order.objects.exists() and not SetAside.objects.exists()
