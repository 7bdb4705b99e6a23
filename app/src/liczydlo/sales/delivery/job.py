"""The job that gives letters to the mail server, one after another.

A letter is committed as ``sending`` once the server has answered and before it is given the letter, so a death before
that sends it later, and one after it leaves it in doubt: it is not sent again by itself, for the buyer may have it.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Final

from django.conf import settings
from django.db import transaction

from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim
from liczydlo.jobs.letters import try_again
from liczydlo.prints.typesetting import PrintError
from liczydlo.sales import proof
from liczydlo.sales.delivery import letters, links, stops
from liczydlo.sales.delivery.letters import JOB
from liczydlo.sales.delivery.tables import BuyerLetter
from liczydlo.sales.models.receivables import Receivable
from liczydlo.web import mail
from liczydlo.web.reasons import Reason

State = BuyerLetter.State
REMINDERS: Final = (BuyerLetter.Kind.BEFORE, BuyerLetter.Kind.AFTER)
TRIES: Final = 12
"""So often a letter is tried that the server does not take for the time being: for half a day."""
log = logging.getLogger(__name__)


@registry.job(JOB)
def send(claim: Claim) -> dt.datetime | None:
    """Send what waits. Raises Later when the mail server is away or takes something later, and ClaimLost."""
    company = claim.company
    claim.step("buyer.claimed")
    rows = BuyerLetter.objects.of(company).order_by("pk")
    ended = {"state": State.DOUBT, "ended_at": claim.clock(), "reason_json": Reason("letter-doubt").as_json()}
    rows.filter(state=State.SENDING).update(**ended)
    if not settings.LICZYDLO_SENDS_MAIL:
        return None
    undelivered = 0
    for pk in list(rows.filter(state=State.WAITING).values_list("pk", flat=True)):
        if claim.should_yield:
            return claim.clock()
        letter = rows.select_related(
            "invoice__entry__document", "invoice__company", "enclosure", "company"
        ).get(pk=pk)
        undelivered += not _send_letter(claim, letter)
    try_again(undelivered)
    return None


def _send_letter(claim: Claim, letter: BuyerLetter) -> bool:
    """Whether nothing is left to do for it. Raises ClaimLost."""
    claim.step("buyer.write")
    if letter.invoice is not None and not letters.can_be_sent(letter.invoice):
        _end(claim, letter, State.REFUSED, Reason("letter-not-printable"))
        return True
    if letter.kind in REMINDERS and not _is_owed(letter):
        _end(claim, letter, State.REFUSED, Reason("letter-paid"))
        return True
    if letter.automatic and stops.holds(letter.company, letter.address, now=claim.clock()):
        _end(claim, letter, State.REFUSED, stops.REASON)
        return True
    try:
        with mail.server() as server:
            return _deliver(claim, letter, server)
    except mail.NotTaken as refusal:
        return _refused(claim, letter, refusal)


def _is_owed(letter: BuyerLetter) -> bool:
    """Whether there is still something to be reminded of."""
    return Receivable.objects.filter(entry__sale=letter.invoice_id, left__gt=0).exists()


def _deliver(claim: Claim, letter: BuyerLetter, server: mail.Server) -> bool:
    """Raises NotTaken where the server has surely not got the letter, and ClaimLost."""
    link = None
    if letter.as_link:
        link = links.new_link(days=letters.of(letter.company).link_days, now=claim.clock())
    try:
        content = letters.content_of(letter, link)
        message_id = letter.message_id or letters.new_message_id()
        content.extra_headers["Message-ID"] = message_id
    except (PrintError, proof.NotProved) as error:
        log.warning("letter %s has no print: %s", letter.pk, error)
        _end(claim, letter, State.REFUSED, Reason("letter-no-print"))
        return True
    with transaction.atomic():
        waiting = BuyerLetter.objects.filter(pk=letter.pk, state=State.WAITING)
        if not waiting.update(state=State.SENDING, reason_json=None, message_id=message_id):
            return True  # a person has given it up meanwhile
        if link is not None:
            links.keep(letter, link)
    claim.step("buyer.marked")
    try:
        server.give(content)
    except mail.InDoubt as doubt:
        _end(claim, letter, State.DOUBT, Reason("letter-doubt", details=(str(doubt),)))
        return True
    claim.step("buyer.given")
    _end(claim, letter, State.SENT, None)
    claim.progressed()
    return True


def _refused(claim: Claim, letter: BuyerLetter, refusal: mail.NotTaken) -> bool:
    tried = letter.attempts + 1
    reason = Reason("letter-refused", details=(str(refusal),))
    if refusal.is_final or tried >= TRIES:
        _end(claim, letter, State.REFUSED, reason)
        return True
    rows = BuyerLetter.objects.filter(pk=letter.pk, state__in=(State.WAITING, State.SENDING))
    rows.update(state=State.WAITING, attempts=tried, reason_json=reason.as_json())
    return False


def _end(claim: Claim, letter: BuyerLetter, state: State, reason: Reason | None) -> None:
    """Write down what became of it, also where a worker that was thought dead comes back with the answer."""
    rows = BuyerLetter.objects.filter(pk=letter.pk, state__in=(State.WAITING, State.SENDING, State.DOUBT))
    rows.update(state=state, ended_at=claim.clock(), reason_json=None if reason is None else reason.as_json())
