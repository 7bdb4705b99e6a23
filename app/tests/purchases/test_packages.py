"""Many new documents come in a package, and every role is looked through."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from liczydlo.jobs import failpoints, registry
from liczydlo.jobs.models import Job
from liczydlo.ksef.errors import PackageError
from liczydlo.purchases import chunks, packages, reading, services, synchronisation
from liczydlo.purchases.models import Checkpoint, ReceivedInvoice, SetAside
from liczydlo.sales.models import Invoice

from app.tests.purchases.test_synchronising import Died, digests, received, sell, seller
from app.tests.sales.world import Wire, Worker, document, new_nip

__all__ = ["seller"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two documents are many, and three a chunk."""
    monkeypatch.setattr(services, "FEW", 1)
    monkeypatch.setattr(packages, "CHUNK", 3)


@pytest.fixture
def packing(emulator: Any) -> Iterator[Any]:
    """The emulator's making of packages, to be changed."""
    with pytest.MonkeyPatch.context() as patch:
        yield lambda name, value: patch.setattr(emulator.emulator.export_work, name, value)


def requests(wire: Wire, part: str) -> int:
    return sum(part in path for _, path in wire.seen)


def mark() -> Checkpoint:
    return Checkpoint.objects.get(subject="Subject2")


def test_many_come_with_one_export_and_few_one_by_one(
    connected: Any, seller: Any, wire: Wire, many: None
) -> None:
    sent = sell(seller, connected, 5)
    wire.seen.clear()
    result = services.synchronise(connected)
    assert (result.new, received()) == (5, digests(sent))
    assert requests(wire, "/invoices/ksef/") == 0
    assert sum(one == ("POST", "/v2/invoices/exports") for one in wire.seen) == 1
    last = ReceivedInvoice.objects.order_by("-stored_at")[0]
    assert mark().until > last.stored_at, "KSeF's mark, which is later than the last document"
    more = sell(seller, connected, 1)
    wire.seen.clear()
    assert services.synchronise(connected).new == 1
    assert received() == digests(sent + more)
    assert (requests(wire, "/invoices/exports"), requests(wire, "/invoices/ksef/")) == (0, 1)


def test_a_chunk_takes_as_many_statements_whatever_it_holds(
    connected: Any, seller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "FEW", 1)
    stored: dict[int, int] = {}
    read: dict[int, int] = {}

    def store(run: chunks.Run, chunk: chunks.Chunk) -> None:
        with CaptureQueriesContext(connection) as asked:
            chunks.store(run, chunk)
        if chunk.documents:
            stored[len(chunk.documents)] = len(asked)

    monkeypatch.setattr(packages, "store", store)
    for count in (2, 3, 9):  # the first makes the seller known
        sell(seller, connected, count)
        services.synchronise(connected)
        registry.enqueue(connected.pk, reading.READ_JOB)
        job = Job.objects.get(company=connected, name=reading.READ_JOB)
        with CaptureQueriesContext(connection) as asked:
            registry.run(job.pk)
        read[count] = len(asked)
        assert not ReceivedInvoice.objects.filter(read_at=None).exists()
    assert stored[9] == stored[3] < 30, stored
    assert read[9] <= read[2] < 35, read  # fewer where nothing is to be warned of


def test_truncated_packages_are_continued(connected: Any, seller: Any, many: None, packing: Any) -> None:
    packing("most", 2)
    sent = sell(seller, connected, 5)
    assert services.synchronise(connected).new == 5
    assert received() == digests(sent)
    assert ReceivedInvoice.objects.count() == 5


def test_one_bad_document_of_a_package_is_set_aside(
    connected: Any, seller: Any, many: None, packing: Any, emulator: Any
) -> None:
    sent = sell(seller, connected, 4)
    describe = emulator.emulator.export_work.describe
    count = iter(range(100))

    def spoil(invoice: Any) -> dict[str, Any]:
        described = describe(invoice)
        return described | ({"invoiceHash": "A" * 43 + "="} if next(count) == 1 else {})

    packing("describe", spoil)
    result = services.synchronise(connected)
    assert (result.new, result.set_aside) == (3, 1)
    row = SetAside.objects.get()
    assert row.reason is not None and row.reason.code == "hash-differs"
    assert mark().until > row.listed.stored
    assert len(received() & digests(sent)) == 3


def test_a_document_without_a_name_holds_the_mark_and_not_the_others(
    connected: Any, seller: Any, many: None, packing: Any, emulator: Any
) -> None:
    sent = sell(seller, connected, 4)
    describe = emulator.emulator.export_work.describe
    count = iter(range(100))

    def spoil(invoice: Any) -> dict[str, Any]:
        described = describe(invoice)
        return described | ({"grossAmount": None} if next(count) == 1 else {})

    packing("describe", spoil)
    with pytest.raises(PackageError):
        services.synchronise(connected)
    assert len(received() & digests(sent)) == 3
    before = ReceivedInvoice.objects.order_by("stored_at")[0].stored_at
    assert mark().until < before, "what nobody can name lies somewhere in the window"
    assert services.synchronise(connected).new == 1, "one is few: it comes by itself"
    assert received() == digests(sent)


def test_a_corrupted_part_stores_nothing_and_the_next_run_has_it_all(
    connected: Any, seller: Any, wire: Wire, many: None
) -> None:
    sent = sell(seller, connected, 3)

    def spoilt() -> httpx2.Response:
        return httpx2.Response(200, stream=httpx2.ByteStream(b"x" * 64))

    def rule(request: httpx2.Request) -> Any:
        return spoilt() if "/storage/" in request.url.path else None

    wire.rules.append(rule)
    with pytest.raises(PackageError):
        services.synchronise(connected)
    assert not ReceivedInvoice.objects.exists()
    wire.rules.clear()
    services.synchronise(connected)
    assert received() == digests(sent)


@pytest.mark.parametrize("step", [*failpoints.EXPORTING, "receive.store", "receive.stored"])
def test_whatever_dies_during_an_export_each_invoice_comes_in_once(
    connected: Any, seller: Any, receiver: Worker, monkeypatch: pytest.MonkeyPatch, many: None, step: str
) -> None:
    sent = sell(seller, connected, 4)
    services.request(connected)
    Checkpoint.objects.create(
        company=connected,
        environment=connected.environment,
        subject="Subject2",
        until=timezone.now() - dt.timedelta(hours=1),
    )

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
    assert ReceivedInvoice.objects.count() == 4


def third(nip: str) -> Callable[[str, str], bytes]:
    """Documents that name a third party."""
    party = (
        "</Podmiot2><Podmiot3><DaneIdentyfikacyjne>"
        f"<NIP>{nip}</NIP><Nazwa>Faktor sp. z o.o.</Nazwa></DaneIdentyfikacyjne>"
        "<Adres><KodKraju>PL</KodKraju><AdresL1>ul. Boczna 1</AdresL1></Adres><Rola>1</Rola></Podmiot3>"
    )

    def make(seller: str, buyer: str) -> bytes:
        return document(seller, buyer).replace(b"</Podmiot2>", party.encode())

    return make


def test_each_document_is_one_purchase_with_the_first_role_that_names_the_firm(
    connected: Any, seller: Any
) -> None:
    """Who is named as a third party has the document too, once and with the role; an own sale is no purchase."""
    make = third(connected.nip)
    as_third, as_both = make(seller.nip, new_nip()), make(seller.nip, connected.nip)
    sell(seller, connected, documents=[as_third, as_both])
    sell(connected, seller, documents=[make(connected.nip, new_nip())])
    assert services.synchronise(connected).new == 3
    assert received() == digests([as_third, as_both])
    assert Invoice.objects.of(connected).get().issued_elsewhere
    roles = {row.entry.sha256: row.role for row in ReceivedInvoice.objects.all()}
    assert roles == {digests([as_third]).pop(): "Subject3", digests([as_both]).pop(): "Subject2"}
    assert set(Checkpoint.objects.values_list("subject", flat=True)) == set(services.ROLES)


def test_all_roles_are_asked_for_once_somebody_goes_further_back(connected: Any, wire: Wire) -> None:
    services.synchronise(connected)
    Checkpoint.objects.update(since=services.BEGINNING + dt.timedelta(days=30))
    subjects: set[str] = set()

    def rule(request: httpx2.Request) -> None:
        if request.url.path.endswith("/invoices/query/metadata"):
            subjects.add(json.loads(request.content)["subjectType"])

    wire.rules.append(rule)
    other = Checkpoint.objects.create(
        company=connected, environment="TEST", subject="Subject2", until=timezone.now()
    )
    synchronisation.look_back_to(connected, services.BEGINNING)
    services.synchronise(connected)
    assert subjects == set(services.ROLES)
    day = services.BEGINNING + dt.timedelta(days=10)
    synchronisation.look_back_to(connected, day)
    assert set(Checkpoint.objects.exclude(pk=other.pk).values_list("since", flat=True)) == {day}
    assert Checkpoint.objects.get(pk=other.pk).since == other.since, "of another environment nobody said so"


def test_the_rarer_roles_are_asked_for_less(connected: Any, wire: Wire) -> None:
    now = timezone.now()
    services.synchronise(connected)
    for passed, asked in ((dt.timedelta(hours=1), 1), (services.OTHERS_EVERY + dt.timedelta(minutes=1), 4)):
        wire.seen.clear()
        services.synchronise(connected, clock=lambda passed=passed: now + passed)  # type: ignore[misc]
        assert requests(wire, "/invoices/query/metadata") == asked
