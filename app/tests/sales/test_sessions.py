"""One interactive session is kept for a while, replaced when it is full, broken or at its end, and closed when idle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from liczydlo.connection import clients
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim, claim
from liczydlo.jobs.models import Job
from liczydlo.ksef.errors import RateLimited, Unavailable
from liczydlo.ksef.limits import USUAL
from liczydlo.sales.models import Invoice, Session
from liczydlo.sales.sending import run, sessions
from liczydlo.sales.sending.sessions import Sessions

from app.tests.sales.test_run import issue, on, problem
from app.tests.sales.world import Wire, Worker

pytestmark = pytest.mark.django_db
MOST = USUAL.context.online_invoices
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def held(connected: Any, sender: Worker) -> Claim:
    registry.enqueue(connected.pk, run.NAME)
    made = claim(Job.objects.get(company=connected, name=run.NAME).pk, clock=sender.clock)
    assert made is not None
    return made


@pytest.fixture
def next_run(connected: Any, held: Claim, wire: Wire) -> Iterator[Callable[[], Sessions]]:
    """The sessions of another run of the job."""
    with clients.client(connected) as ksef:
        yield lambda: Sessions(held, connected, ksef)


@pytest.fixture
def mine(next_run: Callable[[], Sessions]) -> Sessions:
    return next_run()


def opened(wire: Wire) -> int:
    return wire.count("POST", "/sessions/online")


def test_an_open_session_is_used_again_by_any_process(
    mine: Sessions, connected: Any, held: Claim, wire: Wire
) -> None:
    row, online = mine.current()
    assert (row.sent, row.broken, row.closed_at) == (0, False, None)
    assert row.opened_at == row.used_at
    assert row.environment == connected.environment
    with clients.client(connected) as other:
        again, same = Sessions(held, connected, other).current()
    assert again == row
    assert same.reference == online.reference
    assert same.key.to_bytes() == online.key.to_bytes()
    assert online.key.to_bytes() not in bytes(row.sealed_key)
    assert opened(wire) == 1


@pytest.mark.parametrize(
    ("field", "value", "replaced"),
    [
        ("broken", True, True),
        ("sent", MOST, True),
        ("sent", MOST - 1, False),
        ("closed_at", -MINUTE, True),
        ("valid_until", sessions.MARGIN, True),
        ("valid_until", sessions.MARGIN + MINUTE, False),
        ("environment", "TEST", True),
        ("sealed_key", b"sealed under another master key", True),
    ],
)
def test_when_another_is_opened(
    field: str, value: Any, replaced: bool, next_run: Callable[[], Sessions], sender: Worker, wire: Wire
) -> None:
    sender.clock.stop()
    first, _ = next_run().current()
    if isinstance(value, dt.timedelta):
        value = sender.clock() + value
    Session.objects.update(**{field: value})
    later = next_run()
    second, _ = later.current()
    assert (second != first) == replaced
    assert opened(wire) == 1 + replaced
    first.refresh_from_db()
    if field == "sealed_key":
        assert first.broken and later.broken == {first.reference}


def test_within_a_run_the_session_is_read_once_and_counted_up_to_its_end(
    mine: Sessions, django_assert_num_queries: Any, wire: Wire
) -> None:
    first, _ = mine.current()
    mine.current()  # reads how many it holds
    with django_assert_num_queries(0):
        assert mine.current()[0] == first
        for _ in range(MOST):
            mine.used(first.reference)
    second, _ = mine.current()
    assert second != first
    mine.broke(second.reference)
    assert mine.current()[0] not in (first, second)
    assert opened(wire) == 3


def test_the_newest_of_several_is_used(next_run: Callable[[], Sessions], wire: Wire) -> None:
    first, _ = next_run().current()
    Session.objects.update(broken=True)
    second, _ = next_run().current()
    Session.objects.update(broken=False)
    assert next_run().current()[0] == second != first


def test_what_went_into_it_is_counted_for_it_alone(
    next_run: Callable[[], Sessions], mine: Sessions, connected: Any, stranger: Any, sender: Worker
) -> None:
    first, _ = next_run().current()
    Session.objects.update(sent=MOST)
    second, _ = mine.current()
    Session.objects.update(sent=0)
    theirs = Session.objects.create(
        company=stranger.memberships.get().company,
        environment=first.environment,
        reference=second.reference,
        sealed_key=b"x",
        opened_at=first.opened_at,
        used_at=first.opened_at,
        valid_until=first.valid_until,
    )
    mine.broke(first.reference)
    sender.clock.ahead += MINUTE
    mine.used(second.reference)
    mine.used(second.reference)
    mine.write_down()
    mine.write_down()
    for row in (first, second, theirs):
        row.refresh_from_db()
    assert (first.sent, second.sent, theirs.sent) == (0, 2, 0)
    assert second.used_at - second.opened_at >= MINUTE
    assert (first.broken, second.broken, theirs.broken) == (True, False, False)
    assert mine.broken == {first.reference}


class TestClosing:
    @pytest.mark.parametrize(
        ("values", "closes"),
        [
            ({}, False),
            ({"used_at": -sessions.IDLE + dt.timedelta(seconds=10)}, False),
            ({"used_at": -sessions.IDLE}, True),
            ({"used_at": dt.timedelta(days=300)}, True),  # a clock that was wrong
            ({"broken": True}, True),
            ({"sent": MOST}, True),
            ({"sent": MOST - 1}, False),
            ({"valid_until": sessions.MARGIN}, True),
            ({"valid_until": sessions.MARGIN + MINUTE}, False),
        ],
    )
    def test_when_it_is_closed(
        self, values: dict[str, Any], closes: bool, mine: Sessions, sender: Worker, wire: Wire
    ) -> None:
        sender.clock.stop()
        row, _ = mine.current()
        now = sender.clock()
        for name, value in values.items():
            Session.objects.update(**{name: now + value if isinstance(value, dt.timedelta) else value})
        mine.close_idle()
        row.refresh_from_db()
        assert (row.closed_at is not None) == closes
        assert wire.count("POST", "/close") == closes
        assert row.broken == bool(values.get("broken"))

    @pytest.mark.parametrize("state", ["sending", "processing"])
    def test_not_while_something_in_it_is_in_doubt(
        self, state: str, mine: Sessions, connected: Any, sender: Worker, wire: Wire
    ) -> None:
        sender.clock.stop()
        row, _ = mine.current()
        Invoice.objects.filter(pk=issue(connected)[0].pk).update(state=state, session=row)
        Session.objects.update(broken=True)
        mine.close_idle()
        row.refresh_from_db()
        assert row.closed_at is None
        Session.objects.update(valid_until=sender.clock())  # KSeF has ended it: nothing is to be closed
        mine.close_idle()
        row.refresh_from_db()
        assert row.closed_at is not None
        assert wire.count("POST", "/close") == 0

    def test_one_that_is_closed_is_not_closed_again(self, mine: Sessions, sender: Worker, wire: Wire) -> None:
        mine.current()
        Session.objects.update(broken=True)
        mine.close_idle()
        mine.close_idle()
        assert wire.count("POST", "/close") == 1
        assert mine.next_look() is None

    def test_one_that_ksef_ended_itself_is_done_with(self, mine: Sessions, wire: Wire) -> None:
        row, _ = mine.current()
        Session.objects.update(broken=False, sent=MOST)
        wire.rules.append(on("POST", r".*/close", problem(400, 21180)))
        mine.close_idle()
        row.refresh_from_db()
        assert row.closed_at is not None and row.broken

    def test_one_that_broke_while_it_was_being_closed_stays_broken(
        self, mine: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row, _ = mine.current()
        Session.objects.update(sent=MOST)
        real = mine._ksef.close_online

        def breaks_meanwhile(reference: str) -> None:
            Session.objects.filter(pk=row.pk).update(broken=True)
            real(reference)

        monkeypatch.setattr(mine._ksef, "close_online", breaks_meanwhile)
        mine.close_idle()
        row.refresh_from_db()
        assert row.broken and row.closed_at is not None

    @pytest.mark.parametrize("failure", [Unavailable, RateLimited])
    def test_one_that_could_not_be_closed_is_closed_later(
        self, failure: Any, mine: Sessions, wire: Wire
    ) -> None:
        import httpx2

        row, _ = mine.current()
        Session.objects.update(broken=True)
        answer = (
            httpx2.ReadTimeout("x")
            if failure is Unavailable
            else httpx2.Response(429, headers={"Retry-After": "99"})
        )
        wire.rules.append(on("POST", r".*/close", answer))
        with pytest.raises(failure):
            mine.close_idle()
        row.refresh_from_db()
        assert row.closed_at is None
        mine.close_idle()
        row.refresh_from_db()
        assert row.closed_at is not None

    def test_an_idle_one_is_looked_at_when_its_time_comes_and_a_needed_one_now_and_then(
        self, mine: Sessions, next_run: Callable[[], Sessions], sender: Worker
    ) -> None:
        assert mine.next_look() is None
        row, _ = mine.current()
        assert mine.next_look() == row.used_at + sessions.IDLE
        Session.objects.update(broken=True, used_at=row.used_at + MINUTE)
        second, _ = next_run().current()
        assert mine.next_look() == second.used_at + sessions.IDLE, "of two the sooner"
        sender.clock.stop()
        sender.clock.ahead += 10 * MINUTE
        assert mine.next_look() == sender.clock() + sessions.IDLE / 3
