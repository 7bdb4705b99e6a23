"""KSeF's limits are planned: nothing goes out that would be refused, and a 429 all the same sends the other way."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from liczydlo.connection import limits
from liczydlo.connection.models import KsefLimits
from liczydlo.jobs.claims import HOUR
from liczydlo.ksef.limits import USUAL
from liczydlo.purchases import packages, plan, services
from liczydlo.purchases.models import Checkpoint, KsefRequest, Order, ReceivedInvoice
from liczydlo.purchases.plan import Budget, NotYet, Plan

from app.tests.purchases.test_synchronising import digests, received, sell, seller
from app.tests.sales.world import Clock, Wire, Worker, once

__all__ = ["seller"]

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator's limits count as well, and the buyer's role is the only one."""
    monkeypatch.setattr(Plan, "is_limited", property(lambda self: True))
    monkeypatch.setattr(services, "ROLES", (services.BUYER,))


def limited() -> httpx2.Response:
    return httpx2.Response(429, headers={"Retry-After": "600"})


def begin_an_hour_ago(company: Any) -> None:
    """The role begins an hour ago, so that one window of KSeF's list holds it all."""
    begun = timezone.now() - dt.timedelta(hours=1)
    Checkpoint.objects.create(
        company=company, environment=company.environment, subject="Subject2", until=begun, since=begun
    )


@pytest.mark.pure
@settings(max_examples=30)
@given(st.lists(st.integers(0, 5000), max_size=30), st.integers(1, 30))
def test_a_planned_request_breaks_no_window(ages: list[int], number: int) -> None:
    """Whatever was sent, each of the further requests goes out at a moment that keeps every sliding window."""
    sent = [NOW - dt.timedelta(seconds=age) for age in sorted(ages, reverse=True)]
    for operation, name in plan.NAMES.items():
        windows = plan.sliding(USUAL.rate(name))
        budget = Budget(operation=operation, sent=sent, now=NOW, limits=windows)
        fresh = [budget.free_at(count) for count in range(1, number + 1)]
        assert fresh == sorted(fresh)
        assert fresh[0] >= NOW
        for moment in fresh:
            for length, limit in windows:
                inside = sum(moment - length < one <= moment for one in [*sent, *fresh])
                assert inside <= max(limit, sum(moment - length < one <= moment for one in sent))


@pytest.mark.django_db
def test_requests_are_counted_and_the_hours_limit_is_kept(firm: Any, production: None) -> None:
    clock = Clock()
    clock.stop()
    mine = Plan(firm, clock, pause=lambda _seconds: None)
    waits = 0
    for _ in range(20):
        try:
            mine.take("list")
        except NotYet as wait:
            waits += 1
            clock.move_to(wait.at)
            mine.take("list")
    assert waits == 1, "sixteen a minute"
    assert [window.left for window in mine.budget("list").windows][-1] == 0
    assert mine.budget("export").left == 16
    with pytest.raises(NotYet) as caught:
        mine.take("list")
    assert dt.timedelta(minutes=50) < caught.value.at - clock() <= dt.timedelta(hours=1)
    assert KsefRequest.objects.of(firm).count() == 20


@pytest.mark.pure
def test_a_request_leaves_a_window_once_it_is_as_old_as_that() -> None:
    sent = [NOW - HOUR, NOW - plan.MINUTE, NOW - plan.SECOND]
    windows = plan.sliding(USUAL.rate("invoiceMetadata"))
    budget = Budget(operation="list", sent=sent, now=NOW, limits=windows)
    assert [window.used for window in budget.windows] == [0, 1, 2]


@pytest.mark.django_db
def test_the_limit_of_a_second_is_waited_out_on_the_spot(firm: Any, production: None) -> None:
    clock = Clock()
    clock.stop()
    pauses: list[float] = []
    mine = Plan(firm, clock, pause=pauses.append)
    for _ in range(9):
        mine.take("list")
    assert pauses == [1.0], "eight a second"


@pytest.mark.django_db
def test_the_next_request_waits_for_the_oldest_of_its_window(firm: Any, production: None) -> None:
    clock = Clock()
    clock.stop()
    mine, first = Plan(firm, clock), clock()
    for seconds in range(0, 48, 3):
        clock.move_to(first + dt.timedelta(seconds=seconds))
        mine.take("list")
    assert mine.budget("list").free_at() == first + plan.MINUTE, "sixteen a minute"


@pytest.mark.django_db
def test_of_two_refusals_the_longer_one_counts_and_what_is_past_is_forgotten(
    firm: Any, production: None
) -> None:
    clock = Clock()
    clock.stop()
    mine = Plan(firm, clock)
    until = mine.refused("list", 1800)
    mine.refused("list", 60)
    assert mine.budget("list").refused_until == until
    assert mine.budget("list").left == 0
    mine.take("document")
    clock.move_to(clock() + 3 * HOUR)
    mine.take("list")
    assert KsefRequest.objects.of(firm).count() == 1


@pytest.mark.django_db
def test_a_refusal_has_ksefs_limits_asked_for_anew(firm: Any, stranger: Any) -> None:
    now = timezone.now()
    for company in (firm, stranger.companies.get()):
        KsefLimits.objects.create(
            company=company, environment=firm.environment, asked_at=now, again_at=now + limits.EVERY
        )
    Plan(firm, timezone.now).refused("list", 60)
    again = dict(KsefLimits.objects.values_list("company", "again_at"))
    assert again.pop(firm.pk) == now + limits.LEAST
    assert set(again.values()) == {now + limits.EVERY}


@pytest.mark.django_db
def test_requests_of_a_clock_that_ran_ahead_hold_nothing_up(firm: Any, production: None) -> None:
    """It was put right meanwhile; otherwise nothing would go out for as long as it had been wrong."""
    ahead = Clock()
    ahead.move_to(ahead() + dt.timedelta(days=365))
    wrong = Plan(firm, ahead, pause=lambda _seconds: None)
    for _ in range(16):
        wrong.take("list")
    wrong.refused("export", 600)
    mine = Plan(firm, timezone.now)
    assert mine.budget("list").sent == []
    assert mine.budget("export").left == 16
    mine.take("list")


@pytest.mark.django_db
def test_the_past_leaves_room_for_what_is_new(firm: Any, production: None) -> None:
    clock = Clock()
    clock.stop()
    mine = Plan(firm, clock, pause=lambda seconds: clock.move_to(clock() + dt.timedelta(seconds=seconds)))
    for _ in range(12):
        mine.take("list", reserve=plan.RESERVE)
    with pytest.raises(NotYet):
        mine.take("list", reserve=plan.RESERVE)
    mine.take("list")


@pytest.mark.django_db
def test_the_emulator_limits_nobody_until_it_says_so_and_ksef_always_does(firm: Any) -> None:
    clock = Clock()
    clock.stop()
    mine = Plan(firm, clock, pause=lambda _seconds: None)
    for _ in range(30):
        mine.take("list")
    assert not mine.is_limited
    assert mine.budget("list").left == 20, "as many as production lets through in an hour"
    mine.refused("export", 60)
    assert mine.is_limited
    with pytest.raises(NotYet):
        mine.take("list")
    firm.environment = "TEST"
    assert mine.is_limited, "whatever was refused there"
    assert mine.budget("list").sent == [], "another environment counts by itself"
    mine.take("list")
    assert len(mine.budget("list").sent) == 1


@pytest.mark.django_db
def test_without_exports_documents_come_one_by_one(
    connected: Any, seller: Any, wire: Wire, production: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "FEW", 1)
    begin_an_hour_ago(connected)
    sent = sell(seller, connected, 4)
    wire.rules.append(once("POST", "/invoices/exports", limited()))
    assert services.synchronise(connected).new == 4
    assert received() == digests(sent)
    assert Plan(connected, timezone.now).budget("export").left == 0, "not asked again before its time"


@pytest.mark.django_db
def test_when_single_documents_are_used_up_they_come_in_a_package(
    connected: Any, seller: Any, wire: Wire, production: None
) -> None:
    begin_an_hour_ago(connected)
    sent = sell(seller, connected, 3)
    Plan(connected, timezone.now).refused("document", 600)
    wire.seen.clear()
    assert services.synchronise(connected).new == 3
    assert received() == digests(sent)
    assert not any("/invoices/ksef/" in path for _, path in wire.seen)


@pytest.mark.django_db
def test_when_both_are_used_up_the_run_says_when_it_goes_on(
    connected: Any, seller: Any, wire: Wire, production: None, receiver: Worker
) -> None:
    begin_an_hour_ago(connected)
    sent = sell(seller, connected, 2)
    for operation in ("document", "export"):
        Plan(connected, timezone.now).refused(operation, 600)  # type: ignore[arg-type]
    wire.seen.clear()
    services.request(connected)
    receiver.run(connected)
    job = services.job(connected)
    assert job is not None and job.due_at is not None and job.reason is None
    assert 590 < (job.due_at - receiver.clock()).total_seconds() <= 600
    assert [path for _, path in wire.seen if "/invoices" in path] == ["/v2/invoices/query/metadata"]
    receiver.until(connected, lambda: ReceivedInvoice.objects.count() == 2)
    assert received() == digests(sent)


@pytest.mark.django_db
def test_a_limit_hit_all_the_same_stores_what_came(
    connected: Any, seller: Any, wire: Wire, production: None
) -> None:
    """Another program of the firm's uses the same limits: KSeF's 429 decides, whatever was planned."""
    begin_an_hour_ago(connected)
    sent = sell(seller, connected, 3)
    documents: list[str] = []

    def second(request: httpx2.Request) -> Any:
        if "/invoices/ksef/" not in request.url.path:
            return None
        documents.append(request.url.path)
        return limited() if len(documents) == 2 else None

    wire.rules.append(second)
    result = services.synchronise(connected)
    assert (result.new, ReceivedInvoice.objects.count()) == (1, 1)
    assert result.again_at is not None
    assert Plan(connected, timezone.now).budget("document").left == 0
    assert services.synchronise(connected).new == 2, "the rest comes in a package"
    assert received() == digests(sent)


@pytest.mark.django_db
def test_a_crash_while_ksef_packs_goes_on_with_the_same_export(
    connected: Any, seller: Any, wire: Wire, production: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "FEW", 0)
    begin_an_hour_ago(connected)
    sent = sell(seller, connected, 3)

    class Died(BaseException):
        pass

    def die(name: str) -> None:
        if name == "receive.part":
            raise Died

    with pytest.raises(Died):
        services.synchronise(connected, step=die)
    order = Order.objects.get()
    assert order.reference.encode() not in bytes(order.sealed_key)
    wire.seen.clear()
    assert services.synchronise(connected).new == 3
    assert received() == digests(sent)
    assert ("POST", "/v2/invoices/exports") not in wire.seen
    assert any(path.endswith(order.reference) for _, path in wire.seen)
    assert not Order.objects.exists()


@pytest.mark.django_db
def test_an_export_that_takes_long_is_looked_at_again_and_one_that_never_ends_is_given_up(
    connected: Any,
    seller: Any,
    wire: Wire,
    production: None,
    receiver: Worker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(services, "FEW", 0)
    monkeypatch.setattr(packages, "PATIENCE", 0.0)
    begin_an_hour_ago(connected)
    sent = sell(seller, connected, 2)

    def packing(request: httpx2.Request) -> Any:
        if request.method == "GET" and "/invoices/exports/" in request.url.path:
            return httpx2.Response(200, json={"status": {"code": 100, "description": "w toku"}})
        return None

    wire.rules.append(packing)
    services.request(connected)
    receiver.clock.stop()
    receiver.run(connected)
    job = services.job(connected)
    assert job is not None and job.due_at is not None and job.reason is None, "nothing is wrong yet"
    assert job.due_at - receiver.clock() == packages.LOOK_AGAIN
    Order.objects.update(placed_at=job.due_at - dt.timedelta(hours=2))
    receiver.clock.move_to(job.due_at)
    receiver.run(connected)
    job = services.job(connected)
    assert job is not None and job.due_at is not None
    assert job.due_at - receiver.clock() == dt.timedelta(minutes=30), "less and less often"
    Order.objects.update(placed_at=receiver.clock() - packages.GIVE_UP)
    receiver.clock.move_to(job.due_at)
    receiver.run(connected)
    job = services.job(connected)
    assert job is not None and job.reason is not None and job.reason.code == "package-not-made"
    assert not Order.objects.exists()
    wire.rules.clear()
    receiver.until(connected, lambda: ReceivedInvoice.objects.count() == 2)
    assert received() == digests(sent)


@pytest.mark.django_db
def test_an_export_whose_key_does_not_open_is_ordered_anew(
    connected: Any, seller: Any, production: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "FEW", 0)
    begin_an_hour_ago(connected)
    sent = sell(seller, connected, 2)
    now = timezone.now()
    Order.objects.create(
        company=connected,
        environment=connected.environment,
        subject="Subject2",
        start=now - dt.timedelta(hours=1),
        reference="20261128-EE-0000000000-0000000000-00",
        sealed_key=b"no key",
        placed_at=now,
    )
    assert services.synchronise(connected).new == 2
    assert received() == digests(sent)


@pytest.mark.django_db
def test_what_appears_below_the_mark_comes_in_and_is_told(
    connected: Any, seller: Any, production: None
) -> None:
    """The last hours are read again: here everything up to a minute ahead was said to be complete."""
    from liczydlo.purchases.models import LateDocument

    begin_an_hour_ago(connected)
    services.synchronise(connected)
    row = Checkpoint.objects.get()
    ahead = timezone.now() + dt.timedelta(minutes=1)
    covered = [dict(one, end=ahead.isoformat()) for one in row.covered_json]
    Checkpoint.objects.update(covered_json=covered, until=ahead)
    sent = sell(seller, connected)
    result = services.synchronise(connected)
    assert (result.new, result.late) == (1, 1)
    assert received() == digests(sent)
    assert LateDocument.objects.get().ksef_number == ReceivedInvoice.objects.get().entry.ksef_number
    assert services.synchronise(connected).late == 0
