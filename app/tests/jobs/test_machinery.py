"""The queue and its workers, living and dead processes, dying on purpose, reasons."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import translation
from liczydlo.jobs import backoff, consumer, failpoints, presence, queue, registry
from liczydlo.jobs.models import Job
from liczydlo.ksef.errors import Refused
from liczydlo.web.reasons import Reason


@pytest.fixture
def own_queue(settings: Any, tmp_path: Path) -> Any:
    settings.LICZYDLO_DATA = tmp_path
    queue.huey.cache_clear()
    queue._task.cache_clear()
    queue.huey().flush()
    yield queue.huey()
    queue.huey.cache_clear()
    queue._task.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_woken_work_is_done_by_threads_of_this_process_and_they_stop(company: Any, own_queue: Any) -> None:
    done = threading.Event()

    def work(_claim: Any) -> None:
        done.set()

    registry.REGISTRY["test.threads"] = work
    running = consumer.start(threads=1)
    try:
        registry.enqueue(company.pk, "test.threads")
        assert done.wait(10)
    finally:
        running.stop()
        del registry.REGISTRY["test.threads"]
        connection.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "sweep"]
    assert Job.objects.get().lease_until is None


@pytest.mark.django_db
def test_a_queue_that_is_away_does_not_stop_anybody(
    own_queue: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from redis.exceptions import ConnectionError as RedisAway

    def away(_job: int) -> None:
        raise RedisAway("refused")

    with monkeypatch.context() as patch:
        patch.setattr(queue, "_task", lambda: away)
        queue.notify(1)
    assert "the queue is away" in caplog.text


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
    assert [backoff.delay(failures).total_seconds() for failures in (0, 1, 2, 3, 50)] == [0, 2, 4, 8, 600]


def test_a_reason_keeps_both_languages_and_ksefs_small_print() -> None:
    error = Refused(
        status=400, code="21405", description="Błąd walidacji", details=("a", "b"), reference="R-1"
    )
    reason = Reason.of(error)
    assert (reason.code, reason.ksef_code, reason.reference) == ("ksef", "21405", "R-1")
    assert reason.details == ("a", "b")
    assert Reason.from_json(reason.as_json()) == reason
    assert Reason.from_json(None) is None
    with translation.override("en"):
        assert str(reason) == reason.en
    with translation.override("pl"):
        assert str(reason) == reason.pl
    assert reason.pl != reason.en
