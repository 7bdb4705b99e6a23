"""Workers of this process: a thread takes what is due in the table of jobs and hands it to threads that run it.

It looks when it is notified, when the next job is due, and every ``POLL`` seconds as a net. Any number of processes may
have one; the claim decides which of them does a job. ``liczydlo serve`` and ``liczydlo worker`` start it.
"""

from __future__ import annotations

import datetime as dt
import functools
import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from django.db import DatabaseError, close_old_connections, connection, connections
from django.db.models import Q
from django.utils import timezone

from liczydlo.jobs import claims, notifications, presence, registry
from liczydlo.jobs.claims import Clock
from liczydlo.jobs.models import Job

THREADS: Final = 4
POLL: Final = 0.5
"""Seconds after which the table is looked at whatever was notified."""
CARE: Final = 2.0
"""Seconds between two looks for dead workers and moments of a wrong clock."""
AT_ONCE: Final = 200
"""Rows read in one look."""

log = logging.getLogger(__name__)


def due(*, within: float = 0.0, clock: Clock = timezone.now) -> list[tuple[int, dt.datetime]]:
    """Ids of jobs that can be claimed now or ``within`` seconds, with their moments, the longest waiting first.

    A job that yields is due again behind those that wait: a company with a thousand invoices never stands before one
    with a single invoice.
    """
    soon = clock() + dt.timedelta(seconds=within)
    rows = Job.objects.filter(
        Q(lease_until=None) | Q(lease_until__lte=soon),
        Q(blocked_until=None) | Q(blocked_until__lte=soon),
        due_at__lte=soon,
        name__in=registry.REGISTRY,
    ).order_by("due_at", "pk")
    moments = rows.values_list("pk", "due_at", "lease_until", "blocked_until")[:AT_ONCE]
    return [(pk, max(moment for moment in rest if moment is not None)) for pk, *rest in moments]


def care(*, clock: Clock = timezone.now) -> None:
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
        """Starts ``threads`` workers, the thread that hands jobs out, and on PostgreSQL one that listens."""
        presence.me()
        self._changed = threading.Event()
        self._stopping = threading.Event()
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="job")
        self._in_hand: set[int] = set()  # only the dispatching thread adds to it
        self._loops = [threading.Thread(target=self._dispatch, name="dispatch", daemon=True)]
        if connection.vendor == "postgresql":
            listening = (self._changed, self._stopping)
            self._loops.append(
                threading.Thread(target=notifications.listen, args=listening, name="listen", daemon=True)
            )
        notifications.subscribe(self._changed)
        for loop in self._loops:
            loop.start()

    def stop(self) -> None:
        """Take nothing more, make what runs yield, and wait for it."""
        notifications.unsubscribe(self._changed)
        self._stopping.set()
        self._changed.set()
        for loop in self._loops:
            loop.join()
        everybody = threading.Barrier(self._threads)  # so that each thread closes its own connections
        for _ in range(self._threads):
            self._pool.submit(_close_connections, everybody)
        self._pool.shutdown()

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
        """Give due jobs to free threads; seconds until there may be something to hand out again."""
        for pk, moment in due(within=POLL):
            if len(self._in_hand) >= self._threads:
                break  # whichever ends first makes this thread look again
            if pk in self._in_hand:
                continue
            if (pause := (moment - timezone.now()).total_seconds()) > 0:
                return pause
            self._in_hand.add(pk)
            self._pool.submit(self._run, pk).add_done_callback(functools.partial(self._ended, pk))
        return POLL

    def _run(self, pk: int) -> None:
        close_old_connections()
        try:
            registry.run(pk, stopping=self._stopping)
        finally:
            close_old_connections()

    def _ended(self, pk: int, run: Future[None]) -> None:
        if not run.cancelled() and (fault := run.exception()):
            log.error("job %s ended with a fault of the program", pk, exc_info=fault)
        self._in_hand.discard(pk)
        self._changed.set()


def _close_connections(everybody: threading.Barrier) -> None:
    everybody.wait()
    connections.close_all()
