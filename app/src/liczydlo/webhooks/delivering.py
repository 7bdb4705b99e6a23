"""The delivering job: posts what is due, tries again with growing pauses, gives up after ``ATTEMPTS``.

A worker that dies after a request and before its row is written posts it once more: receivers tell repeated ones by
``X-Liczydlo-Delivery``.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db.models import Max

from liczydlo.connection import vault
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim, delay
from liczydlo.webhooks import requests
from liczydlo.webhooks.models import Delivery, Endpoint
from liczydlo.webhooks.requests import Answer
from liczydlo.webhooks.services import DELIVER, PURPOSE

ATTEMPTS: Final = 12
FIRST: Final = dt.timedelta(minutes=1)
LONGEST: Final = dt.timedelta(hours=6)
BATCH: Final = 50
RETENTION: Final = dt.timedelta(days=30)
"""How long the log shows what was delivered."""


@registry.job(DELIVER)
def deliver(claim: Claim) -> dt.datetime | None:
    """Post what is due; returns when the next try is. Raises ClaimLost."""
    company = claim.company
    waiting = Delivery.objects.of(company).filter(state=Delivery.State.WAITING)
    waiting.filter(next_at__gt=claim.clock() + LONGEST).update(
        next_at=claim.clock()
    )  # of a clock that jumped
    silent: set[int] = set()  # endpoints that have just failed: the others' deliveries come first
    for row in waiting.filter(next_at__lte=claim.clock()).select_related("endpoint").order_by("id")[:BATCH]:
        if row.endpoint_id in silent:
            continue
        claim.step("notify.post")
        answer = _post(row, now=claim.clock())
        claim.step("notify.posted")
        if not _note(row, answer, now=claim.clock()):
            silent.add(row.endpoint_id)
        if claim.should_yield:
            break
    for endpoint in silent:  # the rest of theirs need not fail one by one, nor keep it asked every minute
        of_endpoint = waiting.filter(endpoint=endpoint)
        longest = of_endpoint.aggregate(attempts=Max("attempts"))["attempts"] or 1
        due_now = of_endpoint.filter(next_at__lte=claim.clock())
        due_now.update(next_at=claim.clock() + _wait(longest))
    old = Delivery.objects.of(company).filter(
        state=Delivery.State.DELIVERED, done_at__lt=claim.clock() - RETENTION
    )
    old.delete()
    next_at: dt.datetime | None = waiting.order_by("next_at").values_list("next_at", flat=True).first()
    return next_at


def _post(row: Delivery, *, now: dt.datetime) -> Answer:
    try:
        secret = secret_of(row.endpoint)
    except vault.VaultError:
        return Answer(status=None, error="secret")
    return requests.post(
        row.endpoint.url,
        secret,
        row.body.encode(),
        event=row.event,
        delivery=row.pk,
        timestamp=int(now.timestamp()),
    )


def secret_of(endpoint: Endpoint) -> str:
    """The secret that its requests are signed with. Raises VaultError."""
    sealed = bytes(endpoint.sealed_secret)
    return vault.unseal(sealed, company_id=endpoint.company_id, row=endpoint.pk, purpose=PURPOSE).decode()


def _note(row: Delivery, answer: Answer, *, now: dt.datetime) -> bool:
    """Write down what became of a try; whether it was taken."""
    attempts = row.attempts + 1
    unchanged = Delivery.objects.filter(pk=row.pk, state=Delivery.State.WAITING, attempts=row.attempts)
    if not answer.error:
        unchanged.update(
            state=Delivery.State.DELIVERED, attempts=attempts, status=answer.status, error="", done_at=now
        )
        return True
    unchanged.update(
        state=Delivery.State.FAILED if attempts >= ATTEMPTS else Delivery.State.WAITING,
        attempts=attempts,
        status=answer.status,
        error=answer.error,
        next_at=now + _wait(attempts),
    )
    return False


def _wait(attempts: int) -> dt.timedelta:
    return delay(attempts, first=FIRST, longest=LONGEST)
