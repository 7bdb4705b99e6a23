"""The sending job of a company: everything that stands between an issued invoice and its number and receipt.

Each run goes over the rows as they are, whoever left them so: what is in doubt is asked about, what is being
processed is looked at, receipts are fetched, what is queued is sent. Killed at any line, the next run goes on. A stage
that fails does not keep the others from their work, and what failed waits by itself, longer each time, so that it
comes after what has not been tried.
"""

from __future__ import annotations

import datetime as dt
import functools
import logging
from collections.abc import Callable
from typing import Any, Final

from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.connection.waiting import later
from liczydlo.jobs import registry
from liczydlo.jobs.claims import HOUR, LONGEST, Claim, Later
from liczydlo.ksef.client import Client
from liczydlo.ksef.errors import KsefError, LoginRefused, RateLimited, Unavailable
from liczydlo.sales import lifecycle, states
from liczydlo.sales.models import Invoice
from liczydlo.sales.sending.batches import Batch
from liczydlo.sales.sending.carrier import Carrier
from liczydlo.sales.sending.online import Online
from liczydlo.sales.sending.outcomes import LAST_LOOK, Outcomes
from liczydlo.sales.sending.receipts import Receipts
from liczydlo.sales.sending.sessions import Sessions
from liczydlo.sales.states import State, Step
from liczydlo.web import times
from liczydlo.web.reasons import Reason

NAME: Final = "sales.send"
NOT_CONNECTED: Final = dt.timedelta(minutes=1)  # a new connection ends the wait
DAY: Final = dt.timedelta(days=1)
UNANSWERED: Final = 2  # so many sendings in a row, or stages, without an answer: KSeF is away

log = logging.getLogger(__name__)


@registry.job(NAME)
def send(claim: Claim) -> dt.datetime | None:
    """Carry a company's invoices on; returns when there will be something to do again. Raises Later, ClaimLost."""
    claim.step("send.claimed")
    company = claim.company
    try:
        with clients.client(company, clock=claim.clock) as ksef:
            return Run(claim, company, ksef).run()
    except clients.NotConnected as error:
        if not waiting(company).exists():
            return None
        raise Later(Reason.of(error), first=NOT_CONNECTED, longest=HOUR) from error
    except KsefError as error:
        raise later(error, company, clock=claim.clock) from error


def waiting(company: Company) -> QuerySet[Invoice]:
    """The company's invoices that need KSeF in its present environment."""
    needs = Q(state__in=[State.QUEUED, State.SENDING, State.PROCESSING]) | Q(upo_pending=True)
    return Invoice.objects.of(company).filter(needs, environment=company.environment)


class Run:
    """One run over a company's invoices."""

    def __init__(self, claim: Claim, company: Company, ksef: Client) -> None:
        """``claim`` is that of the job."""
        self._claim, self._company = claim, company
        self._sessions = Sessions(claim, company, ksef)
        self._receipts = Receipts(claim, company, ksef)
        outcomes = Outcomes(claim, company, ksef, self._sessions)
        batch = Batch(claim, company, ksef, outcomes)
        self._carriers = (batch, Online(claim, company, ksef, self._sessions, outcomes))

    def run(self) -> dt.datetime | None:
        """Do what can be done now. Raises KsefError, Later, ClaimLost."""
        try:
            self._stages()
        finally:
            self._sessions.write_down()
        moments = [carrier.next_due() for carrier in self._carriers]
        moments += [self._receipts.next_look(), self._next_release()]
        return min((moment for moment in moments if moment is not None), default=None)

    def _stages(self) -> None:
        self._pull_back()
        self._release_waiting()
        failures: list[KsefError | Later] = []
        stages: tuple[Callable[[], None], ...] = (
            *(carrier.recover for carrier in self._carriers),
            *(carrier.poll for carrier in self._carriers),
            self._receipts.fetch,
            *(functools.partial(self._send, carrier) for carrier in self._carriers),
            *(carrier.poll for carrier in self._carriers),
            *(carrier.close for carrier in self._carriers),
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

    def _send(self, carrier: Carrier[Any]) -> None:
        """One that gets no answer does not hold up the next; two in a row do."""
        first: Unavailable | None = None
        in_a_row = 0
        while (load := carrier.reserve()) is not None:
            try:
                carrier.send(load)
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

    def _rows(self, state: State) -> QuerySet[Invoice]:
        return Invoice.objects.of(self._company).filter(environment=self._company.environment, state=state)

    def _pull_back(self) -> None:
        """Moments further ahead than any wait of their kind are of a clock that was wrong; a person's are not here."""
        now = self._claim.clock()
        self._rows(State.QUEUED).filter(send_after__gt=now + LONGEST).update(send_after=now)
        self._rows(State.PROCESSING).filter(poll_at__gt=now + LAST_LOOK).update(poll_at=now)
        self._receipts.pull_back()

    def _release_waiting(self) -> None:
        """Offline invoices whose time has come, and those whose deadline has passed, join the queue."""
        now = self._claim.clock()
        late = Q(due_date__lt=timezone.localdate(now))
        due = self._rows(State.WAITING).filter(Q(send_after__lte=now) | late)
        for invoice in due.order_by(*Invoice.nearest_deadline()):
            try:
                lifecycle.move(invoice, Step.QUEUE, queued_at=times.now(), send_after=None)
            except states.NotNow:  # a person has sent it at this very moment
                log.info("invoice %s is queued already", invoice.pk)

    def _next_release(self) -> dt.datetime | None:
        """When the first offline invoice goes out: its time has come, or the day of its deadline is over."""
        first = self._rows(State.WAITING).aggregate(at=Min("send_after"), due=Min("due_date"))
        over = first["due"] and timezone.make_aware(dt.datetime.combine(first["due"] + DAY, dt.time.min))
        return min((moment for moment in (first["at"], over) if moment is not None), default=None)


def _weight(failure: KsefError | Later) -> tuple[int, float]:
    """Which of several failures decides when the next run is: a wish of KSeF's, then what a person has to mend."""
    if isinstance(failure, RateLimited):
        return 3, failure.retry_after
    return (1 if isinstance(failure, Unavailable) else 2), 0.0
