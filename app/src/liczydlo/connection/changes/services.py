"""Carrying a change out: committed, asked for at once, and when in doubt looked for before KSeF is asked again.

Each step commits what it got before the next begins. ``lease_until`` is the fence: whoever moves a row names the lease
that it holds, so that a request that was thought dead writes nothing over what the job found out.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from liczydlo import ksef
from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.companies.models import Company, User
from liczydlo.connection import clients, vault
from liczydlo.connection.changes.kinds import KINDS, NotDone, unseen
from liczydlo.connection.errors import NotConnected
from liczydlo.connection.models import OPEN_CHANGES, ChangeKind, ChangeState, RemoteChange
from liczydlo.jobs import failpoints, registry
from liczydlo.web import times
from liczydlo.web.reasons import Reason

log = logging.getLogger(__name__)
Clock = Callable[[], dt.datetime]
Step = Callable[[str], None]
JOB: Final = "connection.changes"
PATIENCE: Final = 6.0
"""Seconds that a person waits for KSeF's decision; it mostly takes less than one."""
LEASE: Final = dt.timedelta(minutes=2)  # longer than a request may take
SETTLE: Final = dt.timedelta(minutes=1)
"""How long KSeF's lists may not show what it has taken; then KSeF has not got it."""


class Overtaken(Exception):
    """Somebody else has taken the change over: stop without another effect."""


def begin(
    company: Company,
    kind: ChangeKind,
    key: uuid.UUID,
    body: dict[str, Any],
    details: dict[str, str],
    *,
    by: User | None,
    address: str = "",
    clock: Clock = times.now,
) -> tuple[RemoteChange, bool]:
    """Commit a change that KSeF is to be asked for; whether it is new, or what another POST of the form has begun.

    The job takes it over when its lease runs out, whatever happens to the caller.
    """
    now = clock()
    with transaction.atomic():
        row, is_new = RemoteChange.objects.get_or_create(
            company=company,
            key=key,
            defaults={
                "environment": company.environment,
                "kind": kind,
                "body": body,
                "details": details,
                "by": by,
                "address": address,
                "began_at": now,
                "lease_until": now + LEASE,
            },
        )
        if is_new:
            registry.enqueue(company.pk, JOB, at=now + LEASE, clock=clock)
    failpoints.reach("change.committed")
    return row, is_new


def carry_out(row: RemoteChange, *, clock: Clock = times.now, patience: float = PATIENCE) -> None:
    """Carry a new change out for the person who waits; what stays in doubt is the job's."""
    try:
        with clients.client(row.company, clock=clock, patience=patience) as client:
            carry_on(row, client, step=failpoints.reach, clock=clock, patience=patience)
    except Overtaken:
        row.refresh_from_db()
        return
    except NotDone as error:
        fail(row, error, clock=clock)
    except (NotConnected, ksef.KsefError) as error:
        answer_lost = isinstance(error, ksef.Unavailable) and error.answer_lost and row.asked_at is not None
        decided = isinstance(error, ksef.Refused) and not isinstance(error, ksef.LoginRefused)
        if not decided and (answer_lost or row.state == ChangeState.PENDING):
            log.warning("change %s of company %s is in doubt: %s", row.pk, row.company_id, error.code)
            move(row, reason_json=Reason.of(error).as_json() if answer_lost else None)
        else:
            end(row, ChangeState.FAILED, Reason.of(error), clock=clock)
    if row.is_open:
        release(row, clock=clock)
        registry.enqueue(row.company_id, JOB, clock=clock)


def carry_on(
    row: RemoteChange, client: ksef.Client, *, step: Step, clock: Clock, patience: float = 0.0
) -> bool:
    """Take a change as far as KSeF lets it; whether it has ended. Raises KsefError, NotDone, Overtaken."""
    kind = KINDS[row.kind]
    if row.state == ChangeState.ASKING:
        answer = None
        if row.asked_at is not None:
            step("change.look")
            try:
                answer = kind.look(client, row)
            except ksef.Refused as refusal:
                raise unseen(refusal) from refusal
            if answer is None and row.asked_at <= clock() < row.asked_at + SETTLE:
                return False
        if answer is not None:
            end(row, ChangeState.DONE, reference=answer.reference, clock=clock)
            return True
        _ask(row, client, step, clock)
    if not kind.is_decided(client, row, patience):
        return False
    end(row, ChangeState.DONE, clock=clock)
    return True


@sensitive_variables("answer")
def _ask(row: RemoteChange, client: ksef.Client, step: Step, clock: Clock) -> None:
    kind = KINDS[row.kind]
    move(row, body={**kind.facts_before(client), **row.body}, asked_at=clock())
    step("change.ask")
    answer = kind.ask(client, row.body)
    step("change.asked")
    sealed = vault.seal(answer.token.encode(), **row.label) if answer.token else b""
    move(row, state=ChangeState.PENDING, reference=answer.reference, sealed_token=sealed, reason_json=None)


def fail(row: RemoteChange, error: NotDone, *, clock: Clock) -> None:
    """Close a change that came to nothing. Raises Overtaken."""
    end(row, ChangeState.FAILED, error.reason, reference=error.reference, action=error.undone, clock=clock)


def end(
    row: RemoteChange,
    state: ChangeState,
    reason: Reason | None = None,
    *,
    reference: str = "",
    action: Action | None = None,
    clock: Clock = times.now,
) -> None:
    """Close a change; one that is done, or has an ``action``, gets a line in the audit log. Raises Overtaken."""
    if state == ChangeState.DONE:
        KINDS[row.kind].apply(row)
        action = KINDS[row.kind].action
    with transaction.atomic():
        move(
            row,
            state=state,
            reason_json=reason.as_json() if reason else None,
            reference=reference or row.reference,
            body={},
            ended_at=clock(),
        )
        if action is not None:
            audit.log(
                row.company,
                action,
                by=row.by,
                address=row.address,
                reference=row.reference,
                clock=clock,
                **row.details,
            )


def move(row: RemoteChange, **values: Any) -> None:
    """Write values while the row is as it was seen. Raises Overtaken."""
    mine = RemoteChange.objects.filter(pk=row.pk, state=row.state, lease_until=row.lease_until)
    if not mine.update(**values):
        raise Overtaken
    for name, value in values.items():
        setattr(row, name, value)


def take(row: RemoteChange, *, clock: Clock) -> None:
    """Hold a change whose lease has run out. Raises Overtaken."""
    move(row, lease_until=clock() + LEASE)


def release(row: RemoteChange, *, clock: Clock) -> None:
    """Let the job go on at once. Raises Overtaken."""
    move(row, lease_until=clock())


def open_changes(company: Company) -> Any:
    """Changes of the company's present environment whose end is not known, the first first."""
    mine = RemoteChange.objects.of(company).filter(environment=company.environment, state__in=OPEN_CHANGES)
    return mine.order_by("pk")


@sensitive_variables("sealed")
def reveal(row: RemoteChange) -> str:
    """The text of a new token, this once; empty afterwards. Raises VaultError."""
    sealed = bytes(row.sealed_token)
    if not sealed or not RemoteChange.objects.filter(pk=row.pk).exclude(sealed_token=b"").update(
        sealed_token=b""
    ):
        return ""
    return vault.unseal(sealed, **row.label).decode()
