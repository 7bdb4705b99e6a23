"""The dispatcher and its threads, living and dead processes, dying on purpose, reasons."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone, translation
from liczydlo.jobs import claims, dispatcher, failpoints, notifications, presence, registry
from liczydlo.jobs.models import Job
from liczydlo.ksef.errors import Refused
from liczydlo.web.reasons import Reason


@pytest.fixture
def handled(settings: Any, tmp_path: Path) -> Iterator[list[int]]:
    """Companies whose job „test.threads" was run by the dispatcher, in that order."""
    settings.LICZYDLO_DATA = tmp_path
    runs: list[int] = []
    registry.REGISTRY["test.threads"] = lambda claim: runs.append(claim.company_id)
    yield runs
    del registry.REGISTRY["test.threads"]
    connection.close()


def wait_for(condition: Callable[[], bool]) -> None:
    """Threads have no clock of ours to turn."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.django_db(transaction=True)
class TestDispatcher:
    def test_enqueued_work_is_done_at_once_by_threads_that_end(
        self, company: Any, handled: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Slow(threading.Event):
            """Notified by a run that is done, whose thread takes its time to end."""

            def set(self) -> None:
                super().set()
                if threading.current_thread().name == "job":
                    threading.Event().wait(0.3)

        monkeypatch.setattr(dispatcher, "POLL", 60.0)  # the notification alone wakes it
        before = set(threading.enumerate())
        monkeypatch.setattr(dispatcher, "threading", SimpleNamespace(Event=Slow, Thread=threading.Thread))
        running = dispatcher.Dispatcher(threads=1)
        try:
            registry.enqueue(company.pk, "test.threads")
            wait_for(lambda: handled == [company.pk])
        finally:
            running.stop()
        left = {thread.name for thread in set(threading.enumerate()) - before}
        assert not left & {"dispatch", "listen", "job"}
        assert Job.objects.get().lease_until is None

    def test_work_that_nobody_was_notified_of_is_found_by_the_poll(
        self, company: Any, handled: list[int]
    ) -> None:
        running = dispatcher.Dispatcher(threads=1)
        try:
            Job.objects.create(company=company, name="test.threads", due_at=timezone.now())
            wait_for(lambda: handled == [company.pk])
        finally:
            running.stop()

    def test_another_process_notifies_through_postgresql(
        self, company: Any, handled: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if connection.vendor != "postgresql":
            pytest.skip("SQLite has one machine, whose poll is enough")
        monkeypatch.setattr(dispatcher, "POLL", 60.0)
        monkeypatch.setattr(notifications, "_subscribers", set())  # as if this process had no dispatcher
        running = dispatcher.Dispatcher(threads=1)
        try:
            wait_for(lambda: not running._changed.is_set())
            notifications._subscribers.clear()
            registry.enqueue(company.pk, "test.threads")
            wait_for(lambda: handled == [company.pk])
        finally:
            running.stop()

    def test_a_run_that_does_not_end_holds_nobody_up(self, company: Any, handled: list[int]) -> None:
        begun, end = threading.Event(), threading.Event()

        def hangs(_claim: Any) -> None:
            begun.set()
            end.wait(30)

        registry.REGISTRY["test.threads"] = hangs
        running = dispatcher.Dispatcher(threads=1)
        registry.enqueue(company.pk, "test.threads")
        assert begun.wait(10)
        before = time.monotonic()
        running.stop(patience=0.1)
        assert time.monotonic() - before < 5
        end.set()
        wait_for(lambda: not running._runs)

    def test_a_fault_of_a_job_ends_neither_its_thread_nor_the_others(
        self, company: Any, handled: list[int], caplog: pytest.LogCaptureFixture
    ) -> None:
        def fails(_claim: Any) -> None:
            raise ZeroDivisionError("of the program")

        registry.REGISTRY["test.fails"] = fails
        running = dispatcher.Dispatcher(threads=1)
        try:
            registry.enqueue(company.pk, "test.fails")
            wait_for(lambda: "ended with a fault" in caplog.text)
            registry.enqueue(company.pk, "test.threads")
            wait_for(lambda: handled == [company.pk])
        finally:
            running.stop()
            del registry.REGISTRY["test.fails"]
        assert Job.objects.get(name="test.fails").reason is not None


@pytest.mark.django_db
def test_this_process_lives_and_one_that_ended_is_dead(settings: Any, tmp_path: Path) -> None:
    if presence.fcntl is None:
        pytest.skip("no file locks here")
    settings.LICZYDLO_DATA = tmp_path
    program = (
        "import pathlib, sys, types, os\n"
        "from django.conf import settings\n"
        f"settings.configure(LICZYDLO_DATA=pathlib.Path({str(tmp_path)!r}))\n"
        "from liczydlo.jobs import presence\n"
        "print(presence.me(), flush=True)\n"
        "sys.stdin.read()\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
    ) as other:
        assert other.stdout is not None
        name = other.stdout.readline().strip()
        assert not presence.is_dead(name)
        other.kill()
        other.wait()
        assert presence.is_dead(name)
    assert not presence.is_dead(presence.me())
    assert not presence.is_dead("0123456789abcdef")  # of another machine: nothing is known
    assert not presence.is_dead("../secret.key")
    assert presence.sweep_files() == 1
    assert not (tmp_path / "workers" / name).exists()


def test_a_named_step_kills_the_process_and_no_other_does() -> None:
    program = "from liczydlo.jobs import failpoints as f\nf.reach('send.marked')\nprint('alive')\nf.reach('upo.stored')"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), failpoints.VARIABLE: "upo.stored"}
    ended = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert ended.stdout == "alive\n"
    assert ended.returncode == -signal.SIGKILL


def test_a_step_that_the_crash_test_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="not a step"):
        failpoints.reach("send.something")


def test_waits_double_up_to_the_longest() -> None:
    assert [claims.delay(failures).total_seconds() for failures in (0, 1, 2, 3, 50)] == [0, 2, 4, 8, 600]


def test_a_reason_keeps_no_words_but_ksefs_small_print() -> None:
    error = Refused(
        status=400, code="21405", description="Błąd walidacji", details=("a", "b"), reference="R-1"
    )
    reason = Reason.of(error)
    assert (reason.code, reason.ksef_code, reason.reference) == ("ksef", "21405", "R-1")
    assert reason.details == ("a", "b")
    assert Reason.from_json(reason.as_json()) == reason
    assert Reason.from_json(None) is None
    with translation.override("en"):
        assert str(reason) == reason.text("en")
    with translation.override("pl"):
        assert str(reason) == reason.text("pl")
    assert reason.text("pl") != reason.text("en")
