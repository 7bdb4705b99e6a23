"""How far the program has looked: where it begins, what a chunk is, and what moves the mark."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import httpx2
import pytest
from django.utils import timezone
from liczydlo.documents.models import IndexEntry
from liczydlo.ksef.invoices import InvoiceMetadata, Party
from liczydlo.purchases import chunks, coverage, services
from liczydlo.purchases.chunks import store_documents
from liczydlo.purchases.models import Checkpoint, ReceivedInvoice
from liczydlo.purchases.plan import Plan
from liczydlo.web import times
from liczydlo.web.search import fold

from app.tests.purchases.test_synchronising import sell, seller
from app.tests.sales.world import Wire
from app.tests.sessions import at_once

__all__ = ["seller"]

pytestmark = pytest.mark.django_db
METADATA = "/v2/invoices/query/metadata"


def questions(wire: Wire) -> list[dict[str, Any]]:
    """The bodies of the questions for a window, as they go out from now on."""
    seen: list[dict[str, Any]] = []

    def rule(request: httpx2.Request) -> None:
        if request.url.path == METADATA:
            seen.append(json.loads(request.read()))

    wire.rules.append(rule)
    return seen


def test_the_beginning_is_ksefs_own(connected: Any, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "ROLES", (services.BUYER,))
    asked = questions(wire)
    services.synchronise(connected)
    first = dt.datetime.fromisoformat(asked[-1]["dateRange"]["from"])
    assert first == dt.datetime(2026, 1, 31, 23, 0, tzinfo=dt.UTC), "1 February 2026 in Warsaw"
    assert asked[0]["subjectType"] == "Subject2"
    assert asked[0]["dateRange"]["dateType"] == "PermanentStorage"
    newest, *older = asked
    assert newest["dateRange"].get("to") is None
    lengths = [
        dt.datetime.fromisoformat(one["dateRange"]["to"])
        - dt.datetime.fromisoformat(one["dateRange"]["from"])
        for one in older
    ]
    assert dt.timedelta(0) < max(lengths) <= coverage.MONTHS


def test_a_row_is_found_by_the_sellers_name_and_the_number(connected: Any, seller: Any) -> None:
    sell(seller, connected)
    services.synchronise(connected)
    row = ReceivedInvoice.objects.get()
    assert row.entry.seller_name and fold(row.entry.seller_name) in row.entry.words
    assert fold(row.entry.number) in row.entry.words
    assert (row.entry.seller_nip, row.entry.currency) == (seller.nip, "PLN")
    assert (str(row.entry.net), str(row.entry.vat), str(row.entry.gross)) == ("150.00", "27.00", "177.00")
    assert row.entry.buyer_name and row.entry.kind == "VAT" and row.mode
    assert row.is_new and not row.entry.has_attachment


def test_a_chunk_is_stored_when_it_is_full(
    connected: Any, seller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "CHUNK", 2)
    sell(seller, connected, 5)
    there: list[int] = []

    def step(name: str) -> None:
        if name == "receive.document":
            there.append(ReceivedInvoice.objects.count())

    result = services.synchronise(connected, step=step)
    assert there == [0, 0, 2, 2, 4]
    assert (result.new, result.known) == (5, 0)
    assert services.synchronise(connected).new == 0


def test_the_mark_is_ksefs_high_water_mark_not_the_last_document(connected: Any, seller: Any) -> None:
    sell(seller, connected, 2)
    before = timezone.now()
    result = services.synchronise(connected)
    mark = Checkpoint.objects.get(subject="Subject2")
    last = ReceivedInvoice.objects.order_by("-stored_at")[0].stored_at
    assert mark.until > last
    assert result.until == mark.until
    assert mark.looked_at is not None and mark.looked_at >= before


def test_a_window_that_has_an_end_does_not_move_the_mark_beyond_it(
    connected: Any, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks: list[dt.datetime] = []

    def step(name: str) -> None:
        if name == "receive.stored":
            marks.append(Checkpoint.objects.get(subject="Subject2").until)

    now = timezone.now()
    windows = list(coverage.windows((), services.BEGINNING, now))
    monkeypatch.setattr(services, "ROLES", (services.BUYER,))
    services.synchronise(connected, step=step)
    assert len(marks) == len(windows) > 2
    assert marks[0] > now - dt.timedelta(minutes=1), "the newest window comes first"
    (whole,) = Checkpoint.objects.get(subject="Subject2").timeline
    assert (whole.start, whole.end) == (services.BEGINNING, marks[0])


def test_the_mark_never_goes_back(connected: Any, seller: Any) -> None:
    services.synchronise(connected)
    ahead = timezone.now() + dt.timedelta(days=1)
    for until in (ahead, ahead - dt.timedelta(hours=1)):
        mark = Checkpoint.objects.get(subject="Subject2")
        run = chunks.Run(
            company=connected,
            role="Subject2",
            checkpoint=mark,
            ksef=None,  # type: ignore[arg-type]
            plan=Plan(connected, times.now),
        )
        chunks.store(run, chunks.Chunk(start=services.BEGINNING, until=until))
        assert Checkpoint.objects.get(subject="Subject2").until == ahead


def test_what_is_known_already_moves_the_mark_and_is_not_fetched_again(
    connected: Any, seller: Any, wire: Wire
) -> None:
    sell(seller, connected, 2)
    services.synchronise(connected)
    Checkpoint.objects.update(until=services.BEGINNING, covered_json=None)
    wire.seen.clear()
    result = services.synchronise(connected)
    assert (result.new, result.known) == (0, 2)
    assert not any(re.match("/v2/invoices/ksef/", path) for _, path in wire.seen)
    assert Checkpoint.objects.get(subject="Subject2").until > services.BEGINNING + dt.timedelta(days=1)


def test_of_a_company_in_two_environments_each_has_its_mark(connected: Any) -> None:
    first = services.checkpoint_of(connected)
    connected.environment = "TEST"
    second = services.checkpoint_of(connected)
    assert first.pk != second.pk
    assert (first.subject, second.until) == ("Subject2", services.BEGINNING)


def listed(company: Any, number: int) -> tuple[InvoiceMetadata, bytes]:
    """A document of another firm, and how KSeF lists it."""
    xml, now = f"<Faktura>{number}</Faktura>".encode(), timezone.now()
    metadata = InvoiceMetadata(
        ksef_number=f"8567346215-20261128-{number:012X}-00",
        invoice_number=f"FV/{number}",
        issue_date=now.date(),
        invoicing_date=now,
        acquired=now,
        stored=now,
        seller=Party(kind="Nip", value="8567346215", name="Dostawca"),
        buyer=Party(kind="Nip", value=company.nip, name=company.name),
        net=Decimal(100),
        gross=Decimal(123),
        vat=Decimal(23),
        currency="PLN",
        mode="Online",
        kind="Vat",
        form="FA (3)",
        self_invoicing=False,
        has_attachment=False,
        sha256=hashlib.sha256(xml).digest(),
        corrected_sha256=None,
    )
    return metadata, xml


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_store_each_document_once(company: Any) -> None:
    for begin in range(0, 200, 40):
        documents = [listed(company, number) for number in range(begin, begin + 40)]
        stored = at_once(
            partial(store_documents, company, documents, role="Subject2"),
            partial(store_documents, company, documents[::-1], role="Subject3"),
        )
        assert sum(one.new for one in stored) == 40, stored
    assert at_once(ReceivedInvoice.objects.count) == [200]
    digests = partial(list, IndexEntry.objects.values_list("document__sha256", flat=True))
    expected = {hashlib.sha256(f"<Faktura>{number}</Faktura>".encode()).hexdigest() for number in range(200)}
    assert set(at_once(digests)[0]) == expected


def test_a_sale_of_the_firms_own_is_no_purchase_that_is_here(company: Any) -> None:
    one, xml = listed(company, 1)
    checkpoint = services.checkpoint_of(company)
    run = partial(
        chunks.Run,
        company=company,
        checkpoint=checkpoint,
        ksef=None,  # type: ignore[arg-type]
        plan=Plan(company, times.now),
    )
    assert not chunks.known(company, [one])
    assert store_documents(company, [(one, xml)], role="Subject3").new == 1
    assert set(chunks.known(company, [one])) == {one.ksef_number}
    assert ReceivedInvoice.objects.get().role == "Subject3"
    IndexEntry.objects.create(
        company=company,
        environment=company.environment,
        direction="sale",
        kind="VAT",
        number="S/1",
        issue_date=one.issue_date,
        seller_nip=company.nip,
        currency="PLN",
        gross=1,
        ksef_number="y",
    )
    assert not chunks.known(company, [replace(one, ksef_number="y")])
    mine = replace(one, ksef_number="x", seller=Party(kind="Nip", value=company.nip, name=None))
    assert run(role="Subject3").known([one, mine]) == {one.ksef_number, "x"}, "seen in a role of no use"
    assert run(role="Subject2").known([one, mine]) == {one.ksef_number}, "a purchase from oneself"
