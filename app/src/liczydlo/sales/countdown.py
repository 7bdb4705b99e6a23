"""How long there is until an invoice has to be at KSeF, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liczydlo.ksef.deadlines import is_business_day

SOON = 1
"""So many working days, or fewer, need somebody's eye."""


@dataclass(frozen=True, kw_only=True)
class Countdown:
    """``days``: working days from today to the deadline, it included; of an overdue one calendar days, negative."""

    days: int

    @property
    def tone(self) -> Literal["ok", "warn", "bad"]:
        """How urgent it is."""
        return "bad" if self.days < 0 else "warn" if self.days <= SOON else "ok"

    @property
    def words(self) -> str:
        """The same, in the language in which it is read."""
        return _late(-self.days) if self.days < 0 else _left(self.days)


def countdown(due: dt.date, today: dt.date) -> Countdown:
    """From a day of Warsaw to the last day for sending."""
    if due < today:
        return Countdown(days=(due - today).days)
    ahead = (today + dt.timedelta(days) for days in range(1, (due - today).days + 1))
    return Countdown(days=sum(map(is_business_day, ahead)))


def _late(days: int) -> str:
    return ngettext("spóźniona o %(n)d dzień", "spóźniona o %(n)d dni", days) % {"n": days}


def _left(days: int) -> str:
    """Polish counts one, few and many; its own texts are not in a catalogue that could."""
    if days == 0:
        return _("dziś do północy")
    if days == 1:
        return _("został 1 dzień roboczy")
    if days % 10 in (2, 3, 4) and days % 100 not in (12, 13, 14):
        return _("zostały %(n)d dni robocze") % {"n": days}
    return _("zostało %(n)d dni roboczych") % {"n": days}
