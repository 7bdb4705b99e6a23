"""Claims, leases, waking and putting off: what keeps work from being lost or done by two."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from liczydlo.work import claims, jobs, queue, sweep
from liczydlo.work.claims import ClaimLost, Later, claim
from liczydlo.work.models import Errand
from liczydlo.work.reasons import Reason

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)
AWAY = Reason(code="away", pl="Nie ma go.", en="It is away.")


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
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    rows: list[int] = []
    monkeypatch.setattr(queue, "tell", rows.append)
    return rows


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

    jobs.REGISTRY["test.work"] = run
    yield script
    del jobs.REGISTRY["test.work"]


@pytest.fixture
def errand(company: Any, clock: Clock, told: list[int], work: list[Any]) -> Errand:
    jobs.wake(company.pk, "test.work", clock=clock)
    return Errand.objects.get()


def fresh(errand: Errand) -> Errand:
    return Errand.objects.get(pk=errand.pk)


def test_done_work_is_not_due_again(errand: Errand, clock: Clock) -> None:
    assert jobs.run(errand.pk, clock=clock)
    assert fresh(errand).due_at is None
    assert not jobs.run(errand.pk, clock=clock)


def test_work_comes_again_when_it_says_so(errand: Errand, clock: Clock, work: list[Any]) -> None:
    work.append(NOW + dt.timedelta(minutes=1))
    jobs.run(errand.pk, clock=clock)
    assert not jobs.run(errand.pk, clock=clock)
    clock.move(minutes=1)
    assert jobs.run(errand.pk, clock=clock)


def test_one_row_per_company_and_kind(errand: Errand, clock: Clock, company: Any) -> None:
    jobs.wake(company.pk, "test.work", clock=clock)
    assert Errand.objects.count() == 1


def test_unknown_work_is_refused(company: Any) -> None:
    with pytest.raises(ValueError, match="no job"):
        jobs.wake(company.pk, "nothing")


def test_two_jobs_of_one_name_are_refused(work: list[Any]) -> None:
    with pytest.raises(ValueError, match="two jobs"):
        jobs.job("test.work")(lambda _claim: None)


def test_the_second_worker_gets_nothing(errand: Errand, clock: Clock) -> None:
    assert claim(errand.pk, clock=clock) is not None
    assert claim(errand.pk, clock=clock) is None


def test_a_lease_that_ran_out_is_taken_over_and_the_first_one_stops(errand: Errand, clock: Clock) -> None:
    first = claim(errand.pk, clock=clock)
    assert first is not None
    clock.move(seconds=91)
    second = claim(errand.pk, clock=clock)
    assert second is not None
    with pytest.raises(ClaimLost):
        first.step("send.marked")
    second.step("send.marked")
    with pytest.raises(ClaimLost):
        first.finish(None)
    second.finish(None)


def test_a_step_prolongs_the_lease(errand: Errand, clock: Clock) -> None:
    held = claim(errand.pk, clock=clock)
    assert held is not None
    for _ in range(3):
        clock.move(seconds=80)
        held.step("send.marked")
        assert claim(errand.pk, clock=clock) is None


def test_work_put_off_keeps_its_reason_and_waits_longer_each_time(
    errand: Errand, clock: Clock, work: list[Any]
) -> None:
    waits = []
    for _ in range(4):
        work.append(Later(AWAY))
        assert jobs.run(errand.pk, clock=clock)
        row = fresh(errand)
        assert row.reason == AWAY
        assert row.due_at is not None
        waits.append((row.due_at - clock.now).total_seconds())
        clock.now = row.due_at
    assert waits == [2, 4, 8, 16]
    assert jobs.run(errand.pk, clock=clock)
    assert fresh(errand).reason is None
    assert fresh(errand).failures == 0


def test_a_wake_shortens_a_wait_but_not_one_that_ksef_asked_for(
    errand: Errand, clock: Clock, work: list[Any], company: Any
) -> None:
    work.append(Later(AWAY, after=dt.timedelta(minutes=9)))
    jobs.run(errand.pk, clock=clock)
    jobs.wake(company.pk, "test.work", clock=clock)
    work.append(Later(AWAY, after=dt.timedelta(minutes=9), blocked=True))
    assert jobs.run(errand.pk, clock=clock)
    jobs.wake(company.pk, "test.work", clock=clock)
    assert not jobs.run(errand.pk, clock=clock)
    assert sweep.due(clock=clock) == []
    clock.move(minutes=9)
    assert jobs.run(errand.pk, clock=clock)


def test_a_wake_during_the_run_is_not_lost(
    errand: Errand, clock: Clock, work: list[Any], company: Any
) -> None:
    work.append(lambda _claim: jobs.wake(company.pk, "test.work", clock=clock))
    jobs.run(errand.pk, clock=clock)
    assert fresh(errand).due_at == NOW
    assert jobs.run(errand.pk, clock=clock)
    assert fresh(errand).due_at is None


def test_a_fault_of_the_program_is_raised_and_the_work_comes_again(
    errand: Errand, clock: Clock, work: list[Any]
) -> None:
    work.append(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        jobs.run(errand.pk, clock=clock)
    row = fresh(errand)
    assert row.reason is not None
    assert row.reason.code == "internal"
    assert row.due_at == NOW + dt.timedelta(seconds=2)
    assert row.lease_until is None


def test_the_sweep_tells_of_what_is_due_once_in_a_while(
    errand: Errand, clock: Clock, told: list[int]
) -> None:
    assert sweep.sweep(clock=clock) == 0  # told by the wake a moment ago
    clock.move(seconds=21)
    assert sweep.sweep(clock=clock) == 1
    assert sweep.sweep(clock=clock) == 0
    assert told == [errand.pk]


def test_a_worker_is_told_when_the_transaction_commits(
    company: Any,
    clock: Clock,
    told: list[int],
    work: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks() as later:
        jobs.wake(company.pk, "test.work", clock=clock)
    assert told == []
    for callback in later:
        callback()
    assert told == [Errand.objects.get().pk]


def test_what_a_dead_process_held_is_freed_at_once(
    errand: Errand, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert claim(errand.pk, clock=clock) is not None
    assert claims.release_the_dead(clock=clock) == 0
    monkeypatch.setattr(claims.presence, "is_dead", lambda holder: True)
    assert claims.release_the_dead(clock=clock) == 1
    assert claim(errand.pk, clock=clock) is not None


def test_everything_that_one_dead_process_held_is_freed(
    company: Any, clock: Clock, settings: Any, tmp_path: Path
) -> None:
    """Its file goes only afterwards: without it nobody could tell of the second work that its holder is dead."""
    settings.LICZYDLO_DATA = tmp_path
    (tmp_path / "workers").mkdir()
    left = tmp_path / "workers" / "0123456789abcdef"
    left.touch()
    for name in ("first", "second", "third"):
        Errand.objects.create(
            company=company,
            name=name,
            holder=left.name,
            token=name,
            lease_until=clock() + dt.timedelta(seconds=90),
        )
    assert claims.release_the_dead(clock=clock) == 3
    assert not left.exists() and not Errand.objects.exclude(lease_until=None).exists()


def test_dying_again_and_again_waits_longer(errand: Errand, clock: Clock) -> None:
    waits = []
    for _ in range(4):
        assert claim(errand.pk, clock=clock) is not None
        row = fresh(errand)
        assert row.due_at is not None
        waits.append((row.due_at - clock.now).total_seconds())
        Errand.objects.filter(pk=errand.pk).update(lease_until=None)
        clock.now = row.due_at
    assert waits == [0, 2, 4, 8]
