"""What waits for the KSeF number of its originals: filled in and issued once they have it, or back to the drafts.

What needs a key of the firm's that the owner's passphrase keeps shut waits on until it is opened.
"""

from __future__ import annotations

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
from liczydlo.sales import lifecycle, modes, order, proof, services
from liczydlo.sales.models import Awaited, Event, Invoice
from liczydlo.sales.states import NotNow, State, Step
from liczydlo.web import times
from liczydlo.web.reasons import Reason

LOST: Final = (State.REJECTED, State.CORRECTED, State.DRAFT)
"""States of an original that will get no number under this row."""
KEYS_CLOSED: Final = "key-locked"

log = logging.getLogger(__name__)


@registry.job(lifecycle.ORDER)
def go_on(claim: Claim) -> None:
    """Go on with what waits no more; rows of another environment wait until the company is back in it."""
    company = claim.company
    for row in list(_ready(company)):
        claim.step("order.release")
        try:
            _release(company, row)
        except NotNow:  # a person was faster
            log.info("invoice %s waits no more", row.pk)


def rows(company: Company) -> QuerySet[Invoice]:
    """What waits for its originals."""
    mine = Invoice.objects.of(company).filter(environment=company.environment, state=State.AWAITING)
    return mine.select_related("entry", "company")


def _ready(company: Company) -> QuerySet[Invoice]:
    """An original is lost, or none is on its way any more."""
    awaited = Awaited.objects.of(company).filter(invoice=OuterRef("pk"))
    on_the_way = Exists(awaited.filter(original__state__in=order.ON_THE_WAY))
    return rows(company).filter(Exists(awaited.filter(original__state__in=LOST)) | ~on_the_way).order_by("pk")


def originals(row: Invoice) -> list[Invoice]:
    """What a row waits for."""
    found = Awaited.objects.of(row.company).filter(invoice=row).select_related("original__entry")
    return [one.original for one in found.order_by("pk")]


def _release(company: Company, row: Invoice) -> None:
    """Raises NotNow."""
    lost = [one for one in originals(row) if one.state in LOST]
    if lost:
        take_back(row, reason=Reason("original-refused", {"number": lost[0].entry.number}))
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
    again: Invoice = rows(company).get(pk=row.pk)
    take_back(again, reason=Reason("not-released", {"why": reason.as_json()}))


def _say(row: Invoice, reason: Reason) -> None:
    """Why it waits still."""
    rows(row.company).filter(pk=row.pk).update(reason_json=reason.as_json())


def _issue(company: Company, row: Invoice) -> None:
    asked = Event.objects.of(company).filter(invoice=row, step=Step.AWAIT).select_related("by").last()
    content, mode, send_after = services.draft_of(row).content, Mode(row.mode), row.send_after
    try:
        modes.why(company, mode, row.entry.issue_date, now=times.now())
    except modes.NotAllowed:  # the outage is over, for KSeF has just given numbers
        mode = Mode.ONLINE
    numbers = ", ".join(one.entry.ksef_number for one in originals(row) if one.entry.ksef_number)
    if mode != Mode.ONLINE:
        proof.look(company)  # not while the transaction holds its locks
    with transaction.atomic():
        lifecycle.move(
            row, Step.FILL, reason=Reason("original-numbers", {"ksef": numbers}) if numbers else None
        )
        Awaited.objects.of(company).filter(invoice=row).delete()
        services.issue(
            company, content, mode=mode, by=asked.by if asked else None, send_after=send_after, draft=row
        )


def take_back(row: Invoice, *, by: User | None = None, reason: Reason | None = None) -> None:
    """„Zatrzymaj i popraw", or an original that was lost: a draft again, and with it what waits for this one.

    Raises NotNow when it waits no more.
    """
    with transaction.atomic():
        lifecycle.move(row, Step.TAKE_BACK, by=by, reason=reason, send_after=None)
        Awaited.objects.of(row.company).filter(invoice=row).delete()
        after = rows(row.company).filter(awaited__original=row)
        for one in after.distinct():
            take_back(one, by=by, reason=Reason("original-taken-back", {"number": row.entry.number}))


def once_connected(company: Company, **_: object) -> None:
    """Back in an environment in which something waits, or the keys are open."""
    if rows(company).exists():
        registry.enqueue(company.pk, lifecycle.ORDER)
