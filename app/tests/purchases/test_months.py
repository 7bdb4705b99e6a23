"""Months compared with KSeF's metadata: what is missing is noticed and comes in, and a whole month costs nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest
from django.db import connection
from django.utils import timezone
from liczydlo import guards
from liczydlo.documents.models import IndexEntry
from liczydlo.purchases import inbox, months, packages, services
from liczydlo.purchases.models import Checkpoint, LateDocument, MonthCheck, Order, ReceivedInvoice

from app.tests.purchases.test_synchronising import digests, received, sell, seller
from app.tests.sales.world import Wire, Worker

__all__ = ["seller"]

pytestmark = pytest.mark.django_db
NIGHT = dt.datetime(2026, 11, 28, 1, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def buyer_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "ROLES", (services.BUYER,))


def lose(count: int) -> None:
    """Take documents away as if they had never come in."""
    guards.remove(connection, "documents_indexentry")
    for row in ReceivedInvoice.objects.order_by("pk")[:count]:
        row.delete()
        IndexEntry.objects.filter(pk=row.entry_id).delete()
    guards.install(connection)


def this_month() -> dt.date:
    return timezone.localdate().replace(day=1)


def request(company: Any) -> bool:
    return months.request(company, services.BUYER, this_month(), now=timezone.now())


def compare(company: Any) -> Any:
    return months.compare(company, nightly=False, clock=timezone.now)


def test_a_month_that_lacks_documents_is_healed_and_says_so(connected: Any, seller: Any) -> None:
    sent = sell(seller, connected, 3)
    services.synchronise(connected)
    lose(2)
    assert request(connected)
    result = compare(connected)
    assert (result.new, received()) == (2, digests(sent))
    check = MonthCheck.objects.get(month=this_month())
    assert (check.listed, check.already_stored, check.newly_stored, check.requested_at) == (3, 1, 2, None)
    assert check.checked_at is not None
    assert LateDocument.objects.count() == 2, "it was said that everything was here"


def test_a_whole_month_is_read_again_without_harm(connected: Any, seller: Any, wire: Wire) -> None:
    sell(seller, connected, 2)
    services.synchronise(connected)
    before = Checkpoint.objects.get().until
    request(connected)
    wire.seen.clear()
    assert compare(connected).new == 0
    assert [path for _, path in wire.seen] == ["/v2/invoices/query/metadata"]
    assert ReceivedInvoice.objects.count() == 2
    assert Checkpoint.objects.get().until >= before
    assert MonthCheck.objects.get(month=this_month()).newly_stored == 0


def test_a_large_month_goes_by_export_also_when_ksef_packs_for_long(
    connected: Any, seller: Any, monkeypatch: pytest.MonkeyPatch, wire: Wire
) -> None:
    sent = sell(seller, connected, 3)
    services.synchronise(connected)
    lose(2)
    monkeypatch.setattr(services, "FEW", 1)
    monkeypatch.setattr(packages, "PATIENCE", 0.0)
    request(connected)
    wire.rules.append(
        lambda asked: (
            httpx2.Response(200, json={"status": {"code": 100, "description": "w toku"}})
            if asked.method == "GET" and "/invoices/exports/" in asked.url.path
            else None
        )
    )
    assert compare(connected).again_at is not None
    assert Order.objects.get().purpose == "month"
    assert MonthCheck.objects.get(month=this_month()).checked_at is None
    wire.rules.clear()
    monkeypatch.setattr(packages, "PATIENCE", 8.0)
    assert services.synchronise(connected).new == 2, "the last hours hold them"
    compare(connected)
    assert not Order.objects.exists()
    assert received() == digests(sent)
    assert MonthCheck.objects.get(month=this_month()).listed == 3


def test_what_came_before_an_interruption_was_missing_too(
    connected: Any, seller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = sell(seller, connected, 5)
    services.synchronise(connected)
    lose(3)
    monkeypatch.setattr(services, "FEW", 1)
    monkeypatch.setattr(packages, "CHUNK", 2)
    request(connected)

    def interrupted() -> Any:
        return months.compare(connected, nightly=False, clock=timezone.now, should_yield=lambda: True)

    assert interrupted().more
    assert 0 < MonthCheck.objects.get(month=this_month()).stored_so_far < 3
    while interrupted().more:
        assert MonthCheck.objects.get(month=this_month()).checked_at is None
    check = MonthCheck.objects.get(month=this_month())
    assert (check.listed, check.already_stored, check.newly_stored, check.stored_so_far) == (5, 2, 3, 0)
    assert received() == digests(sent)


def test_the_night_compares_the_latest_months_and_the_longest_unseen(firm: Any) -> None:
    Checkpoint.objects.create(
        company=firm, environment=firm.environment, subject=services.BUYER, until=services.BEGINNING
    )
    months._fill(firm, NIGHT)
    MonthCheck.objects.filter(month__lt="2026-06-01").update(checked_at=NIGHT - dt.timedelta(days=5))
    picked = [one.month for one in months.checks_due(firm, nightly=True, now=NIGHT)]
    assert picked == [dt.date(2026, 11, 1), dt.date(2026, 10, 1), dt.date(2026, 9, 1)]
    MonthCheck.objects.filter(month__in=picked).update(checked_at=NIGHT)
    assert not list(months.checks_due(firm, nightly=True, now=NIGHT + dt.timedelta(hours=1)))
    assert not list(months.checks_due(firm, nightly=False, now=NIGHT + dt.timedelta(days=1)))
    MonthCheck.objects.filter(month__in=("2026-03-01", "2026-04-01")).update(checked_at=NIGHT)
    assert not list(months.checks_due(firm, nightly=True, now=NIGHT)), (
        "people had more of the older ones compared"
    )
    assert inbox.is_night(NIGHT)
    assert not inbox.is_night(NIGHT + dt.timedelta(hours=11))


def test_months_are_those_of_warsaw_and_touch() -> None:
    now = dt.datetime(2026, 11, 30, 23, 30, tzinfo=dt.UTC)  # in Warsaw it is December
    days = list(months.months(services.BEGINNING, now))
    assert (days[0], days[-1], len(days)) == (dt.date(2026, 12, 1), dt.date(2026, 2, 1), 11)
    windows = [months.window(day, now) for day in days]
    assert windows[0][1] is None
    assert windows[-1][0] == services.BEGINNING
    assert all(end == then[0] for (_, end), then in zip(windows[1:], windows, strict=False))


def test_a_worker_compares_what_was_requested(connected: Any, seller: Any, receiver: Worker) -> None:
    sent = sell(seller, connected, 2)
    services.synchronise(connected)
    lose(1)
    Checkpoint.objects.update(looked_at=None)
    request(connected)
    receiver.until(connected, lambda: services.job(connected).due_at is None)  # type: ignore[union-attr]
    assert received() == digests(sent)
    assert MonthCheck.objects.get(month=this_month()).checked_at is not None


def test_only_months_of_the_company_can_be_requested(firm: Any) -> None:
    assert not months.request(firm, services.BUYER, dt.date(2019, 1, 1), now=NIGHT)
    assert not months.request(firm, "Subject9", dt.date(2026, 11, 1), now=NIGHT)
