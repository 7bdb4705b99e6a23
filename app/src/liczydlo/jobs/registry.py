"""Jobs: idempotent functions of a claimed row. ``@job`` names one, ``enqueue`` says that it has something to do."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable

from django.db import transaction
from django.db.models import F, Q

from liczydlo.jobs import claims
from liczydlo.jobs.claims import LONGEST_LOOK, Claim, ClaimLost, Clock, Later
from liczydlo.jobs.models import Job
from liczydlo.jobs.notifications import notify
from liczydlo.web import times

log = logging.getLogger(__name__)

Work = Callable[[Claim], dt.datetime | None]
REGISTRY: dict[str, Work] = {}
STANDING_JOBS: set[str] = set()


def job(name: str, *, standing: bool = False) -> Callable[[Work], Work]:
    """Register a job. It gets the claim and returns when it wants to be run again, or None; raises Later.

    A ``standing`` one is the installation's and is there from the start.
    """

    def register(work: Work) -> Work:
        if REGISTRY.setdefault(name, work) is not work:
            raise ValueError(f"two jobs are named {name}")
        if standing:
            STANDING_JOBS.add(name)
        return work

    return register


def enqueue(
    company_id: int | None, name: str, *, at: dt.datetime | None = None, clock: Clock = times.now
) -> None:
    """Make a company's (None: the installation's) job of a kind due at ``at`` (now) or sooner.

    Workers are notified when the transaction commits, and only by the call that made it due, so that a thousand calls
    cost one look. Raises ValueError for a name that no job has.
    """
    if name not in REGISTRY:
        raise ValueError(f"no job is named {name}")
    now = clock()
    moment = min(at or now, now + LONGEST_LOOK)
    with transaction.atomic():
        scope = {"company__isnull": True} if company_id is None else {"company_id": company_id}
        new = {"company_id": company_id, "due_at": moment, "wakes": 1}
        job, is_new = Job.objects.get_or_create(**scope, name=name, defaults=new)
        if is_new:
            notify()
            return
        pending = Job.objects.filter(pk=job.pk)
        later = pending.filter(Q(due_at=None) | Q(due_at__gt=moment))
        if later.update(due_at=moment, wakes=F("wakes") + 1):
            notify()
        else:
            pending.update(wakes=F("wakes") + 1)


def enqueue_standing() -> None:
    """Make the installation's jobs due that have never run; whoever starts workers calls it."""
    for name in STANDING_JOBS:
        if not Job.objects.filter(company=None, name=name).exists():
            enqueue(None, name)


def retry_now(company_id: int, *, clock: Clock = times.now) -> None:
    """Try again now what failed and waits, but for waits that KSeF has asked for: the cause may be gone."""
    for name in Job.objects.filter(company_id=company_id, failures__gt=0).values_list("name", flat=True):
        if name in REGISTRY:
            enqueue(company_id, name, clock=clock)


def run(job_id: int, *, clock: Clock = times.now, stopping: threading.Event | None = None) -> bool:
    """Do what a row asks for, if it is due and free; whether anything was done. Faults of the program are raised."""
    claim = claims.claim(job_id, clock=clock, stopping=stopping)
    if claim is None:
        return False
    try:
        with claim:
            try:
                due_at = REGISTRY[claim.name](claim)
            except Later as later:
                log.info("%s of company %s waits: %s", claim.name, claim.company_id, later)
                claim.put_off(later)
            else:
                claim.finish(due_at)
    except ClaimLost as lost:
        log.warning("claim lost: %s", lost)
    return True
