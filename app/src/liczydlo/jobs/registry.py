"""Jobs: idempotent functions of a claimed row. ``@job`` names one, ``enqueue`` says that it has something to do."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from liczydlo.jobs import claims, queue
from liczydlo.jobs.claims import LONGEST_LOOK, NOTIFY_AGAIN_AFTER, Claim, ClaimLost, Clock, Later
from liczydlo.jobs.models import Job

log = logging.getLogger(__name__)

Work = Callable[[Claim], dt.datetime | None]
REGISTRY: dict[str, Work] = {}


def job(name: str) -> Callable[[Work], Work]:
    """Register a job. It gets the claim and returns when it wants to be run again, or None; raises Later."""

    def register(work: Work) -> Work:
        if REGISTRY.setdefault(name, work) is not work:
            raise ValueError(f"two jobs are named {name}")
        return work

    return register


def enqueue(
    company_id: int, name: str, *, at: dt.datetime | None = None, clock: Clock = timezone.now
) -> None:
    """Make a company's work of a kind due at ``at`` (now) or sooner; a worker is told when the transaction commits."""
    if name not in REGISTRY:
        raise ValueError(f"no job is named {name}")
    now = clock()
    moment = min(at or now, now + LONGEST_LOOK)
    with transaction.atomic():
        job, _ = Job.objects.get_or_create(company_id=company_id, name=name)
        Job.objects.filter(pk=job.pk).update(
            due_at=Least(Coalesce(F("due_at"), Value(moment)), Value(moment)),
            wakes=F("wakes") + 1,
            **({"queued_until": now + NOTIFY_AGAIN_AFTER} if moment <= now else {}),
        )
        if moment <= now:
            transaction.on_commit(lambda: queue.notify(job.pk))


def retry_now(company_id: int, *, clock: Clock = timezone.now) -> None:
    """Try again now what failed and waits, but for waits that KSeF has asked for: the cause may be gone."""
    for name in Job.objects.filter(company_id=company_id, failures__gt=0).values_list("name", flat=True):
        if name in REGISTRY:
            enqueue(company_id, name, clock=clock)


def run(job_id: int, *, clock: Clock = timezone.now) -> bool:
    """Do what a row asks for, if it is due and free; whether anything was done. Faults of the program are raised."""
    claim = claims.claim(job_id, clock=clock)
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
