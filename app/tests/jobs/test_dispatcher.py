"""What the dispatcher keeps to: its number of threads, one run of a job at once, its pace of care, its patience."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest
from django.db import connection
from django.utils import timezone
from liczydlo.jobs import dispatcher, notifications, presence, registry
from liczydlo.jobs.models import Job

from app.tests.jobs.test_machinery import wait_for

NAMES: Final = ("test.first", "test.second", "test.third")
NOW: Final = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)


class Hanging:
    """Jobs that go on until the test ends them; ``begun`` are their names, one for each run."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ends = {name: threading.Event() for name in NAMES}

    def __call__(self, claim: Any) -> None:
        self.begun.append(claim.name)
        assert self.ends[claim.name].wait(30)


class Looks:
    """Looks into the table of jobs, counted; nothing makes the dispatcher look but ``make``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        real = dispatcher.due_jobs

        def due(**values: Any) -> list[tuple[int, dt.datetime]]:
            self.count += 1
            return real(**values)

        monkeypatch.setattr(dispatcher, "due_jobs", due)
        monkeypatch.setattr(dispatcher, "POLL", 60.0)

    def make(self) -> None:
        """A whole look: when the second one begins, the first has handed out all that it would."""
        for _ in range(2):
            before = self.count
            notifications._set_all()
            wait_for(lambda before=before: self.count > before)


class Seconds:
    """A monotonic clock that stands until moved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(dispatcher, "time", SimpleNamespace(monotonic=lambda: self.now))


@pytest.fixture
def hanging(settings: Any, tmp_path: Path) -> Iterator[Hanging]:
    settings.LICZYDLO_DATA = tmp_path
    made = Hanging()
    registry.REGISTRY.update(dict.fromkeys(NAMES, made))
    yield made
    for name in NAMES:
        del registry.REGISTRY[name]
    connection.close()


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    return Looks(monkeypatch)


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Seconds:
    return Seconds(monkeypatch)


def at_work(running: dispatcher.Dispatcher) -> int:
    """Its threads that run a job or are about to."""
    return len(running._runs)


@contextmanager
def dispatching(threads: int, hanging: Hanging) -> Iterator[dispatcher.Dispatcher]:
    """A dispatcher that has ended, with all that it ran, when the block does."""
    running = dispatcher.Dispatcher(threads=threads)
    try:
        yield running
    finally:
        for end in hanging.ends.values():
            end.set()
        running.stop(patience=30)


def make_due(company: Any, *names: str) -> None:
    for behind, name in enumerate(names):
        moment = timezone.now() - dt.timedelta(seconds=len(names) - behind)
        Job.objects.create(company=company, name=name, due_at=moment)


@pytest.mark.django_db(transaction=True)
class TestHandingOut:
    def test_no_more_run_at_once_than_there_are_threads_and_the_next_begins_when_one_ends(
        self, company: Any, hanging: Hanging, looks: Looks
    ) -> None:
        make_due(company, *NAMES)
        with dispatching(2, hanging) as running:
            wait_for(lambda: len(hanging.begun) == 2)
            looks.make()
            assert at_work(running) == 2
            assert set(hanging.begun) == set(NAMES[:2]), "the longest waiting, and no third"
            hanging.ends[NAMES[1]].set()
            wait_for(lambda: hanging.begun[2:] == [NAMES[2]])

    def test_a_job_whose_lease_ran_out_is_not_begun_beside_its_own_run(
        self, company: Any, hanging: Hanging, looks: Looks
    ) -> None:
        """A call to KSeF that takes minutes: the thread is still at it, and one that waits behind is not held up."""
        make_due(company, NAMES[0])
        with dispatching(3, hanging) as running:
            wait_for(lambda: hanging.begun == [NAMES[0]])
            Job.objects.update(lease_until=None, due_at=timezone.now() - dt.timedelta(hours=1))
            looks.make()
            assert at_work(running) == 1 and hanging.begun == [NAMES[0]]
            make_due(company, NAMES[1])
            looks.make()
            wait_for(lambda: len(hanging.begun) > 1)
            assert hanging.begun == [NAMES[0], NAMES[1]]

    def test_what_is_due_soon_is_begun_at_its_moment_and_not_before(
        self, company: Any, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with dispatching(1, hanging) as ended:
            pass
        begun: list[int] = []
        monkeypatch.setattr(registry, "run", lambda pk, **_: begun.append(pk))
        monkeypatch.setattr(dispatcher, "times", SimpleNamespace(now=lambda: NOW))
        monkeypatch.setattr(dispatcher, "due_jobs", lambda **_: [(7, NOW + dt.timedelta(seconds=0.3))])
        assert ended._hand_out() == 0.3 and not ended._runs and not begun
        monkeypatch.setattr(dispatcher, "due_jobs", lambda **_: [(7, NOW)])
        assert ended._hand_out() == dispatcher.POLL
        wait_for(lambda: begun == [7] and not ended._runs)


@pytest.mark.django_db(transaction=True)
class TestCare:
    def test_it_comes_at_the_beginning_and_every_two_seconds_and_files_are_swept_once(
        self,
        company: Any,
        hanging: Hanging,
        looks: Looks,
        seconds: Seconds,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        if presence.fcntl is None:
            pytest.skip("no file locks here")
        done: list[str] = []
        sweep, care = presence.sweep_files, dispatcher.care

        def counted(name: str, real: Callable[[], Any]) -> None:
            done.append(name)
            real()

        monkeypatch.setattr(presence, "sweep_files", lambda: counted("sweep", sweep))
        monkeypatch.setattr(dispatcher, "care", lambda: counted("care", care))
        left = tmp_path / "workers" / "0123456789abcdef"
        left.parent.mkdir(exist_ok=True)
        left.touch()
        with dispatching(1, hanging):
            looks.make()
            assert done == ["sweep", "care"] and not left.exists()
            seconds.now += 1.9
            looks.make()
            assert done == ["sweep", "care"]
            seconds.now += 0.1
            looks.make()
            assert done == ["sweep", "care", "care"]


class Slow:
    """A thread that takes its seconds to end; ``given`` is how long it was waited for."""

    def __init__(self, seconds: Seconds, takes: float) -> None:
        self._seconds, self._takes = seconds, takes
        self.given: float | None = None

    def join(self, timeout: float) -> None:
        self.given = round(timeout, 6)
        self._seconds.now += min(timeout, self._takes)


@pytest.mark.django_db(transaction=True)
class TestTheEnd:
    def test_all_that_runs_is_waited_for_five_seconds_together(
        self, hanging: Hanging, seconds: Seconds
    ) -> None:
        running = dispatcher.Dispatcher(threads=1)
        loop, *runs = (Slow(seconds, takes) for takes in (1, 2, 600, 600))
        running._loops.append(loop)  # type: ignore[arg-type] # of a thread only join() is called
        running._begun.extend(runs)  # type: ignore[arg-type] # likewise
        running.stop()
        assert [one.given for one in (loop, *runs)] == [5, 4, 2, 0]
        assert seconds.now == 105

    def test_a_thread_that_hangs_does_not_keep_the_process_alive(
        self, company: Any, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(notifications, "listen", lambda _event, stopping: stopping.wait(30))
        make_due(company, NAMES[0])
        before = set(threading.enumerate())
        with dispatching(1, hanging):
            wait_for(lambda: hanging.begun == [NAMES[0]])
            threads = set(threading.enumerate()) - before
            listening = {"listen"} if connection.vendor == "postgresql" else set()
            assert {thread.name for thread in threads} == {"dispatch", "job"} | listening
            assert all(thread.daemon for thread in threads)
