"""Workers of this process: a thread takes what is due in the table of jobs and hands it to threads that run it.

It looks when it is notified, when the next job is due, and every ``POLL`` seconds as a net. Any number of processes may
have one; the claim decides which of them does a job. ``liczydlo serve`` and ``liczydlo worker`` start it.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from typing import Final

from django.db import DatabaseError, close_old_connections, connection, connections
from django.db.models import Q

from liczydlo.jobs import claims, notifications, presence, registry
from liczydlo.jobs.claims import Clock
from liczydlo.jobs.models import Job
from liczydlo.web import times

THREADS: Final = 4
POLL: Final = 0.5
"""Seconds after which the table is looked at whatever was notified."""
CARE: Final = 2.0
"""Seconds between two looks for dead workers and moments of a wrong clock."""
PATIENCE: Final = 5.0
"""Seconds that an end of the process waits for what runs."""
AT_ONCE: Final = 200
"""Rows read in one look."""

log = logging.getLogger(__name__)


def due_jobs(*, within: float = 0.0, clock: Clock = times.now) -> list[tuple[int, dt.datetime]]:
    """Ids of jobs that can be claimed now or ``within`` seconds, with their moments, the longest waiting first.

    A job that yields is due again behind those that wait: a company with a thousand invoices never stands before one
    with a single invoice.
    """
    soon = clock() + dt.timedelta(seconds=within)
    by_machine = times.of_processes(clock)() + dt.timedelta(seconds=within)
    rows = Job.objects.filter(
        Q(lease_until=None) | Q(lease_until__lte=by_machine),
        Q(blocked_until=None) | Q(blocked_until__lte=soon),
        due_at__lte=soon,
        name__in=registry.REGISTRY,
    ).order_by("due_at", "pk")
    ahead = soon - by_machine
    return [
        (pk, max(due_at, blocked or due_at, lease + ahead if lease else due_at))
        for pk, due_at, lease, blocked in rows.values_list("pk", "due_at", "lease_until", "blocked_until")[
            :AT_ONCE
        ]
    ]


def care(*, clock: Clock = times.now) -> None:
    """Free what dead workers of this machine held and mend what a wrong clock wrote."""
    claims.release_dead_workers(clock=clock)
    claims.pull_back(clock=clock)


def start() -> Dispatcher:
    """Begin with background work in this process, the installation's own jobs among it."""
    registry.enqueue_standing()
    return Dispatcher()


class Dispatcher:
    """The threads of one process; ``stop`` ends them after the document that each is at."""

    def __init__(self, threads: int = THREADS) -> None:
        """Starts the thread that hands out jobs, to ``threads`` others at most, and on PostgreSQL one that listens."""
        presence.me()
        self._changed = threading.Event()
        self._stopping = threading.Event()
        self._threads = threads
        self._runs: dict[int, threading.Thread] = {}  # by job; only the dispatching thread adds to it
        self._begun: list[threading.Thread] = []  # a run is done a little before its thread ends
        self._loops = [threading.Thread(target=self._dispatch, name="dispatch", daemon=True)]
        if connection.vendor == "postgresql":
            listening = (self._changed, self._stopping)
            self._loops.append(
                threading.Thread(target=notifications.listen, args=listening, name="listen", daemon=True)
            )
        notifications.subscribe(self._changed)
        for loop in self._loops:
            loop.start()

    def stop(self, *, patience: float = PATIENCE) -> None:
        """Take nothing more, make what runs yield, and wait for it ``patience`` seconds.

        What takes longer, a KSeF that does not answer, ends with the process: the next one goes on from its rows.
        """
        notifications.unsubscribe(self._changed)
        self._stopping.set()
        self._changed.set()
        deadline = time.monotonic() + patience
        for loop in self._loops:  # before the runs: it starts them
            loop.join(max(0.0, deadline - time.monotonic()))
        for run in self._begun:
            run.join(max(0.0, deadline - time.monotonic()))

    def _dispatch(self) -> None:
        cared_at = None
        while not self._stopping.is_set():
            self._changed.clear()
            pause = POLL
            try:
                if cared_at is None:
                    presence.sweep_files()
                if cared_at is None or time.monotonic() - cared_at >= CARE:
                    care()
                    cared_at = time.monotonic()
                pause = self._hand_out()
            except DatabaseError:
                log.warning("the table of jobs could not be read; trying again", exc_info=True)
            close_old_connections()
            self._changed.wait(pause)
        connections.close_all()

    def _hand_out(self) -> float:
        """Give due jobs to threads; seconds until there may be something to hand out again."""
        for pk, moment in due_jobs(within=POLL):
            if len(self._runs) >= self._threads:
                break  # whichever ends first makes this thread look again
            if pk in self._runs:
                continue
            if (pause := (moment - times.now()).total_seconds()) > 0:
                return pause
            self._runs[pk] = run = threading.Thread(target=self._run, args=(pk,), name="job", daemon=True)
            run.start()
            self._begun = [*filter(threading.Thread.is_alive, self._begun), run]
        return POLL

    def _run(self, pk: int) -> None:
        try:
            registry.run(pk, stopping=self._stopping)
        except Exception:
            log.exception("job %s ended with a fault of the program", pk)
        finally:
            connections.close_all()
            del self._runs[pk]
            self._changed.set()
