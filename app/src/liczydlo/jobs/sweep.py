"""The sweep: tells workers of every row that is due and that nobody has been told of lately, or whose holder died."""

from __future__ import annotations

import logging
import threading

from django.db import DatabaseError, close_old_connections, connections
from django.db.models import Q
from django.utils import timezone

from liczydlo.jobs import claims, presence, queue
from liczydlo.jobs.claims import NOTIFY_AGAIN_AFTER, Clock
from liczydlo.jobs.models import Job

EVERY = 0.5  # seconds
AT_ONCE = 500  # rows

log = logging.getLogger(__name__)


def due(*, clock: Clock = timezone.now) -> list[int]:
    """The ids of rows whose work can be claimed now, the longest waiting first; at most ``AT_ONCE``."""
    now = clock()
    rows = Job.objects.filter(
        Q(queued_until=None) | Q(queued_until__lte=now),
        Q(lease_until=None) | Q(lease_until__lte=now),
        Q(blocked_until=None) | Q(blocked_until__lte=now),
        due_at__lte=now,
    )
    return list(rows.order_by("due_at").values_list("pk", flat=True)[:AT_ONCE])


def sweep(*, clock: Clock = timezone.now) -> int:
    """Tell workers of what is due; the count of rows told of. Any number of processes may sweep at once."""
    claims.release_dead_workers(clock=clock)
    claims.pull_back(clock=clock)
    now = clock()
    told = 0
    for pk in due(clock=clock):
        mine = Job.objects.filter(Q(queued_until=None) | Q(queued_until__lte=now), pk=pk)
        if mine.update(queued_until=now + NOTIFY_AGAIN_AFTER):
            queue.notify(pk)
            told += 1
    return told


class Sweeper(threading.Thread):
    """Sweeps until told to stop; a database that is away for a while does not end it."""

    def __init__(self, stop: threading.Event) -> None:
        """``stop`` ends it."""
        super().__init__(name="sweep", daemon=True)
        self._stop_event = stop

    def run(self) -> None:
        """The thread's body."""
        try:
            presence.sweep_files()
        except DatabaseError:
            log.warning("the database is not ready yet", exc_info=True)
        while not self._stop_event.is_set():
            try:
                sweep()
            except DatabaseError:
                log.warning("the sweep could not reach the database", exc_info=True)
            close_old_connections()
            self._stop_event.wait(EVERY)
        connections.close_all()
