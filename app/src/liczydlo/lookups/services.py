"""What every service shares: whether a firm has switched it on, its key, pauses, storing an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from liczydlo.audit.actions import Action
from liczydlo.audit.services import log
from liczydlo.companies.models import Company, User
from liczydlo.connection import vault
from liczydlo.jobs.claims import delay
from liczydlo.lookups.models import Answer, Choice, Pause, Service
from liczydlo.lookups.signals import answered, switched_on
from liczydlo.public_services.http import ServiceError
from liczydlo.web.rows import stored

FAILED: Final = dt.timedelta(minutes=5)
BUSY: Final = dt.timedelta(minutes=15)
LONGEST: Final = dt.timedelta(hours=6)
"""The first waits double up to this."""
KEY: Final = "service-key"
"""The purpose of a sealed key in ``vault``."""
LIMIT: Final = dt.timedelta(hours=25)
"""The most to midnight, on the day on which clocks are put back."""


def is_on(company: Company, service: Service) -> bool:
    """Whether the firm lets the program ask the service."""
    rows = Choice.objects.of(company).filter(service=service, is_on=True)
    return bool(rows.exists())


def key_of(company: Company, service: Service) -> str:
    """The firm's own key of a service; empty where it has none. Raises VaultError."""
    row = Choice.objects.of(company).filter(service=service).first()
    sealed = bytes(row.sealed_key) if row is not None else b""
    if row is None or not sealed:
        return ""
    return vault.unseal(sealed, company_id=company.pk, row=row.pk, purpose=KEY).decode()


def switch(
    company: Company,
    service: Service,
    *,
    on: bool,
    request: HttpRequest,
    by: User,
    now: dt.datetime,
    key: str = "",
) -> bool:
    """Let the program ask a service, with the firm's own ``key`` where it has one, or no longer, which deletes the key;
    whether that is a change."""
    with transaction.atomic():
        row, _ = Choice.objects.of(company).get_or_create(
            company=company, service=service, defaults={"changed_at": now}
        )
        changed = Choice.objects.filter(pk=row.pk, is_on=not on).update(
            is_on=on, changed_at=now, changed_by=by, sealed_key=_sealed(row, key if on else "")
        )
        if not changed:
            return False
        log(company, Action.SERVICE_ON if on else Action.SERVICE_OFF, request=request, name=service.value)
        if on:
            switched_on.send(sender=Choice, company=company, service=service)
    return True


def _sealed(row: Choice, key: str) -> bytes:
    return vault.seal(key.encode(), company_id=row.company_id, row=row.pk, purpose=KEY) if key else b""


def waiting(company: Company, service: Service) -> QuerySet[Answer]:
    """Questions without an answer, the oldest first."""
    rows: QuerySet[Answer] = Answer.objects.of(company).filter(service=service, answered_at=None)
    return rows.order_by("day", "pk")


def store(company: Company, answers: Sequence[tuple[Answer, str, dt.datetime, dict[str, Any]]]) -> None:
    """Keep request id, the service's moment and what it said; all or nothing, with what follows from it."""
    with transaction.atomic():
        new = []
        for row, request_id, at, content in answers:
            values = {"answered_at": at, "request_id": request_id, "content": content, "error": ""}
            if Answer.objects.filter(pk=row.pk, company=company, answered_at=None).update(**values):
                for name, value in values.items():
                    setattr(row, name, value)
                new.append(row)
        if new:
            answered.send(sender=Answer, company=company, answers=new)


def paused_until(base: str, operation: str, *, now: dt.datetime) -> dt.datetime | None:
    """Until when nobody asks; None where one may. A pause beyond all measure is of a clock that went wrong."""
    rows = Pause.objects.filter(base=base, operation=operation, until__gt=now, until__lte=now + LIMIT)
    row = rows.first()
    return row.until if row is not None else None


def pause(base: str, operation: str, error: ServiceError, *, now: dt.datetime) -> dt.datetime:
    """Ask no more until it makes sense: after a day's limit from midnight in Warsaw on, else after growing waits."""
    row = Pause.objects.filter(base=base, operation=operation).first()
    failures = 1 if row is None else row.failures + 1
    until = now + delay(failures, first=BUSY if error.code == "busy" else FAILED, longest=LONGEST)
    if error.code == "limit":
        tomorrow = timezone.localdate(now) + dt.timedelta(days=1)
        until = timezone.make_aware(dt.datetime.combine(tomorrow, dt.time()))
    values = {"until": until, "failures": failures}
    stored(lambda: Pause.objects.update_or_create(base=base, operation=operation, defaults=values))
    return until


def unpause(base: str, operation: str) -> None:
    """Forget the failures of a service that has answered."""
    Pause.objects.filter(base=base, operation=operation).delete()
