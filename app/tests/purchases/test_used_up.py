"""A run that may not go on: KSeF's limits are used up, or others want the worker. What was taken is kept, nothing is
asked for that would be refused, and the run says when, or that, it goes on."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import httpx2
import pytest
from django.utils import timezone
from liczydlo.purchases import services, set_aside
from liczydlo.purchases.models import Checkpoint, KsefRequest, ReceivedInvoice, SetAside
from liczydlo.purchases.plan import Plan

from app.tests.purchases.test_checkpoint import Lists, lists
from app.tests.purchases.test_plan import begin_an_hour_ago, production
from app.tests.purchases.test_set_aside import BAD, bad, numbers
from app.tests.purchases.test_synchronising import digests, received, sell, seller
from app.tests.sales.world import Wire

__all__ = ["lists", "production", "seller"]
pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_no_export_is_asked_for_while_exports_are_used_up(
    connected: Any, seller: Any, wire: Wire, production: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "FEW", 1)
    begin_an_hour_ago(connected)
    sent = sell(seller, connected, 3)
    Plan(connected, timezone.now).refused("export", 600)
    wire.seen.clear()
    assert services.synchronise(connected).new == 3
    assert received() == digests(sent)
    assert not any("/invoices/exports" in path for _, path in wire.seen)


def test_a_run_that_gives_way_keeps_what_it_took_and_the_next_one_has_the_rest(
    connected: Any, seller: Any, production: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "CHUNK", 2)
    begin_an_hour_ago(connected)
    sent = sell(seller, connected, 3)
    result = services.synchronise(connected, should_yield=lambda: True)
    assert (result.new, result.more, result.again_at) == (2, True, None)
    mark = Checkpoint.objects.get()
    last = ReceivedInvoice.objects.order_by("-stored_at")[0]
    assert (mark.until, mark.looked_at) == (last.stored_at, None), "it was not looked through to its end"
    rest = services.synchronise(connected)
    assert (rest.new, rest.more) == (1, False)
    assert received() == digests(sent)


@pytest.mark.parametrize(("cause", "listed_again"), [(BAD[0], 1), (BAD[1], 0)])
def test_only_one_that_differs_from_its_list_is_listed_again(
    cause: Any, listed_again: int, connected: Any, seller: Any, wire: Wire, production: None
) -> None:
    """What the list says of it may be wrong; of one that KSeF failed to give nothing new can be learnt, and lists are
    the scarcest of KSeF's limits."""
    begin_an_hour_ago(connected)
    sell(seller, connected)
    (number,) = numbers(connected)
    bad(wire, number, cause[0])
    services.synchronise(connected)
    named: list[str] = []

    def rule(request: httpx2.Request) -> None:
        if request.url.path.endswith("/invoices/query/metadata"):
            named.extend(filter(None, [json.loads(request.content).get("ksefNumber")]))

    wire.rules.append(rule)
    before = KsefRequest.objects.filter(operation="list").count()
    due_at = SetAside.objects.get().next_at
    services.synchronise(connected, clock=lambda: due_at)
    assert named == [number] * listed_again
    counted = KsefRequest.objects.filter(operation="list").count() - before
    assert counted == 1 + listed_again, "every question is counted before it goes out"
    assert SetAside.objects.get().failures == 2


def test_what_is_set_aside_waits_for_room_in_the_limits(
    connected: Any, seller: Any, wire: Wire, production: None
) -> None:
    begin_an_hour_ago(connected)
    sell(seller, connected)
    (number,) = numbers(connected)
    bad(wire, number, BAD[1][0])
    services.synchronise(connected)
    row = SetAside.objects.get()
    Plan(connected, lambda: row.next_at).refused("document", 600)
    wire.seen.clear()
    result = services.synchronise(connected, clock=lambda: row.next_at)
    assert result.again_at == row.next_at + dt.timedelta(minutes=10)
    assert not any("/invoices/ksef/" in path for _, path in wire.seen)
    assert SetAside.objects.get().next_at == row.next_at, "it did not fail, and is due as before"
    assert set_aside.due_for_retry(connected, now=result.again_at) == [row]


def test_the_furthest_mark_of_ksef_is_kept(connected: Any, lists: Lists, production: None) -> None:
    """The page shows it: windows of the past have marks too, and they say less."""
    mark = timezone.now() - dt.timedelta(minutes=1)
    lists.answers = [(mark, []), *((mark - DAY * days, []) for days in range(1, 20))]
    services.synchronise(connected)
    assert len(lists.requests) > 1
    assert Checkpoint.objects.get().hwm == mark
    lists.answers = [(mark - DAY, [])]
    services.synchronise(connected)
    assert Checkpoint.objects.get().hwm == mark
    lists.answers = [(mark + dt.timedelta(seconds=1), [])]
    services.synchronise(connected)
    assert Checkpoint.objects.get().hwm == mark + dt.timedelta(seconds=1)
