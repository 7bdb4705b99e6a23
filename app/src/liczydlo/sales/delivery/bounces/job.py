"""The installation's job that looks for letters that came back, and marks them."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from liczydlo.jobs import registry
from liczydlo.jobs.claims import HOUR, Claim, Later
from liczydlo.sales.delivery import stops
from liczydlo.sales.delivery.bounces import report, telling
from liczydlo.sales.delivery.bounces.report import Recipient, Report
from liczydlo.sales.delivery.bounces.tables import BounceMailbox
from liczydlo.sales.delivery.tables import BuyerLetter
from liczydlo.web import mailbox
from liczydlo.web.reasons import Reason

JOB: Final = "sales.bounces"
EVERY: Final = dt.timedelta(minutes=5)
BACK: Final = dt.timedelta(days=7)
"""So far back the first look goes, and one at a mailbox whose UIDs were given anew."""
State = BuyerLetter.State
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
log = logging.getLogger(__name__)


@registry.job(JOB, standing=True)
def look(claim: Claim) -> dt.datetime:
    """Read what has come since the last look. Raises Later while the mailbox cannot be read, and ClaimLost."""
    claim.step("bounces.look")
    if settings.LICZYDLO_IMAP is None:
        return claim.clock() + HOUR
    try:
        with mailbox.opened() as box:
            return _read_mailbox(claim, box)
    except mailbox.Unavailable as fault:
        log.warning("the mailbox %s cannot be read: %s", settings.LICZYDLO_IMAP, fault)
        raise Later(Reason("mailbox-unavailable", details=(str(fault),)), longest=HOUR) from fault


def _read_mailbox(claim: Claim, box: mailbox.Mailbox) -> dt.datetime:
    name = str(settings.LICZYDLO_IMAP)
    row, _made = BounceMailbox.objects.get_or_create(name=name)
    rows = BounceMailbox.objects.filter(pk=row.pk)
    if row.validity == box.validity:
        uids = box.after(row.last_uid)
    else:
        day = timezone.localdate(claim.clock() - BACK)
        uids = box.since(f"{day.day}-{MONTHS[day.month - 1]}-{day.year}")
        rows.update(validity=box.validity, last_uid=uids[0] - 1 if uids else max(box.after(0), default=0))
    for uid in uids:
        if claim.should_yield:
            return claim.clock()
        claim.step("bounces.message")
        bounce = _report(box, uid)
        with transaction.atomic():
            if bounce is not None:
                take(bounce, now=claim.clock())
            rows.filter(last_uid__lt=uid).update(last_uid=uid)
        claim.step("bounces.taken")
        claim.progressed()
    rows.update(checked_at=claim.clock())
    return claim.clock() + EVERY


def _report(box: mailbox.Mailbox, uid: int) -> Report | None:
    """Raises Unavailable."""
    if not report.is_report(box.content_type(uid)):
        return None
    return report.read(box.content(uid, report.MOST))


def take(bounce: Report, *, now: dt.datetime) -> None:
    """Mark the letter that a report is about, where there is one: returned, or that it is not delivered yet."""
    rows = BuyerLetter.objects.filter(message_id__in=bounce.about).select_related("company", "invoice__entry")
    by_id = {row.message_id: row for row in rows}
    letter = next((by_id[one] for one in bounce.about if one in by_id), None)
    one = next((one for one in bounce.recipients if letter is not None and _is_of(one, letter)), None)
    if letter is None or one is None:
        return
    details = (" ".join((one.status, one.diagnostic)).strip()[: report.LONGEST],)
    delivered = BuyerLetter.objects.filter(pk=letter.pk, state__in=(State.SENDING, State.SENT, State.DOUBT))
    if one.fate == "failed":
        reason = Reason(_code(one.status), details=details)
        if delivered.update(state=State.RETURNED, returned_at=now, reason_json=reason.as_json()):
            stops.note(letter, one, reason, now=now)
            registry.enqueue(letter.company_id, telling.JOB)
    else:
        delivered.exclude(state=State.SENDING).update(
            state=State.SENT, reason_json=Reason("letter-delayed", details=details).as_json()
        )


def _is_of(recipient: Recipient, letter: BuyerLetter) -> bool:
    """Whether it is about the letter's address; one that was forwarded names the address before, or none."""
    return letter.address.lower() in (recipient.original, recipient.final) or not recipient.original


def _code(status: str) -> str:
    """The reason by the status (RFC 3463, 3), whose class says only whether the server has tried for long."""
    subject = status[2:]
    if subject in ("1.0", "1.1", "1.3", "1.6", "1.10", "2.1"):
        return "returned-address"
    if subject in ("1.2", "4.1", "4.3", "4.4"):
        return "returned-domain"
    if subject in ("2.2", "3.1"):
        return "returned-full"
    if subject in ("2.3", "3.4"):
        return "returned-large"
    if subject == "4.7":
        return "returned-expired"
    return "returned-refused" if subject.startswith("7.") else "returned"
