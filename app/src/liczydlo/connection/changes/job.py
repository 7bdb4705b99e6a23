"""The job that ends changes whose request died or whose answer was lost."""

from __future__ import annotations

import datetime as dt
from typing import Final

from liczydlo import ksef
from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.connection.changes import services
from liczydlo.connection.changes.kinds import KINDS, NotDone
from liczydlo.connection.changes.services import JOB, Overtaken
from liczydlo.connection.errors import NotConnected
from liczydlo.connection.models import ChangeState, RemoteChange
from liczydlo.connection.waiting import later
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim, Later
from liczydlo.web.reasons import Reason

POLL: Final = dt.timedelta(seconds=1)
LONGEST_POLL: Final = dt.timedelta(minutes=1)


@registry.job(JOB)
def recover(claim: Claim) -> dt.datetime | None:
    """Find out what became of every change that nobody is at; when to look again. Raises Later, ClaimLost."""
    company = claim.company
    rows = list(services.open_changes(company).filter(lease_until__lte=claim.clock()))
    if rows:
        try:
            with clients.client(company, clock=claim.clock) as client:
                ended = [_recover(claim, company, row, client) for row in rows]
        except NotConnected as error:
            raise Later(Reason.of(error)) from error
        if not all(ended):
            raise Later(None, first=POLL, longest=LONGEST_POLL)
    leases = services.open_changes(company).order_by("lease_until").values_list("lease_until", flat=True)
    first: dt.datetime | None = leases.first()
    return first


def _recover(claim: Claim, company: Company, row: RemoteChange, client: ksef.Client) -> bool:
    """Whether it has ended, or somebody else is at it."""
    try:
        services.take(row, clock=claim.clock)
        try:
            if services.carry_on(row, client, step=claim.step, clock=claim.clock):
                claim.progressed()
                return True
        except NotDone as error:
            services.fail(row, error, clock=claim.clock)
            return True
        except ksef.Refused as error:
            services.end(row, ChangeState.FAILED, Reason.of(error), clock=claim.clock)
            return True
        except ksef.LoginRefused as error:
            if KINDS[row.kind].is_shown_by(error, row):
                services.end(row, ChangeState.DONE, clock=claim.clock)
                return True
            services.release(row, clock=claim.clock)
            raise later(error, company, clock=claim.clock) from error
        except ksef.KsefError as error:
            services.release(row, clock=claim.clock)
            raise later(error, company, clock=claim.clock) from error
        services.release(row, clock=claim.clock)
    except Overtaken:
        return True
    return False
