"""By when an invoice has to be in KSeF, and why: the rules of ``ksef.deadlines`` over the outages that are stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from django.db import transaction

from liczydlo.companies.models import Company
from liczydlo.jobs import registry
from liczydlo.ksef import deadlines
from liczydlo.ksef.deadlines import WARSAW, Deadline, Outage
from liczydlo.ksef.modes import Mode
from liczydlo.offline.models import outages
from liczydlo.sales.models import Invoice
from liczydlo.sales.sending.run import NAME as SEND
from liczydlo.sales.states import UNSENT, State
from liczydlo.web.reasons import Reason

LAST_HOUR: Final = dt.time(20)
"""When, on the day by which an offline invoice has to be sent, it stops waiting for its pause to end, in Warsaw."""


def deadline_of(invoice: Invoice, announced: Iterable[Outage] | None = None) -> Deadline:
    """The invoice's deadline in the light of ``announced``, by default all outages stored of its environment."""
    if announced is None:
        announced = outages(invoice.company, invoice.environment)
    mode, day = Mode(invoice.mode), invoice.entry.issue_date
    return deadlines.deadline(mode, day, announced, issued_at=invoice.issued_at)


def explanation(mode: Mode, issue_date: dt.date, deadline: Deadline) -> Reason:
    """Why the deadline is that day, or why there is none."""
    outage = deadline.outage
    params: dict[str, object] = {"date": issue_date.isoformat(), "skipped": None}
    if deadline.reason == "total-failure":
        return Reason("deadline-never" if mode == Mode.TOTAL_FAILURE else "deadline-lifted")
    if deadline.reason == "outage-unknown":
        return Reason(f"deadline-unnamed-{mode}")
    if outage is None:
        first = issue_date
        code = "deadline-online" if mode == Mode.ONLINE else "deadline-offline24"
    else:
        params["began"] = outage.start.isoformat()
        if outage.last_day is None:
            return Reason(f"deadline-{outage.kind}-on", params)
        first = outage.last_day
        params["ended"] = (outage.end or outage.start).isoformat()
        code = f"deadline-{outage.kind}"
    free = _free_days(first, deadline.due)
    if free:
        params["skipped"] = Reason("deadline-skipped", {"free_days": free}).as_json()
    return Reason(code, params)


def _free_days(first: dt.date, due: dt.date | None) -> list[str]:
    """Public holidays from Monday to Friday that the count left out: everybody knows of Saturdays and Sundays."""
    length = 0 if due is None else (due - first).days
    days = (first + dt.timedelta(n) for n in range(1, length))
    return [day.isoformat() for day in days if day.weekday() < 5 and not deadlines.is_business_day(day)]


def release_at(company: Company, due: dt.date | None, *, now: dt.datetime) -> dt.datetime:
    """When an offline invoice is sent: after the company's pause, never past its deadline; a late one at once."""
    moment = now + dt.timedelta(minutes=company.offline_pause)
    if due is not None:
        moment = min(moment, dt.datetime.combine(due, LAST_HOUR, tzinfo=WARSAW))
    return max(now, moment)


def recompute(*, environment: str, **_: object) -> None:
    """Bring the deadlines of what is not sent yet up to date: an outage began, ended or was corrected.

    What waits for its pause goes out sooner where the new deadline asks for it.
    """
    rows = Invoice.objects.filter(environment=environment, state__in=UNSENT)
    for company in Company.objects.filter(pk__in=rows.values("company_id")):
        announced = None
        # once more when another outage was stored meanwhile: its own recomputation may have been faster
        while announced != (now := outages(company, environment)):
            announced = now
            for row in rows.filter(company=company).select_related("entry").iterator(chunk_size=500):
                row.company = company
                _recompute(row, deadline_of(row, announced).due)


def _recompute(row: Invoice, due: dt.date | None) -> None:
    send_after = row.send_after
    if row.state == State.WAITING and send_after is not None and due is not None:
        send_after = min(send_after, dt.datetime.combine(due, LAST_HOUR, tzinfo=WARSAW))
    if (due, send_after) == (row.due_date, row.send_after):
        return
    with transaction.atomic():
        unchanged = Invoice.objects.filter(pk=row.pk, mode=row.mode)
        unchanged.filter(state__in=UNSENT).update(
            due_date=due
        )  # it may have left its pause since it was read
        waiting = unchanged.filter(state=State.WAITING, send_after=row.send_after)
        if send_after != row.send_after and waiting.update(send_after=send_after):
            registry.enqueue(row.company_id, SEND, at=send_after)
