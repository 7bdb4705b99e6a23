"""„Cofnij": for a while after „Wyślij do KSeF" an invoice is neither issued nor frozen, and can be taken back.

The firm sets how long (``Company.undo_seconds``). Until then the row is ``leaving`` with its draft: no document, no
counted number, nothing for KSeF, no letter. ``awaiting`` issues it when the time is over, browser or not, or makes it a
draft again. An offline invoice has no such time: its print is handed over at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.db.models import Min, OuterRef, QuerySet, Subquery

from liczydlo.companies.models import Company, User
from liczydlo.jobs import registry
from liczydlo.ksef.deadlines import WARSAW
from liczydlo.ksef.modes import Mode
from liczydlo.sales import lifecycle, modes, order, services
from liczydlo.sales.lifecycle import StaleDraft, lock_draft
from liczydlo.sales.models import Event, Invoice
from liczydlo.sales.states import NotNow, State, Step
from liczydlo.web import times

LAST_MINUTE: Final = dt.time(23, 59)
"""When the time ends at the latest on the day of issue: KSeF takes what comes after it for offline24 (art. 106nda)."""


def ends_at(company: Company, issue_date: dt.date, *, now: dt.datetime) -> dt.datetime | None:
    """When an invoice that is sent now leaves; None: at once."""
    end = now + dt.timedelta(seconds=company.undo_seconds)
    if issue_date == now.astimezone(WARSAW).date():
        end = min(end, dt.datetime.combine(issue_date, LAST_MINUTE, tzinfo=WARSAW))
    return end if end > now else None


def issue(
    company: Company, xml: bytes, *, draft: Invoice, mode: Mode = Mode.ONLINE, by: User | None = None
) -> Invoice:
    """As ``services.issue`` of a draft, but an online one leaves only when the firm's time for „Cofnij" is over.

    Raises as that; a second call with the same bytes changes nothing.
    """
    now = times.now()
    end = ends_at(company, draft.entry.issue_date, now=now) if mode == Mode.ONLINE else None
    if end is None:
        return services.issue(company, xml, mode=mode, by=by, draft=draft)
    checked = services.examine(company, xml)
    try:
        why = modes.why(company, mode, checked.issue_date, now=now)
    except modes.NotAllowed as refusal:
        raise services.NotIssued(refusal.reason) from refusal
    with transaction.atomic():
        try:
            row = lock_draft(draft)
        except StaleDraft as stale:
            if stale.invoice is not None and order.waits_with(stale.invoice, xml):
                return stale.invoice
            raise
        if services.draft_of(row).content != xml:
            raise StaleDraft("changed", row)
        services.check_number(company, checked, draft=row)
        services.check_state_before(row, checked)
        lifecycle.move(row, Step.PAUSE, by=by, mode=mode, mode_reason_json=why.as_json(), send_after=end)
        registry.enqueue(company.pk, lifecycle.ORDER, at=end)
    return row


def leaving(company: Company) -> QuerySet[Invoice]:
    """What can still be taken back, or is about to be issued, in the company's present environment."""
    rows = Invoice.objects.of(company).filter(environment=company.environment, state=State.LEAVING)
    return rows.select_related("entry", "company")


def sent_by(company: Company, person: User) -> QuerySet[Invoice]:
    """Those of ``leaving`` that this person has sent, the last time they were sent."""
    sent = Event.objects.filter(invoice=OuterRef("pk"), step=Step.PAUSE).order_by("-pk").values("by")
    return leaving(company).annotate(sender=Subquery(sent[:1])).filter(sender=person.pk)


def over(company: Company, *, now: dt.datetime) -> Iterable[Invoice]:
    """Those whose time is over, in the order in which they were sent."""
    return leaving(company).filter(send_after__lte=now).order_by("send_after", "changed_at", "pk")


def next_end(company: Company) -> dt.datetime | None:
    """When the next of them leaves."""
    end: dt.datetime | None = leaving(company).aggregate(end=Min("send_after"))["end"]
    return end


def hold(row: Invoice) -> None:
    """Lock a row that is about to go on, as it was read. Raises NotNow when it was taken back since, sent anew even."""
    unchanged = Invoice.objects.filter(pk=row.pk, state=row.state, send_after=row.send_after)
    if unchanged.select_for_update(no_key=True, of=("self",)).first() is None:
        raise NotNow("taken back meanwhile")


def end_now(rows: QuerySet[Invoice]) -> int:
    """„Wyślij teraz": do not wait for the end; how many they are."""
    now = times.now()
    with transaction.atomic():
        companies = set(rows.filter(state=State.LEAVING).values_list("company_id", flat=True))
        count = rows.filter(state=State.LEAVING).update(send_after=now)
        for company in sorted(companies):
            registry.enqueue(company, lifecycle.ORDER)
    return count


def seconds_left(invoice: Invoice, *, now: dt.datetime) -> int:
    """Whole seconds in which it can still be taken back; 0 once its turn has come."""
    return max(0, int((invoice.send_after - now).total_seconds())) if invoice.send_after else 0
