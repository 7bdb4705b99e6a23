"""Claims, leases, waking and putting off: what keeps work from being lost or done by two."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from liczydlo.companies.models import Company
from liczydlo.jobs import claims, dispatcher, notifications, registry
from liczydlo.jobs.claims import ClaimLost, Later, claim
from liczydlo.jobs.models import Job
from liczydlo.web.reasons import Reason

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)
AWAY = Reason("network")


class Clock:
    """A clock that stands until moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    def move(self, **span: float) -> None:
        self.now += dt.timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def notified() -> Iterator[threading.Event]:
    """Set when this process's dispatchers are notified."""
    event = threading.Event()
    notifications.subscribe(event)
    yield event
    notifications.unsubscribe(event)


@pytest.fixture
def work() -> Iterator[list[Any]]:
    """What the job „test.work" does, one entry a run: a value to return or an exception to raise."""
    script: list[Any] = []

    def run(claimed: Any) -> Any:
        step = script.pop(0) if script else None
        if callable(step):
            step = step(claimed)
        if isinstance(step, BaseException):
            raise step
        return step

    registry.REGISTRY["test.work"] = run
    yield script
    del registry.REGISTRY["test.work"]


@pytest.fixture
def job(company: Any, clock: Clock, work: list[Any]) -> Job:
    registry.enqueue(company.pk, "test.work", clock=clock)
    return Job.objects.get()


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_done_work_is_not_due_again(job: Job, clock: Clock) -> None:
    assert registry.run(job.pk, clock=clock)
    assert fresh(job).due_at is None
    assert not registry.run(job.pk, clock=clock)


def test_work_comes_again_when_it_says_so(job: Job, clock: Clock, work: list[Any]) -> None:
    work.append(NOW + dt.timedelta(minutes=1))
    registry.run(job.pk, clock=clock)
    assert not registry.run(job.pk, clock=clock)
    clock.move(minutes=1)
    assert registry.run(job.pk, clock=clock)


def test_one_row_per_company_and_kind(job: Job, clock: Clock, company: Any) -> None:
    registry.enqueue(company.pk, "test.work", clock=clock)
    assert Job.objects.count() == 1


def test_unknown_work_is_refused(company: Any) -> None:
    with pytest.raises(ValueError, match="no job"):
        registry.enqueue(company.pk, "nothing")


def test_two_jobs_of_one_name_are_refused(work: list[Any]) -> None:
    with pytest.raises(ValueError, match="two jobs"):
        registry.job("test.work")(lambda _claim: None)


def test_the_second_worker_gets_nothing(job: Job, clock: Clock) -> None:
    assert claim(job.pk, clock=clock) is not None
    assert claim(job.pk, clock=clock) is None


def test_a_lease_that_ran_out_is_taken_over_and_the_first_one_stops(job: Job, clock: Clock) -> None:
    first = claim(job.pk, clock=clock)
    assert first is not None
    clock.move(seconds=91)
    second = claim(job.pk, clock=clock)
    assert second is not None
    with pytest.raises(ClaimLost):
        first.step("send.marked")
    second.step("send.marked")
    with pytest.raises(ClaimLost):
        first.finish(None)
    second.finish(None)


def test_a_step_prolongs_the_lease(job: Job, clock: Clock) -> None:
    held = claim(job.pk, clock=clock)
    assert held is not None
    for _ in range(3):
        clock.move(seconds=80)
        held.step("send.marked")
        assert claim(job.pk, clock=clock) is None


def test_work_put_off_keeps_its_reason_and_waits_longer_each_time(
    job: Job, clock: Clock, work: list[Any]
) -> None:
    waits = []
    for _ in range(4):
        work.append(Later(AWAY))
        assert registry.run(job.pk, clock=clock)
        row = fresh(job)
        assert row.reason == AWAY
        assert row.due_at is not None
        waits.append((row.due_at - clock.now).total_seconds())
        clock.now = row.due_at
    assert waits == [2, 4, 8, 16]
    assert registry.run(job.pk, clock=clock)
    assert fresh(job).reason is None
    assert fresh(job).failures == 0


def test_a_wake_shortens_a_wait_but_not_one_that_ksef_asked_for(
    job: Job, clock: Clock, work: list[Any], company: Any
) -> None:
    work.append(Later(AWAY, after=dt.timedelta(minutes=9)))
    registry.run(job.pk, clock=clock)
    registry.enqueue(company.pk, "test.work", clock=clock)
    work.append(Later(AWAY, after=dt.timedelta(minutes=9), blocked=True))
    assert registry.run(job.pk, clock=clock)
    registry.enqueue(company.pk, "test.work", clock=clock)
    assert not registry.run(job.pk, clock=clock)
    assert dispatcher.due_jobs(clock=clock) == []
    clock.move(minutes=9)
    assert registry.run(job.pk, clock=clock)


def test_a_wake_during_the_run_is_not_lost(job: Job, clock: Clock, work: list[Any], company: Any) -> None:
    work.append(lambda _claim: registry.enqueue(company.pk, "test.work", clock=clock))
    registry.run(job.pk, clock=clock)
    assert fresh(job).due_at == NOW
    assert registry.run(job.pk, clock=clock)
    assert fresh(job).due_at is None


def test_a_wake_at_the_moment_of_the_claim_belongs_to_the_claim(
    job: Job, clock: Clock, work: list[Any], company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, woken = claims.presence.me(), []

    def wakes_once() -> str:
        if not woken:
            woken.append(1)
            registry.enqueue(company.pk, "test.work", clock=clock)
        return me

    monkeypatch.setattr(claims.presence, "me", wakes_once)
    assert registry.run(job.pk, clock=clock)
    assert woken and fresh(job).due_at is None


def test_a_fault_of_the_program_is_raised_and_the_work_comes_again(
    job: Job, clock: Clock, work: list[Any]
) -> None:
    work.append(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        registry.run(job.pk, clock=clock)
    row = fresh(job)
    assert row.reason is not None
    assert row.reason.code == "internal"
    assert row.due_at == NOW + dt.timedelta(seconds=2)
    assert row.lease_until is None


def test_only_the_call_that_made_it_due_notifies_and_when_it_commits(
    company: Any,
    clock: Clock,
    notified: threading.Event,
    work: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        for _ in range(10):
            registry.enqueue(company.pk, "test.work", clock=clock)
    assert not notified.is_set() and len(callbacks) == 1
    callbacks[0]()
    assert notified.is_set()
    assert dispatcher.due_jobs(clock=clock) == [(Job.objects.get().pk, NOW)]


def test_what_is_due_is_listed_longest_waiting_first_with_its_moment(
    job: Job, clock: Clock, company: Any, stranger: Any
) -> None:
    other = Company.objects.exclude(pk=company.pk).get()
    clock.move(seconds=-5)
    registry.enqueue(other.pk, "test.work", clock=clock)
    clock.move(seconds=5)
    theirs = Job.objects.get(company=other)
    assert [pk for pk, _ in dispatcher.due_jobs(clock=clock)] == [theirs.pk, job.pk]
    Job.objects.filter(pk=job.pk).update(due_at=NOW + dt.timedelta(seconds=1))
    assert dispatcher.due_jobs(clock=clock) == [(theirs.pk, NOW - dt.timedelta(seconds=5))]
    assert dispatcher.due_jobs(within=1, clock=clock)[1] == (job.pk, NOW + dt.timedelta(seconds=1))
    Job.objects.filter(pk=theirs.pk).update(lease_until=NOW + dt.timedelta(seconds=3))
    assert dispatcher.due_jobs(within=1, clock=clock) == [(job.pk, NOW + dt.timedelta(seconds=1))]


def test_a_run_yields_after_its_slice_and_when_the_process_ends(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopping = threading.Event()
    held = claim(job.pk, stopping=stopping)
    assert held is not None and not held.should_yield
    stopping.set()
    assert held.should_yield
    stopping.clear()
    monkeypatch.setattr(claims, "SLICE", dt.timedelta(0))
    assert held.should_yield


def test_the_installation_has_one_job_of_a_kind_of_its_own(
    job: Job, clock: Clock, work: list[Any], company: Any
) -> None:
    registry.enqueue(None, "test.work", clock=clock)
    registry.enqueue(None, "test.work", clock=clock)
    own = Job.objects.get(company=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(company=None, name="test.work")
    held = claim(own.pk, clock=clock)
    assert held is not None
    with pytest.raises(Company.DoesNotExist):
        _ = held.company
    held.finish(None)
    assert list(Job.objects.of(company)) == [job]


def test_what_a_dead_process_held_is_freed_at_once(
    job: Job, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert claim(job.pk, clock=clock) is not None
    assert claims.release_dead_workers(clock=clock) == 0
    monkeypatch.setattr(claims.presence, "is_dead", lambda holder: True)
    assert claims.release_dead_workers(clock=clock) == 1
    assert claim(job.pk, clock=clock) is not None
    dispatcher.care(clock=clock)
    assert (fresh(job).holder, fresh(job).lease_until) == ("", None)


def test_work_that_this_version_does_not_know_is_left_alone(company: Any, clock: Clock, job: Job) -> None:
    """An installation that went back to an older version has rows of the newer one."""
    Job.objects.create(company=company, name="of.a.newer.version", due_at=clock.now - dt.timedelta(hours=1))
    assert [pk for pk, _ in dispatcher.due_jobs(clock=clock)] == [job.pk]


def test_everything_that_one_dead_process_held_is_freed(
    company: Any, clock: Clock, settings: Any, tmp_path: Path
) -> None:
    """Its file goes only afterwards: without it nobody could tell of the second work that its holder is dead."""
    settings.LICZYDLO_DATA = tmp_path
    (tmp_path / "workers").mkdir()
    left = tmp_path / "workers" / "0123456789abcdef"
    left.touch()
    for name in ("first", "second", "third"):
        Job.objects.create(
            company=company,
            name=name,
            holder=left.name,
            token=name,
            lease_until=clock() + dt.timedelta(seconds=90),
        )
    living = Job.objects.create(
        company=company, name="of the living", holder="fedcba", lease_until=clock() + dt.timedelta(seconds=90)
    )
    assert claims.release_dead_workers(clock=clock) == 3
    assert fresh(living).lease_until is not None and fresh(living).holder == "fedcba"
    living.delete()
    assert set(Job.objects.values_list("holder", flat=True)) == {""}
    assert not left.exists() and not Job.objects.exclude(lease_until=None).exists()


def test_a_death_is_no_failure_and_a_failure_no_death(job: Job, clock: Clock, work: list[Any]) -> None:
    """After an hour without KSeF one death more must not cost ten minutes."""
    for _ in range(8):
        work.append(Later(AWAY))
        registry.run(job.pk, clock=clock)
        due_at = fresh(job).due_at
        assert due_at is not None
        clock.now = due_at
    assert claim(job.pk, clock=clock) is not None  # and its process dies
    row = fresh(job)
    assert (row.failures, row.deaths, row.due_at) == (8, 1, clock.now)
    assert (row.reason, row.started_at) == (AWAY, clock.now)
    assert row.holder == claims.presence.me()
    assert row.lease_until == clock.now + claims.LEASE
    Job.objects.update(lease_until=None)
    work.append(Later(AWAY))
    registry.run(job.pk, clock=clock)
    row = fresh(job)
    assert (row.failures, row.deaths, row.finished_at) == (9, 0, clock.now)
    assert (row.holder, row.token, row.lease_until) == ("", "", None)


def test_a_run_that_moved_something_ends_the_growth_of_waits(job: Job, clock: Clock, work: list[Any]) -> None:
    def moves_and_fails(claimed: Any) -> Any:
        assert claimed.failures == 5
        claimed.progressed()
        claimed.progressed()
        return Later(AWAY)

    for _ in range(5):
        work.append(Later(AWAY))
        registry.run(job.pk, clock=clock)
        clock.move(minutes=11)
    work.append(moves_and_fails)
    registry.run(job.pk, clock=clock)
    assert fresh(job).due_at == clock.now + dt.timedelta(seconds=2)
    assert fresh(job).failures == 1


def test_one_that_moved_something_and_died_is_taken_up_at_once(job: Job, clock: Clock) -> None:
    for _ in range(5):
        assert claim(job.pk, clock=clock) is not None
        Job.objects.update(lease_until=None, failures=5)
        clock.move(minutes=11)
    held = claim(job.pk, clock=clock)
    assert held is not None
    due_at = fresh(job).due_at
    assert due_at is not None and due_at > clock.now
    held.progressed()
    row = fresh(job)
    assert (row.due_at, row.deaths, row.failures) == (clock.now, 0, 0)


def test_somebody_elses_claim_cannot_tell_of_progress(job: Job, clock: Clock) -> None:
    first = claim(job.pk, clock=clock)
    assert first is not None
    clock.move(seconds=91)
    assert claim(job.pk, clock=clock) is not None
    with pytest.raises(ClaimLost):
        first.progressed()


def test_work_of_somebody_else_is_waited_for_longer_each_time_without_a_reason(
    job: Job, clock: Clock, work: list[Any]
) -> None:
    waits = []
    for _ in range(5):
        work.append(Later(None, first=dt.timedelta(seconds=1), longest=dt.timedelta(seconds=6)))
        registry.run(job.pk, clock=clock)
        row = fresh(job)
        assert row.reason is None and row.due_at is not None
        waits.append((row.due_at - clock.now).total_seconds())
        clock.now = row.due_at
    assert waits == [1, 2, 4, 6, 6]


@pytest.mark.parametrize("asked", [0.0, 30.0, 1e6])
def test_a_wait_that_ksef_asked_for_is_an_hour_at_most_and_never_nothing(
    asked: float, job: Job, clock: Clock, work: list[Any]
) -> None:
    work.append(Later(AWAY, after=dt.timedelta(seconds=asked), blocked=True))
    registry.run(job.pk, clock=clock)
    row = fresh(job)
    expected = dt.timedelta(seconds={0.0: 2, 30.0: 30, 1e6: 3600}[asked])
    assert row.blocked_until == row.due_at == clock.now + expected
    clock.move(hours=2)
    registry.run(job.pk, clock=clock)
    assert fresh(job).blocked_until is None


def test_what_a_wrong_clock_wrote_is_pulled_back(job: Job, clock: Clock, work: list[Any]) -> None:
    """The clock jumped a year ahead, work was put off and claimed, and the clock was set right."""
    year = NOW + dt.timedelta(days=365)
    Job.objects.update(due_at=year, blocked_until=year, lease_until=year)
    dispatcher.care(clock=clock)
    row = fresh(job)
    assert row.due_at == NOW
    assert row.blocked_until == NOW + dt.timedelta(hours=1)
    assert row.lease_until == NOW + claims.LEASE
    assert claims.pull_back(clock=clock) == 0
    clock.move(hours=1)
    assert dispatcher.due_jobs(clock=clock) == [(job.pk, NOW + dt.timedelta(hours=1))]
    assert registry.run(job.pk, clock=clock)


def test_a_wrong_moment_beside_right_ones_is_seen(job: Job, clock: Clock) -> None:
    Job.objects.update(blocked_until=NOW + dt.timedelta(hours=2), lease_until=None)
    assert claims.pull_back(clock=clock) == 1
    row = fresh(job)
    assert row.blocked_until == NOW + dt.timedelta(hours=1)
    assert (row.due_at, row.lease_until) == (NOW, None)


def test_what_is_due_in_weeks_is_looked_at_meanwhile(
    job: Job, clock: Clock, work: list[Any], company: Any
) -> None:
    work.append(NOW + dt.timedelta(days=30))
    registry.run(job.pk, clock=clock)
    assert fresh(job).due_at == NOW + claims.LONGEST_LOOK
    Job.objects.update(due_at=None)
    registry.enqueue(company.pk, "test.work", at=NOW + dt.timedelta(days=30), clock=clock)
    assert fresh(job).due_at == NOW + claims.LONGEST_LOOK
    assert claims.pull_back(clock=clock) == 0


def test_a_company_is_hurried_where_something_failed_and_no_other_company_is(
    job: Job, clock: Clock, work: list[Any], company: Any, stranger: Any
) -> None:
    other = Company.objects.exclude(pk=company.pk).get()
    work += [Later(AWAY), Later(AWAY)]
    registry.enqueue(other.pk, "test.work", clock=clock)
    theirs = Job.objects.get(company=other)
    registry.run(job.pk, clock=clock)
    registry.run(theirs.pk, clock=clock)
    registry.retry_now(company.pk, clock=clock)
    held = claim(job.pk, clock=clock)
    assert held is not None and held.company == company
    held.put_off(Later(AWAY, first=dt.timedelta(0)))
    assert fresh(job).due_at == NOW
    assert fresh(theirs).due_at == NOW + dt.timedelta(seconds=2)
    registry.run(job.pk, clock=clock)
    assert fresh(job).failures == 0
    registry.retry_now(company.pk, clock=clock)
    assert fresh(job).due_at is None, "what is done is left alone"


def test_a_job_of_an_earlier_version_stops_nobody(job: Job, clock: Clock, company: Any) -> None:
    Job.objects.create(company=company, name="of.old", failures=1)
    Job.objects.filter(pk=job.pk).update(failures=1, due_at=None)
    registry.retry_now(company.pk, clock=clock)
    assert fresh(job).due_at == NOW


def test_dying_again_and_again_waits_longer(job: Job, clock: Clock) -> None:
    waits = []
    for _ in range(4):
        assert claim(job.pk, clock=clock) is not None
        row = fresh(job)
        assert row.due_at is not None
        waits.append((row.due_at - clock.now).total_seconds())
        Job.objects.filter(pk=job.pk).update(lease_until=None)
        clock.now = row.due_at
    assert waits == [0, 2, 4, 8]
