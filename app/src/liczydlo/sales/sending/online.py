"""Invoices one by one in the company's interactive session (guide ``sesja-interaktywna.md``)."""

from __future__ import annotations

import datetime as dt
import logging
from collections import deque
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Min, Q, QuerySet

from liczydlo.companies.models import Company
from liczydlo.connection.waiting import AWAY
from liczydlo.jobs.claims import Claim, Later, delay
from liczydlo.ksef.client import Client, OnlineSession
from liczydlo.ksef.errors import KsefError, LoginRefused, RateLimited, Refused, Unavailable
from liczydlo.ksef.sessions import FA3
from liczydlo.sales import lifecycle
from liczydlo.sales.models import Invoice, Session
from liczydlo.sales.sending.outcomes import FIRST_LOOK, LAST_LOOK, Outcomes
from liczydlo.sales.sending.sessions import Sessions
from liczydlo.sales.sending.verdicts import NOT_CORRECTABLE, SESSION_OVER
from liczydlo.sales.states import NotNow, State, Step
from liczydlo.web import times
from liczydlo.web.reasons import Reason

ONE_BY_ONE: Final = 3  # up to so many of a session are asked for singly, more in its list
AHEAD: Final = 20  # queued invoices, bytes included, that are read at once
FORBIDDEN: Final = 403

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Marked:
    """An invoice whose row says that it is being sent, and the session it goes out in."""

    invoice: Invoice
    session: OnlineSession


class Online:
    """The carrier of one company's single invoices during one run: see ``carrier``."""

    def __init__(
        self, claim: Claim, company: Company, ksef: Client, sessions: Sessions, outcomes: Outcomes
    ) -> None:
        """``claim`` is that of the job."""
        self._claim, self._company, self._ksef = claim, company, ksef
        self._sessions, self._outcomes = sessions, outcomes
        self._ahead: deque[Invoice] = deque()

    def _rows(self, state: State) -> QuerySet[Invoice]:
        rows = Invoice.objects.of(self._company).filter(environment=self._company.environment, state=state)
        if state == State.QUEUED:
            # attachments go in packages alone (ksef-docs limity.md), technical corrections singly
            rows = rows.filter(Q(entry__has_attachment=False) | Q(corrects__isnull=False))
        else:
            rows = rows.exclude(session__kind=Session.Kind.BATCH)
        return rows.order_by("queued_at", "id")

    # sending

    def reserve(self) -> Marked | None:
        """The next of the queue: what got no answer the least often, then the nearest deadline, then the oldest."""
        while (invoice := self._next_queued()) is not None:
            self._ksef.ensure_login()  # a login that is refused leaves the invoice as it is
            try:
                session, online = self._sessions.current(invoice.form)
            except Refused as error:
                if invoice.form == FA3.system_code or error.status == FORBIDDEN:
                    raise
                self._refused(invoice, error)  # of this form alone: the others go on
                continue
            try:
                lifecycle.move(
                    invoice,
                    Step.SEND,
                    session=session,
                    session_reference=session.reference,
                    sent_at=self._claim.clock(),
                    send_after=None,
                )
            except NotNow:  # a person has taken it out of the queue since it was read
                log.info("invoice %s is queued no more", invoice.pk)
                continue
            self._claim.step("send.marked")
            return Marked(invoice, online)
        return None

    def _next_queued(self) -> Invoice | None:
        if not self._ahead:
            due = Q(send_after=None) | Q(send_after__lte=self._claim.clock())
            rows = self._rows(State.QUEUED).filter(due).select_related("entry__document")
            self._ahead.extend(rows.order_by("looks", *Invoice.nearest_deadline())[:AHEAD])
        return self._ahead.popleft() if self._ahead else None

    def send(self, load: Marked) -> None:
        """Send one marked invoice; what KSeF says against the file or the session is settled here.

        Raises Unavailable, LoginRefused, RateLimited; the invoice is queued again then, unless KSeF may have it.
        """
        invoice = load.invoice
        try:
            reference = self._ksef.send_invoice(
                load.session,
                invoice.entry.xml,
                offline=invoice.is_offline,
                corrected_sha256=invoice.corrected_sha256,
            )
        except Unavailable as error:
            if not error.answer_lost:  # else KSeF may have it: it stays „sending" and is asked about
                self._unsent(invoice, error)
            raise
        except (LoginRefused, RateLimited) as error:
            lifecycle.move(invoice, Step.RETURN, reason=Reason.of(error))
            raise
        except Refused as error:
            self._refused(invoice, error)
            return
        self._claim.step("send.answered")
        self._arrived(invoice, reference)
        self._claim.step("send.arrived")

    def _unsent(self, invoice: Invoice, error: Unavailable) -> None:
        """It never got to KSeF. A firewall may dislike just this one, so that it lets the others go first."""
        wait: dict[str, Any] = {}
        if error.code == "not-ksef":
            looks = invoice.looks + 1
            wait = {"looks": looks, "send_after": self._claim.clock() + delay(looks, longest=AWAY)}
        lifecycle.move(invoice, Step.RETURN, reason=Reason.of(error), **wait)

    def _arrived(self, invoice: Invoice, reference: str) -> None:
        with transaction.atomic():
            self._sessions.used(invoice.session_reference)
            lifecycle.move(
                invoice,
                Step.ARRIVE,
                invoice_reference=reference,
                attempts=invoice.attempts + 1,
                looks=0,
                poll_at=self._claim.clock() + FIRST_LOOK,
            )
        self._claim.progressed()

    def _refused(self, invoice: Invoice, error: Refused) -> None:
        """KSeF did not even take the file: the session's fault, the permissions', or the file's."""
        if error.code in SESSION_OVER:
            self._sessions.broke(invoice.session_reference, _session_broken(error))
            lifecycle.move(invoice, Step.RETURN, reason=Reason("session-failed", ksef_code=error.code))
            if len(self._sessions.broken) > 1:  # twice in a run: not by chance
                raise Later(Reason.of(error))
            return
        if error.status == FORBIDDEN:
            lifecycle.move(invoice, Step.RETURN, reason=Reason.of(error))
            raise error
        lifecycle.move(
            invoice,
            Step.REJECT,
            reason=Reason(
                NOT_CORRECTABLE.get(error.code, "refused"),
                ksef_code=error.code,
                reference=error.reference or "",
                details=(error.description, *error.details),
            ),
        )

    # after a lost answer

    def recover(self) -> None:
        """A row that is „sending" at the beginning of a run is in doubt: ask KSeF what it holds."""
        for invoice in self._rows(State.SENDING):
            self._claim.step("recover.ask")
            try:
                status = self._ksef.find_invoice(
                    invoice.session_reference, bytes.fromhex(invoice.entry.sha256)
                )
            except Refused as error:
                if error.status == FORBIDDEN:
                    raise
                # KSeF does not know the session any more; a number that it gave all the same is found as a duplicate
                self._sessions.broke(invoice.session_reference, _session_broken(error))
                self._send_again(invoice, Reason("session-failed", ksef_code=error.code))
                continue
            except Unavailable:  # perhaps of this session alone: the next run begins with another
                self._rows(State.SENDING).filter(pk=invoice.pk).update(queued_at=times.now())
                raise
            if status is None:
                self._send_again(invoice, Reason("never-arrived"))
            else:
                self._arrived(invoice, status.reference)
                self._outcomes.settle(invoice, status)

    def _send_again(self, invoice: Invoice, reason: Reason) -> None:
        # at the end of the queue, so that a file on which KSeF stumbles does not hold up the others
        lifecycle.move(invoice, Step.RETURN, reason=reason, queued_at=times.now())

    # what became of them

    def poll(self) -> None:
        """Ask about what is due: a few of a session singly, more in the session's list."""
        due = self._rows(State.PROCESSING).filter(Q(poll_at=None) | Q(poll_at__lte=self._claim.clock()))
        by_session: dict[str, list[Invoice]] = {}
        for invoice in due.order_by("poll_at", "id"):
            by_session.setdefault(invoice.session_reference, []).append(invoice)
        for reference, invoices in by_session.items():
            self._claim.step("poll.ask")
            if len(invoices) <= ONE_BY_ONE:
                for invoice in invoices:
                    self._poll_single(reference, invoice)
            else:
                self._poll_list(reference, invoices)

    def _look_again(self, invoices: list[Invoice]) -> None:
        """What has got no answer comes after what has not been asked about."""
        wait = delay(1 + min(invoice.looks for invoice in invoices), longest=LAST_LOOK)
        rows = self._rows(State.PROCESSING).filter(pk__in=[invoice.pk for invoice in invoices])
        rows.update(looks=F("looks") + 1, poll_at=self._claim.clock() + wait)

    def _poll_single(self, session: str, invoice: Invoice) -> None:
        try:
            status = self._ksef.invoice_status(session, invoice.invoice_reference)
            self._outcomes.settle(invoice, status)
        except Refused as error:
            self._unknown([invoice], error)
        except KsefError:
            self._look_again([invoice])
            raise

    def _poll_list(self, session: str, invoices: list[Invoice]) -> None:
        try:
            statuses = {status.reference: status for status in self._ksef.session_invoices(session)}
            verdicts = [(invoice, statuses.get(invoice.invoice_reference)) for invoice in invoices]
            self._outcomes.settle_all((invoice, status) for invoice, status in verdicts if status is not None)
            for invoice, status in verdicts:
                if status is None:
                    self._send_again(invoice, Reason("never-arrived"))
        except Refused as error:
            self._unknown(invoices, error)
        except KsefError:
            self._look_again(invoices)
            raise

    def _unknown(self, invoices: list[Invoice], error: Refused) -> None:
        """KSeF does not know what it took: send again; if it has it after all, it says so (440)."""
        if error.status == FORBIDDEN:
            self._look_again(invoices)
            raise error
        self._sessions.broke(invoices[0].session_reference, _session_broken(error))
        for invoice in invoices:
            self._send_again(invoice, Reason("session-failed", ksef_code=error.code))

    # sessions, and when to come again

    def close(self) -> None:
        """Close the sessions that no invoice needs any more, so that KSeF makes their receipts."""
        self._sessions.close_idle()

    def next_due(self) -> dt.datetime | None:
        """When something is to be sent or asked about, or a session becomes idle."""
        queued = self._rows(State.QUEUED)
        moments = (
            self._claim.clock() if queued.filter(send_after=None).exists() else None,
            queued.aggregate(at=Min("send_after"))["at"],
            self._rows(State.PROCESSING).aggregate(at=Min("poll_at"))["at"],
            self._sessions.next_look(),
        )
        return min((moment for moment in moments if moment is not None), default=None)


def _session_broken(error: Refused) -> Reason:
    """Why a session takes nothing more."""
    return Reason(
        "session-broken",
        ksef_code=error.code,
        reference=error.reference or "",
        details=(error.description, *error.details),
    )
