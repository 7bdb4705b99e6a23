"""The job that asks Biała lista what is waiting; a limit or a failure only makes it wait longer."""

from __future__ import annotations

import datetime as dt

from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim
from liczydlo.lookups import services, white_list
from liczydlo.public_services.white_list import GROUP


@registry.job(white_list.NAME)
def look(claim: Claim) -> dt.datetime | None:
    """Ask in groups; returns when to come back with what got no answer. Raises ClaimLost."""
    claim.step("lookup.claimed")
    company = claim.company
    if not services.is_on(company, white_list.LISTED):
        return None
    open_ones = services.waiting(company, white_list.LISTED).filter(environment=company.environment)
    while rows := list(open_ones[:GROUP]):
        again = white_list.answer(company, rows, clock=claim.clock, step=claim.step)
        if again is not None:
            return again
        claim.progressed()
        if claim.should_yield:
            return claim.clock()
    return None
