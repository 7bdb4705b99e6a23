"""In which mode an invoice may be issued now, which one the program proposes, and why (art. 106nda, 106ne-106nh)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, get_args

from django.db import transaction

from liczydlo.companies.models import Company, User
from liczydlo.connection import clients
from liczydlo.jobs import registry
from liczydlo.jobs.models import Job
from liczydlo.ksef import deadlines
from liczydlo.ksef.deadlines import Deadline
from liczydlo.ksef.errors import UnavailableReason
from liczydlo.ksef.modes import Mode
from liczydlo.offline import locks
from liczydlo.offline.models import Kind, Outage, outages, rows
from liczydlo.offline.services import MODES, Situation, situation
from liczydlo.sales import lifecycle, proof, states
from liczydlo.sales.deadlines import deadline_of, explanation
from liczydlo.sales.models import OF_OUTAGE, Invoice
from liczydlo.sales.sending.run import NAME as SEND
from liczydlo.sales.states import State, Step
from liczydlo.web import times
from liczydlo.web.reasons import Reason

_KINDS: Final = {mode: kind for kind, mode in MODES.items()}
"""What has to be announced for a mode."""
_SILENT: Final = frozenset(get_args(UnavailableReason))


class NotAllowed(Exception):
    """The law does not allow the mode at present; ``reason`` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A mode in which the invoice may be issued. ``why`` is kept with it, ``hindrance`` is what is missing for it."""

    mode: Mode
    why: Reason
    deadline: Deadline
    explanation: Reason
    hindrance: Reason | None


def offers(company: Company, issue_date: dt.date, *, now: dt.datetime) -> list[Offer]:
    """Every mode that may be chosen now, the proposed one first.

    Proposed is the mode of the gravest outage that is on; offline24 while KSeF does not answer the program; else
    online. Where Latarnia is silent, what a person knows from another source may be chosen too, after the others.
    """
    now_at_ksef = situation(company, now=now)
    silent_since = silence(company)
    order = [Mode.ONLINE, Mode.OFFLINE24]
    if silent_since is not None:
        order.reverse()
    if now_at_ksef.outage is not None and now_at_ksef.outage.announced.covers(issue_date):
        order.insert(0, MODES[Kind(now_at_ksef.outage.kind)])
    lasting = [row for row in rows(company) if row.is_on(now) and row.announced.covers(issue_date)]
    on = [MODES[Kind(row.kind)] for row in lasting]
    unknown = OF_OUTAGE if _may_be_told(now_at_ksef) else ()
    order += [mode for mode in (*on, *unknown) if mode not in order]
    announced = outages(company)
    no_certificate = _missing_certificate(company, now)
    result = []
    for mode in dict.fromkeys(order):
        deadline = deadlines.deadline(mode, issue_date, announced, issued_at=now)
        needs = mode not in (Mode.ONLINE, Mode.TOTAL_FAILURE)
        result.append(
            Offer(
                mode=mode,
                why=why(company, mode, issue_date, now=now),
                deadline=deadline,
                explanation=explanation(mode, issue_date, deadline),
                hindrance=no_certificate if needs else None,
            )
        )
    return result


def _missing_certificate(company: Company, now: dt.datetime) -> Reason | None:
    """Why KOD II cannot be signed, if it cannot."""
    try:
        clients.offline_credential(company, clock=lambda: now)
    except clients.NotConnected as error:
        return Reason.of(error)
    return None


def why(company: Company, mode: Mode, issue_date: dt.date, *, now: dt.datetime) -> Reason:
    """Why an invoice of that P_1 may be issued in the mode now.

    Raises NotAllowed for the mode of an outage that is not on, or was not on the day of issue: it would explain no
    deadline, and one that comes later moves that of offline24 by itself.
    """
    if mode == Mode.ONLINE:
        return Reason("mode-online")
    if mode == Mode.OFFLINE24:
        since = silence(company)
        return Reason("mode-silent", {"began": since.isoformat()}) if since else Reason("mode-wish")
    kind = _KINDS[mode]
    on = [row for row in rows(company) if row.kind == kind and row.is_on(now)]
    if on and on[-1].announced.covers(issue_date):
        return _announced(on[-1])
    if on:
        outage = Reason(f"outage-{kind}").as_json()
        raise NotAllowed(Reason("mode-not-that-day", {"date": issue_date.isoformat(), "outage": outage}))
    if _may_be_told(situation(company, now=now)):
        return Reason(f"mode-told-{kind}")
    raise NotAllowed(Reason("mode-not-on", {"outage": Reason(f"outage-{kind}").as_json()}))


def can_change(invoice: Invoice) -> bool:
    """Whether an online invoice may be issued offline after all: it waits in the queue, so KSeF surely has it not."""
    return invoice.state == State.QUEUED and not invoice.is_offline and not invoice.entry.has_attachment


def change(invoice: Invoice, *, by: User | None = None) -> None:
    """„Wystaw jednak offline": from now on the queued invoice is one of offline24, or of the outage that is on.

    It stays in the queue and goes out as soon as KSeF answers; its print carries both codes until then. A total failure
    is for new invoices: this one stays FA(3) with its codes. Raises ``states`` NotNow when it is queued no more, for
    KSeF may have it then, ``connection`` NotConnected without an offline certificate, and ``proof`` NotProved.
    """
    company, now = invoice.company, times.now()
    if not can_change(invoice):
        raise states.NotNow(f"{invoice.state} in mode {invoice.mode} stays as it is")
    now_at_ksef = situation(company, now=now)
    entry, mode = invoice.entry, Mode.OFFLINE24
    if now_at_ksef.outage is not None and now_at_ksef.outage.announced.covers(entry.issue_date):
        mode = MODES[Kind(now_at_ksef.outage.kind)]
    if mode == Mode.TOTAL_FAILURE:
        mode = Mode.OFFLINE24
    kod_2 = proof.signed_kod_2(company, entry.seller_nip, entry.issue_date, bytes.fromhex(entry.sha256))
    with transaction.atomic():
        locks.hold(company.environment)
        lifecycle.move(
            invoice,
            Step.CHANGE_MODE,
            by=by,
            reason=invoice.reason,
            mode=mode,
            mode_reason_json=why(company, mode, entry.issue_date, now=now).as_json(),
            kod_2=kod_2,
            due_date=deadlines.due(mode, entry.issue_date, outages(company), issued_at=invoice.issued_at),
        )
        proof.keep_signature(invoice)
        registry.enqueue(company.pk, SEND)


def leave(invoice: Invoice, *, by: User | None = None) -> None:
    """Keep an invoice that waits outside KSeF for good: a total failure has lifted the duty to send it (art. 106ng).

    Raises ``states`` NotNow when none has.
    """
    if deadline_of(invoice).reason != "total-failure":
        raise states.NotNow("the duty to send it stands")
    lifecycle.move(invoice, Step.LEAVE, by=by, send_after=None, due_date=None)


def silence(company: Company) -> dt.datetime | None:
    """When the program tried last to send in vain, while KSeF does not answer it; None while it does."""
    job = Job.objects.of(company).filter(name=SEND, failures__gt=0).first()
    if job is None or job.reason is None or job.reason.code.rpartition(":")[2] not in _SILENT:
        return None
    at: dt.datetime | None = job.finished_at or job.started_at
    return at


def _announced(row: Outage) -> Reason:
    title = f"„{row.title}”" if row.title else ""
    params = {"title": title, "began": row.started_at.isoformat(), "event": row.event}
    return Reason(f"mode-{row.kind}", params)


def _may_be_told(situation_now: Situation) -> bool:
    """Latarnia is silent or there is none: an announcement may be known from the BIP of the Ministry, or the media."""
    return not situation_now.is_known
