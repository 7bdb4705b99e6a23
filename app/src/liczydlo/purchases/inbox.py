"""The receiving job: one company's synchronisation, by a worker."""

from __future__ import annotations

import datetime as dt

from liczydlo.connection import clients
from liczydlo.connection.waiting import later
from liczydlo.jobs import registry
from liczydlo.jobs.claims import HOUR, Claim, Later
from liczydlo.ksef.errors import KsefError
from liczydlo.purchases.services import RECEIVE, Spoilt, synchronise
from liczydlo.web.reasons import Reason

NOT_CONNECTED = dt.timedelta(minutes=1)  # a new connection ends the wait


@registry.job(RECEIVE)
def receive(claim: Claim) -> dt.datetime | None:
    """Bring in what is new. Raises Later, ClaimLost."""
    claim.step("receive.claimed")
    company = claim.company

    def step(name: str) -> None:
        claim.step(name)
        if name == "receive.stored":
            claim.progressed()

    try:
        result = synchronise(company, clock=claim.clock, step=step, should_yield=lambda: claim.should_yield)
    except clients.NotConnected as error:
        raise Later(Reason.of(error), first=NOT_CONNECTED, longest=HOUR) from error
    except KsefError as error:
        raise later(error, company, clock=claim.clock) from error
    except Spoilt as error:
        raise Later(Reason.of(error)) from error
    return claim.clock() if result.more else None
