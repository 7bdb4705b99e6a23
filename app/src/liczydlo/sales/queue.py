"""„Kolejka": a company's invoices that are not at rest yet, the nearest deadline first, and why each of them waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liczydlo.companies.models import Company, User
from liczydlo.jobs.models import Job
from liczydlo.ksef.deadlines import Outage
from liczydlo.ksef.modes import Mode
from liczydlo.offline.models import outages
from liczydlo.sales import lifecycle, services, undo
from liczydlo.sales.countdown import Countdown, countdown
from liczydlo.sales.deadlines import deadline_of, explanation
from liczydlo.sales.models import Invoice
from liczydlo.sales.sending.run import NAME as SEND
from liczydlo.sales.states import MOVING, NotNow, State, Step
from liczydlo.web import times
from liczydlo.web.reasons import Reason
from liczydlo.web.templatetags.liczydlo import czas

MOST: Final = 200
"""Rows of one page; the rest comes as these go."""
IN_PROGRESS: Final = (State.ISSUED, State.WAITING, *MOVING)
WHY: Final[dict[str, str | Promise]] = {
    State.QUEUED: gettext_lazy("Wyjdzie przy najbliższym wysyłaniu."),
    State.SENDING: gettext_lazy("Właśnie jest wysyłana albo program pyta KSeF, czy dotarła."),
    State.PROCESSING: gettext_lazy("KSeF ma plik i go sprawdza."),
    State.ACCEPTED: gettext_lazy("Ma numer KSeF; czeka na urzędowe poświadczenie odbioru (UPO)."),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One invoice of the queue; ``why`` is a sentence of ours or a reason with KSeF's small print.

    ``no_deadline`` says why there is no day yet, or none at all, by which it has to be in KSeF.
    """

    invoice: Invoice
    countdown: Countdown | None
    no_deadline: Reason | None
    why: str | Promise | Reason
    can_be_sent: bool
    can_be_undone: bool

    @property
    def reason(self) -> Reason | None:
        """The reason, where there is small print to be shown."""
        return self.why if isinstance(self.why, Reason) else None


@dataclass(frozen=True, kw_only=True)
class Queue:
    """The first ``MOST`` rows, how many there are in all, and whether any can be sent by hand at once."""

    rows: Sequence[Row]
    total: int

    @property
    def can_be_sent(self) -> bool:
        """Whether „Wyślij wszystkie teraz" has something to do."""
        return any(row.can_be_sent and row.invoice.state != State.ISSUED for row in self.rows)

    @property
    def moves(self) -> bool:
        """Whether anything of it changes by itself soon."""
        return any(row.invoice.is_moving for row in self.rows)


def in_progress(company: Company) -> QuerySet[Invoice]:
    """What waits, is on its way, is held, or misses its receipt, in the company's present environment."""
    rows = Invoice.objects.of(company).filter(environment=company.environment)
    return rows.filter(Q(state__in=IN_PROGRESS) | Q(upo_pending=True))


def queue(company: Company, *, today: dt.date) -> Queue:
    """The company's queue, the oldest deadline first; what has none comes last."""
    rows = in_progress(company)
    ordered = rows.order_by(*Invoice.nearest_deadline()).select_related("entry")
    first_rows = list(ordered[:MOST])
    total = len(first_rows) if len(first_rows) < MOST else rows.count()
    announced = outages(company)
    return Queue(rows=[_row(company, invoice, today, announced) for invoice in first_rows], total=total)


def _row(company: Company, invoice: Invoice, today: dt.date, announced: list[Outage]) -> Row:
    invoice.company = company
    is_there = bool(invoice.entry.ksef_number)
    due = None if is_there else invoice.due_date
    return Row(
        invoice=invoice,
        countdown=countdown(due, today) if due else None,
        no_deadline=None if is_there or due else _no_deadline(invoice, announced),
        why=_why(invoice),
        can_be_sent=invoice.state in (State.QUEUED, State.LEAVING) or services.can_be_sent(invoice),
        can_be_undone=invoice.state == State.LEAVING,
    )


def _no_deadline(invoice: Invoice, announced: list[Outage]) -> Reason:
    return explanation(Mode(invoice.mode), invoice.entry.issue_date, deadline_of(invoice, announced))


def _why(invoice: Invoice) -> str | Promise | Reason:
    if invoice.reason is not None:
        return invoice.reason
    if invoice.state == State.LEAVING:
        left = undo.seconds_left(invoice, now=times.now())
        return _("Wyśle się za %(n)d s. Można ją jeszcze cofnąć.") % {"n": left}
    if invoice.send_after is not None:
        return _("Wyjdzie sama %(moment)s.") % {"moment": czas(invoice.send_after)}
    return WHY.get(invoice.state, "")


def send_now(invoice: Invoice, *, by: User) -> None:
    """Let one invoice go without further waiting. Raises NotNow, NotIssued as ``services.send``."""
    if invoice.state == State.QUEUED:
        _end_pauses(invoice.company, Invoice.objects.of(invoice.company).filter(pk=invoice.pk))
    elif invoice.state == State.LEAVING:
        if not undo.end_now(Invoice.objects.of(invoice.company).filter(pk=invoice.pk)):
            raise NotNow("taken back, or issued")
    else:
        services.send(invoice, by=by)


def send_all_now(company: Company, *, by: User) -> int:
    """Let all go that need no further word of a person; how many are queued now."""
    rows = Invoice.objects.of(company).filter(environment=company.environment)
    lifecycle.move_all(rows, State.WAITING, Step.QUEUE, by=by, queued_at=times.now(), send_after=None)
    return undo.end_now(rows) + _end_pauses(company, rows)


def _end_pauses(company: Company, rows: QuerySet[Invoice]) -> int:
    queued = rows.filter(state=State.QUEUED)
    queued.exclude(send_after=None).update(send_after=None)
    services.retry(company)
    return queued.count()


def not_before(company: Company, *, now: dt.datetime) -> dt.datetime | None:
    """Until when KSeF itself has asked to be left alone (429); nothing may shorten that."""
    job = Job.objects.of(company).filter(name=SEND, blocked_until__gt=now).first()
    return job.blocked_until if job else None
