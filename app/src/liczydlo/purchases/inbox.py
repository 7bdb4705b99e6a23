"""The receiving job: one company's synchronisation, by a worker."""

from __future__ import annotations

import datetime as dt

from liczydlo.connection import access
from liczydlo.connection.waiting import later
from liczydlo.ksef.errors import KsefError
from liczydlo.purchases.services import RECEIVE, Spoilt, synchronise
from liczydlo.work import jobs
from liczydlo.work.claims import Claim, Later
from liczydlo.work.reasons import Reason

NOT_CONNECTED = dt.timedelta(minutes=10)


@jobs.job(RECEIVE)
def receive(claim: Claim) -> dt.datetime | None:
    """Bring in what is new. Raises Later, ClaimLost."""
    claim.step("receive.claimed")
    try:
        synchronise(claim.company, clock=claim.clock, step=claim.step)
    except access.NotConnected as error:
        raise Later(Reason.of(error), after=NOT_CONNECTED) from error
    except KsefError as error:
        raise later(error) from error
    except Spoilt as error:
        raise Later(Reason.of(error)) from error
    return None
