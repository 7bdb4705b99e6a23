"""Claims: one worker at a time does a company's work of a kind, by a conditional UPDATE with a lease.

A claim is a fence: before every effect the job calls ``claim.step("name")``, which checks and prolongs the lease, so a
worker that was thought dead stops before it touches anything. A process may die at any step; whatever it had
committed is what the next one starts from.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
import uuid
from typing import Any

from django.db.models import Case, DateTimeField, F, Q, Value, When

from liczydlo.companies.models import Company
from liczydlo.jobs import failpoints, presence
from liczydlo.jobs.models import Job
from liczydlo.web import disk, times
from liczydlo.web.reasons import DISK_FULL, INTERNAL, Reason

LEASE = dt.timedelta(seconds=90)  # longer than any one call to KSeF may take
CHECK = dt.timedelta(seconds=1)
"""A lease that was checked and prolonged so lately is not looked at again: nobody can have taken it meanwhile."""
SLICE = dt.timedelta(seconds=2)
"""A run that lasts longer is asked to yield to those that wait."""
LONGEST_LOOK = dt.timedelta(hours=6)
"""No row is looked at less often than this while something of it is due one day; looking too early costs nothing."""

FIRST = dt.timedelta(seconds=2)
LONGEST = dt.timedelta(minutes=10)
HOUR = dt.timedelta(hours=1)
"""Nothing that failed waits longer than this, whoever asked for the wait."""

log = logging.getLogger(__name__)
Clock = times.Clock


def delay(failures: int, *, first: dt.timedelta = FIRST, longest: dt.timedelta = LONGEST) -> dt.timedelta:
    """The wait after so many failures in a row: ``first``, doubled each time, never more than ``longest``."""
    if failures <= 0:
        return dt.timedelta(0)
    doubled: int = 2 ** min(failures - 1, 30)
    return min(longest, first * doubled)


class ClaimLost(Exception):
    """The lease ran out and another worker has taken over: stop without another effect."""


class Later(Exception):
    """The work cannot go on now. It is tried again after a wait that doubles from ``first`` to ``longest`` with every
    such time in a row, not sooner than ``after`` and never later than in an hour.

    ``reason`` is None where nothing is wrong and somebody else is still at work. ``blocked``: nothing may shorten the
    wait, because KSeF has asked for it (429, Retry-After).
    """

    def __init__(
        self,
        reason: Reason | None,
        *,
        first: dt.timedelta = FIRST,
        longest: dt.timedelta = LONGEST,
        after: dt.timedelta = dt.timedelta(0),
        blocked: bool = False,
    ) -> None:
        super().__init__(reason.code if reason else "not finished")
        self.reason, self.blocked = reason, blocked
        self._first, self._longest, self._after = first, longest, after

    def wait(self, times: int) -> dt.timedelta:
        """How long, the ``times``-th time in a row."""
        return min(HOUR, max(self._after, delay(times, first=self._first, longest=self._longest)))


class Claim:
    """What a job gets: whose work it is, and the lease."""

    def __init__(
        self, job: Job, *, token: str, lease: dt.timedelta, clock: Clock, stopping: threading.Event | None
    ) -> None:
        """Made by ``claim`` alone."""
        self.job_id: int = job.pk
        self.name: str = job.name
        self.company_id: int | None = job.company_id
        self.failures: int = job.failures
        self.clock = clock
        self._wakes = job.wakes
        self._token = token
        self._lease = lease
        self._lease_clock = times.of_processes(clock)
        self._checked_at = self._lease_clock()
        self._progressed = False
        self._began = time.monotonic()
        self._stopping = stopping

    @property
    def stopping(self) -> bool:
        """Whether the process ends: stop as soon as what is begun is written down."""
        return self._stopping is not None and self._stopping.is_set()

    @property
    def should_yield(self) -> bool:
        """Whether to stop after what is at hand and be due again at once: others wait, or the process ends."""
        return self.stopping or time.monotonic() - self._began >= SLICE.total_seconds()

    @property
    def company(self) -> Company:
        """The company whose work this is, as it is now. Raises Company.DoesNotExist for the installation's work."""
        if self.company_id is None:
            raise Company.DoesNotExist(f"{self.name} belongs to the installation")
        return Company.objects.get(pk=self.company_id)

    def _update(self, **values: Any) -> None:
        mine = Job.objects.filter(pk=self.job_id, token=self._token)
        if not mine.update(**values):
            raise ClaimLost(f"{self.name} of company {self.company_id}")

    def step(self, name: str) -> None:
        """Come to a named step: check that the work is still ours and prolong the lease. Raises ClaimLost."""
        log.debug("%s of company %s: %s", self.name, self.company_id, name)
        now = self._lease_clock()
        if not dt.timedelta(0) <= now - self._checked_at < CHECK:
            self._update(lease_until=now + self._lease)
            self._checked_at = now
        failpoints.reach(name)

    def progressed(self) -> None:
        """Something has been carried on and committed: earlier failures and deaths lengthen no wait.

        Raises ClaimLost.
        """
        self.failures = 0
        if not self._progressed:
            self._update(failures=0, deaths=0, due_at=self.clock())
            self._progressed = True

    def finish(self, due_at: dt.datetime | None) -> None:
        """Give the work back, done; ``due_at`` says when there is something to do again. Raises ClaimLost."""
        latest = self.clock() + LONGEST_LOOK
        self._release(due_at and min(due_at, latest), failures=0, reason_json=None, blocked_until=None)

    def put_off(self, later: Later) -> None:
        """Give the work back, undone, with the reason and the time of the next try. Raises ClaimLost."""
        at = self.clock() + later.wait(self.failures + 1)
        self._release(
            at,
            failures=self.failures + 1,
            reason_json=later.reason.as_json() if later.reason else None,
            blocked_until=at if later.blocked else None,
        )

    def _release(self, due_at: dt.datetime | None, **values: Any) -> None:
        now = self.clock()
        self._update(
            due_at=Case(
                When(wakes=self._wakes, then=Value(due_at, output_field=DateTimeField())),
                default=Value(now, output_field=DateTimeField()),
                output_field=DateTimeField(),
            ),
            lease_until=None,
            holder="",
            token="",
            deaths=0,
            finished_at=now,
            **values,
        )

    def __enter__(self) -> Claim:
        """Hold the work for a block."""
        return self

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, *_: object) -> None:
        """A full disk or a fault of the program puts the work off with a reason, and is not swallowed."""
        if isinstance(error, Exception) and not isinstance(error, ClaimLost):
            self.put_off(Later(DISK_FULL if disk.is_full(error) else INTERNAL))


def claim(
    job_id: int,
    *,
    lease: dt.timedelta = LEASE,
    clock: Clock = times.now,
    stopping: threading.Event | None = None,
) -> Claim | None:
    """Take the work of a row that is due and that nobody holds; None if there is nothing to take.

    ``stopping`` is set when the process ends, so that the run yields.

    What a killed process leaves is due again after a wait that grows with every such death.
    """
    now, by_machine = clock(), times.of_processes(clock)()
    takeable = Job.objects.filter(
        Q(lease_until=None) | Q(lease_until__lte=by_machine),
        Q(blocked_until=None) | Q(blocked_until__lte=now),
        pk=job_id,
        due_at__lte=now,
    )
    while job := takeable.first():
        token = uuid.uuid4().hex
        if takeable.filter(wakes=job.wakes, token=job.token).update(
            token=token,
            holder=presence.me(),
            lease_until=by_machine + lease,
            due_at=now + delay(job.deaths),
            deaths=F("deaths") + 1,
            started_at=now,
        ):
            return Claim(job, token=token, lease=lease, clock=clock, stopping=stopping)
    return None


def release_dead_workers(*, clock: Clock = times.now) -> int:
    """Free what processes of this machine held when they died; the count of rows. Safe at any time, anywhere."""
    freed = 0
    held = Job.objects.filter(lease_until__gt=times.of_processes(clock)()).exclude(holder="")
    for holder in held.values_list("holder", flat=True).distinct().order_by():
        if presence.is_dead(holder):
            # all that it held, before its file goes: without the file nobody can tell that it is dead
            freed += Job.objects.filter(holder=holder).update(lease_until=None, holder="")
            presence.forget(holder)
    return freed


def pull_back(*, clock: Clock = times.now) -> int:
    """Bring moments nearer that lie further ahead than any can: a clock that was wrong wrote them. The count of them.

    A wait or a lease becomes the longest of its kind from now; what is due only then is due now.
    """
    now, by_machine = clock(), times.of_processes(clock)()
    limits = {
        "blocked_until": (now + HOUR, now + HOUR),
        "lease_until": (by_machine + LEASE, by_machine + LEASE),
        "due_at": (now + LONGEST_LOOK, now),
    }
    too_far = Q()
    for name, (latest, _) in limits.items():
        too_far |= Q(**{f"{name}__gt": latest})
    if not Job.objects.filter(too_far).exists():
        return 0
    return sum(
        Job.objects.filter(**{f"{name}__gt": latest}).update(**{name: instead})
        for name, (latest, instead) in limits.items()
    )
