"""The job that keeps a company's certificates: an enrolment under way first, then what is near its end."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from liczydlo.companies.models import Company
from liczydlo.connection.certificates import renewal, warnings
from liczydlo.connection.certificates.requests import JOB
from liczydlo.connection.enrolment import walk
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim, Later

POLL = dt.timedelta(seconds=1)
LONGEST_POLL = dt.timedelta(minutes=1)
EVERY = dt.timedelta(hours=6)
"""How often a connected company's certificates are looked at."""


@registry.job(JOB)
def keep(claim: Claim) -> dt.datetime | None:
    """Carry on what is under way, warn, renew; when to come again. Raises Later, ClaimLost."""
    claim.step("certificates.claimed")
    company = claim.company
    row = walk.underway(company)
    if row is not None and not walk.carry_on(claim, company, row):
        raise _not_yet()
    if not renewal.watched(company):
        return None
    warnings.send(company, clock=claim.clock)
    if not renewal.renew(claim, company):
        raise _not_yet()
    return claim.clock() + EVERY


def once_connected(company: Company, **_: object) -> None:
    """A new connection is watched from now on."""
    registry.enqueue(company.pk, JOB, at=timezone.now() + EVERY)


def _not_yet() -> Later:
    """KSeF is still deciding on a login or a certificate."""
    return Later(None, first=POLL, longest=LONGEST_POLL)
