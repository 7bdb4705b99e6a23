"""What a failure of KSeF's means for background work: when to try again."""

from __future__ import annotations

import datetime as dt
from typing import Final

from liczydlo.companies.models import Company
from liczydlo.connection import clients, limits
from liczydlo.connection.signals import connected
from liczydlo.jobs import registry
from liczydlo.jobs.claims import HOUR, Clock, Later
from liczydlo.ksef import KsefError, LoginRefused, RateLimited, Unavailable
from liczydlo.web.reasons import Reason

AWAY: Final = dt.timedelta(seconds=30)
"""The longest wait while KSeF does not answer: afterwards everything moves within a minute."""


def later(error: KsefError, company: Company, *, clock: Clock) -> Later:
    """After a while that grows; after what KSeF asked for; or when KSeF may be asked for a login again."""
    reason = Reason.of(error)
    if isinstance(error, RateLimited):
        limits.doubt(company)
        after = min(HOUR, dt.timedelta(seconds=error.retry_after))
        return Later(reason, longest=AWAY, after=after, blocked=True)
    if isinstance(error, LoginRefused) and (row := clients.refused_login(company, clock=clock)) is not None:
        pause = max(dt.timedelta(seconds=1), row.again_at - clock())
        return Later(reason, first=pause, longest=pause)
    return Later(reason, longest=AWAY) if isinstance(error, Unavailable) else Later(reason)


def once_connected(company: Company, **_: object) -> None:
    """Make the jobs due that failed because the company was not connected."""
    registry.retry_now(company.pk)


def once_moved(company: Company, **_: object) -> None:
    """In another environment the company may be connected already: what was made for it goes on."""
    if clients.is_connected(company):
        connected.send(sender=Company, company=company)
