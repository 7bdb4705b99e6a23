"""The sending job: everything that stands between an issued invoice and its number and receipt, for one company.

Each run goes over the rows as they are, whoever left them so: what is in doubt is asked about, what is being
processed is looked at, receipts are fetched, what is queued is sent. Killed at any line, the next run goes on. A stage
that fails does not keep the others from their work, and what failed waits by itself, longer each time, so that it
comes after what has not been tried.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Min, Q, QuerySet
from django.utils import timezone

from liczydlo.companies.models import Company
from liczydlo.connection import access
from liczydlo.connection.waiting import AWAY, later
from liczydlo.jobs import registry
from liczydlo.jobs.claims import HOUR, LONGEST, Claim, Later, delay
from liczydlo.ksef.client import Client
from liczydlo.ksef.errors import KsefError, LoginRefused, RateLimited, Refused, Unavailable
from liczydlo.sales import lifecycle, states, texts
from liczydlo.sales.models import Invoice, Session
from liczydlo.sales.outcomes import FIRST_LOOK, LAST_LOOK, Outcomes
from liczydlo.sales.receipts import Receipts
from liczydlo.sales.sessions import Sessions
from liczydlo.sales.states import State, Step
from liczydlo.sales.verdicts import SESSION_OVER
from liczydlo.web.reasons import Reason

NAME: Final = "sales.send"
ONE_BY_ONE: Final = 3  # up to so many of a session are asked for singly, more in its list
NOT_CONNECTED: Final = dt.timedelta(minutes=1)  # a new connection ends the wait
FORBIDDEN: Final = 403
UNANSWERED: Final = 2  # so many files in a row, or stages, without an answer: KSeF is away

log = logging.getLogger(__name__)


@registry.job(NAME)
def send(claim: Claim) -> dt.datetime | None:
    """Carry a company's invoices on; returns when there will be something to do again. Raises Later, ClaimLost."""
    claim.step("send.claimed")
    company = claim.company
    try:
        with access.client(company, clock=claim.clock) as ksef:
            return Outbox(claim, company, ksef).run()
    except access.NotConnected as error:
        if not waiting(company).exists():
            return None
        raise Later(Reason.of(error), first=NOT_CONNECTED, longest=HOUR) from error
    except KsefError as error:
        raise later(error, company, clock=claim.clock) from error


def waiting(company: Company) -> QuerySet[Invoice]:
    """The company's invoices that need KSeF in its present environment."""
    needs = Q(state__in=[State.QUEUED, State.SENDING, State.PROCESSING]) | Q(upo_pending=True)
    return Invoice.objects.of(company).filter(needs, environment=company.environment)


class Outbox:
    """One run over a company's invoices."""

    def __init__(self, claim: Claim, company: Company, ksef: Client) -> None:
        """``claim`` is that of the job."""
        self._claim, self._company, self._ksef = claim, company, ksef
        self._sessions = Sessions(claim, company, ksef)
        self._outcomes = Outcomes(claim, company, ksef, self._sessions)
        self._receipts = Receipts(claim, company, ksef)

    def run(self) -> dt.datetime | None:
        """Do what can be done now. Raises KsefError, Later, ClaimLost."""
        self._pull_back()
        self._release_waiting()
        failures: list[KsefError | Later] = []
        stages: tuple[Callable[[], None], ...] = (
            self._recover,
            self._poll,
            self._receipts.fetch,
            self._send_some,
            self._poll,
            self._sessions.close_idle,
        )
        for stage in stages:
            try:
                stage()
            except LoginRefused:
                raise
            except (KsefError, Later) as failure:
                failures.append(failure)
            if sum(isinstance(failure, Unavailable) for failure in failures) >= UNANSWERED:
                break
        if failures:
            raise max(failures, key=_weight)
        return self._next_due()

    def _pull_back(self) -> None:
        """Moments further ahead than any wait of their kind are of a clock that was wrong; a person's are not here."""
        now = self._claim.clock()
        self._rows(State.QUEUED).filter(send_after__gt=now + LONGEST).update(send_after=now)
        self._rows(State.PROCESSING).filter(poll_at__gt=now + LAST_LOOK).update(poll_at=now)
        self._receipts.pull_back()

    def _rows(self, state: State) -> QuerySet[Invoice]:
        rows = Invoice.objects.of(self._company).filter(environment=self._company.environment, state=state)
        return rows.order_by("queued_at", "id")

    def _release_waiting(self) -> None:
        """Offline invoices whose time has come join the queue."""
        for invoice in self._rows(State.WAITING).filter(send_after__lte=self._claim.clock()):
            try:
                lifecycle.move(invoice, Step.QUEUE, queued_at=timezone.now(), send_after=None)
            except states.NotNow:  # a person has sent it at this very moment
                log.info("invoice %s is queued already", invoice.pk)

    def _next_queued(self) -> Invoice | None:
        due = Q(send_after=None) | Q(send_after__lte=self._claim.clock())
        rows = self._rows(State.QUEUED).filter(due).select_related("document")
        return rows.order_by("looks", "queued_at", "id").first()

    # sending

    def _send_some(self) -> None:
        """One that gets no answer does not hold up the next; two in a row do."""
        first: Unavailable | None = None
        in_a_row = 0
        while invoice := self._next_queued():
            try:
                self._send(invoice)
            except Unavailable as error:
                first, in_a_row = first or error, in_a_row + 1
                if in_a_row >= UNANSWERED:
                    break
            else:
                in_a_row = 0
            if self._claim.should_yield:
                break
        if first is not None:
            raise first

    def _send(self, invoice: Invoice) -> None:
        self._ksef.ensure_login()  # a login that is refused leaves the invoice as it is
        session, online = self._sessions.current()
        lifecycle.move(
            invoice,
            Step.SEND,
            session=session,
            session_reference=session.reference,
            sent_at=self._claim.clock(),
            send_after=None,
        )
        self._claim.step("send.marked")
        try:
            reference = self._ksef.send_invoice(online, invoice.xml, offline=invoice.is_offline)
        except Unavailable as error:
            if not error.answer_lost:  # else KSeF may have it: it stays „sending" and is asked about
                self._stopped(invoice, error)
            raise
        except (LoginRefused, RateLimited) as error:
            lifecycle.move(invoice, Step.RETURN, reason=Reason.of(error))
            raise
        except Refused as error:
            self._refused(invoice, session, error)
            return
        self._claim.step("send.answered")
        self._arrived(invoice, reference)
        self._claim.step("send.arrived")

    def _stopped(self, invoice: Invoice, error: Unavailable) -> None:
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

    def _refused(self, invoice: Invoice, session: Session, error: Refused) -> None:
        """KSeF did not even take the file: the session's fault, the permissions', or the file's."""
        if error.code in SESSION_OVER:
            self._sessions.broke(session.reference)
            lifecycle.move(invoice, Step.RETURN, reason=texts.reason("session-failed", ksef_code=error.code))
            if len(self._sessions.broken) > 1:  # twice in a run: not by chance
                raise Later(Reason.of(error))
            return
        if error.status == FORBIDDEN:
            lifecycle.move(invoice, Step.RETURN, reason=Reason.of(error))
            raise error
        lifecycle.move(
            invoice,
            Step.REJECT,
            reason=texts.reason(
                "refused",
                ksef_code=error.code,
                reference=error.reference or "",
                details=(error.description, *error.details),
            ),
        )

    # after a lost answer

    def _recover(self) -> None:
        """A row found as „sending" at the beginning of a run is in doubt: ask KSeF what it holds."""
        for invoice in self._rows(State.SENDING):
            self._claim.step("recover.ask")
            try:
                status = self._ksef.find_invoice(invoice.session_reference, bytes.fromhex(invoice.sha256))
            except Refused as error:
                if error.status == FORBIDDEN:
                    raise
                # KSeF does not know the session any more; a number that it gave all the same is found as a duplicate
                self._sessions.broke(invoice.session_reference)
                self._again(invoice, texts.reason("session-failed", ksef_code=error.code))
                continue
            except Unavailable:  # perhaps of this session alone: the next run begins with another
                self._rows(State.SENDING).filter(pk=invoice.pk).update(queued_at=timezone.now())
                raise
            if status is None:
                self._again(invoice, texts.reason("never-arrived"))
            else:
                self._arrived(invoice, status.reference)
                self._outcomes.settle(invoice, status)

    def _again(self, invoice: Invoice, reason: Reason) -> None:
        # at the end of the queue, so that a file on which KSeF stumbles does not hold up the others
        lifecycle.move(invoice, Step.RETURN, reason=reason, queued_at=timezone.now())

    # what became of them

    def _poll(self) -> None:
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
            found = {status.reference: status for status in self._ksef.session_invoices(session)}
            for invoice in invoices:
                if status := found.get(invoice.invoice_reference):
                    self._outcomes.settle(invoice, status)
                else:
                    self._again(invoice, texts.reason("never-arrived"))
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
        self._sessions.broke(invoices[0].session_reference)
        for invoice in invoices:
            self._again(invoice, texts.reason("session-failed", ksef_code=error.code))

    # when to come again

    def _next_due(self) -> dt.datetime | None:
        now = self._claim.clock()
        queued = self._rows(State.QUEUED)
        moments = [
            now if queued.filter(send_after=None).exists() else None,
            queued.aggregate(at=Min("send_after"))["at"],
            self._rows(State.WAITING).aggregate(at=Min("send_after"))["at"],
            self._rows(State.PROCESSING).aggregate(at=Min("poll_at"))["at"],
            self._receipts.next_look(),
            self._sessions.next_look(),
        ]
        return min((moment for moment in moments if moment is not None), default=None)


def _weight(failure: KsefError | Later) -> tuple[int, float]:
    """Which of several failures decides when the next run is: a wish of KSeF's, then what a person has to mend."""
    if isinstance(failure, RateLimited):
        return 3, failure.retry_after
    return (1 if isinstance(failure, Unavailable) else 2), 0.0
