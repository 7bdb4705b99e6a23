"""Letters that the program does not send by itself, because the address has given one back for good."""

from __future__ import annotations

import datetime as dt
from typing import Final

from liczydlo.companies.models import Company
from liczydlo.contacts import stopped
from liczydlo.sales.delivery.bounces.report import Recipient
from liczydlo.sales.delivery.tables import BuyerLetter
from liczydlo.web.reasons import Reason

STAYED: Final = dt.timedelta(days=1)
"""A letter that has not come back for so long was delivered: nobody confirms a delivery."""
REASON: Final = Reason("letter-stopped")
_OF_LETTER: Final = ("returned-large",)
"""Reasons that are of one letter and not of its address."""


def note(letter: BuyerLetter, recipient: Recipient, reason: Reason, *, now: dt.datetime) -> None:
    """Stop an address after a permanent failure (class 5 of RFC 3463): a server that gave up after a temporary one (4),
    or that names no status, says nothing of the address."""
    if recipient.status.startswith("5.") and reason.code not in _OF_LETTER:
        about = letter.invoice.entry.number if letter.invoice is not None else letter.get_kind_display()
        stopped.stop(letter.company, letter.address, reason, about=about, now=now)


def holds(company: Company, address: str, *, now: dt.datetime) -> bool:
    """Whether a letter that nobody has sent by hand stays here. A later letter that has stayed there lifts the stop."""
    row = stopped.of_address(company, address)
    if row is None:
        return False
    later = BuyerLetter.objects.of(company).filter(
        address__iexact=address,
        state=BuyerLetter.State.SENT,
        ended_at__gt=row.stopped_at,
        ended_at__lte=now - STAYED,
    )
    if not later.exists():
        return True
    stopped.resume(row, why="delivered")
    return False
