"""What is to be issued and is not frozen yet: it waits for the KSeF number of its originals, or for the end of the
time in which it can be taken back (``undo``). Then it is issued, or goes back to the drafts.

What needs a key of the firm's that the owner's passphrase keeps shut waits on until it is opened.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from liczydlo.companies.models import Company, User
from liczydlo.connection import clients
from liczydlo.fa3.problems import DocumentError
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim
from liczydlo.ksef.credentials import CredentialError
from liczydlo.ksef.modes import Mode
from liczydlo.sales import lifecycle, modes, order, proof, services, undo
from liczydlo.sales.models import Awaited, Event, Invoice
from liczydlo.sales.states import NotNow, State, Step
from liczydlo.web import times
from liczydlo.web.reasons import Reason

UNAVAILABLE: Final = (State.REJECTED, State.CORRECTED, State.DRAFT)
"""States of an original that will get no number under this row."""
KEYS_CLOSED: Final = "key-locked"
BEGAN: Final = {State.AWAITING: (Step.AWAIT, Step.FILL), State.LEAVING: (Step.PAUSE, Step.GO)}
"""With which step a row began to wait in a state, and with which it goes on."""

log = logging.getLogger(__name__)


@registry.job(lifecycle.ORDER)
def go_on(claim: Claim) -> dt.datetime | None:
    """Go on with what waits no more; rows of another environment wait until the company is back in it.

    Returns the end of the next pause.
    """
    company = claim.company
    for row in list(_ready(company)):
        claim.step("order.release")
        try:
            _release(company, row)
        except NotNow:  # a person was faster
            log.info("invoice %s waits no more", row.pk)
    return undo.next_end(company)


def rows(company: Company) -> QuerySet[Invoice]:
    """What waits for its originals."""
    awaiting = Invoice.objects.of(company).filter(environment=company.environment, state=State.AWAITING)
    return awaiting.select_related("entry", "company")


def _ready(company: Company) -> list[Invoice]:
    """An original is lost, or none is on its way any more; and those whose pause is over, in the order of clicks."""
    awaited = Awaited.objects.of(company).filter(invoice=OuterRef("pk"))
    on_the_way = Exists(awaited.filter(original__state__in=order.ON_THE_WAY))
    numbered = rows(company).filter(Exists(awaited.filter(original__state__in=UNAVAILABLE)) | ~on_the_way)
    return [*undo.over(company, now=times.now()), *numbered.order_by("pk")]


def originals(row: Invoice) -> list[Invoice]:
    """What a row waits for."""
    awaited = Awaited.objects.of(row.company).filter(invoice=row).select_related("original__entry")
    return [one.original for one in awaited.order_by("pk")]


def _release(company: Company, row: Invoice) -> None:
    """Raises NotNow."""
    unavailable = [one for one in originals(row) if one.state in UNAVAILABLE]
    paused = row.state == State.LEAVING
    if unavailable:
        take_back(row, reason=Reason("original-refused", {"number": unavailable[0].entry.number}))
        return
    try:
        _issue(company, row)
    except clients.NotConnected as error:
        reason = Reason.of(error)
        if error.code == KEYS_CLOSED:  # ``once_connected`` goes on with it when the owner opens them
            _say(row, Reason("awaits-keys", {"why": reason.as_json()}))
            return
    except (DocumentError, CredentialError) as error:
        reason = Reason.of(error)
    except services.NotIssued as error:
        reason = error.reason
    else:
        return
    current = (undo.leaving(company) if paused else rows(company)).filter(pk=row.pk).first()
    if current is not None:
        code = "not-issued-then" if paused else "not-released"
        take_back(current, reason=Reason(code, {"why": reason.as_json()}))


def _say(row: Invoice, reason: Reason) -> None:
    """Why it waits still."""
    rows(row.company).filter(pk=row.pk).update(reason_json=reason.as_json())


def _issue(company: Company, row: Invoice) -> None:
    began, goes_on = BEGAN[State(row.state)]
    start = Event.objects.of(company).filter(invoice=row, step=began).select_related("by").last()
    content, mode, send_after = services.draft_of(row).content, Mode(row.mode), row.send_after
    if began == Step.PAUSE:
        send_after = None
    try:
        modes.why(company, mode, row.entry.issue_date, now=times.now())
    except modes.NotAllowed:  # the outage is over, for KSeF has just given numbers
        mode = Mode.ONLINE
    numbers = ", ".join(one.entry.ksef_number for one in originals(row) if one.entry.ksef_number)
    if mode != Mode.ONLINE:
        proof.look(company)  # not while the transaction holds its locks
    with transaction.atomic():
        undo.hold(row)
        lifecycle.move(
            row, goes_on, reason=Reason("original-numbers", {"ksef": numbers}) if numbers else None
        )
        Awaited.objects.of(company).filter(invoice=row).delete()
        services.issue(
            company, content, mode=mode, by=start.by if start else None, send_after=send_after, draft=row
        )


def take_back(row: Invoice, *, by: User | None = None, reason: Reason | None = None) -> None:
    """„Zatrzymaj i popraw", „Cofnij", or an original that was lost: a draft again, and with it what waits for this one.

    Raises NotNow when it waits no more.
    """
    with transaction.atomic():
        lifecycle.move(row, Step.TAKE_BACK, by=by, reason=reason, send_after=None)
        Awaited.objects.of(row.company).filter(invoice=row).delete()
        dependents = rows(row.company).filter(awaited__original=row)
        for one in dependents.distinct():
            take_back(one, by=by, reason=Reason("original-taken-back", {"number": row.entry.number}))


def once_connected(company: Company, **_: object) -> None:
    """Back in an environment in which something waits, or the keys are open."""
    if rows(company).exists() or undo.leaving(company).exists():
        registry.enqueue(company.pk, lifecycle.ORDER)
