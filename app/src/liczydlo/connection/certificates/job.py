"""The job of a company's certificates: a sign-in under way first, then notices to the owners, then KSeF's word on each,
then renewals.

Owners are written to 60, 30, 7 and 1 days before a certificate ends, once for each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.utils.translation import gettext as _

from liczydlo.companies import letters
from liczydlo.companies.models import Company
from liczydlo.connection.certificates import renewal, status
from liczydlo.connection.certificates.enrollments import JOB
from liczydlo.connection.models import ExpiryNotice, StoredCertificate
from liczydlo.connection.signin import job as signin
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim, Later
from liczydlo.web import times

DAYS = (60, 30, 7, 1)

POLL = dt.timedelta(seconds=1)
LONGEST_POLL = dt.timedelta(minutes=1)
EVERY = dt.timedelta(hours=6)
"""How often a connected company's certificates are looked at."""
UNANSWERED = dt.timedelta(hours=1)
"""The same, when KSeF has not said what it thinks of them."""


def reached(stored: StoredCertificate, now: dt.datetime) -> int | None:
    """The nearest of the days that have come; None long before the end, and after it."""
    left = stored.not_after - now
    if left <= dt.timedelta(0):
        return None
    return min((days for days in DAYS if left <= dt.timedelta(days=days)), default=None)


def send_notices(company: Company, *, clock: Callable[[], dt.datetime]) -> int:
    """Write about what has come and was not written of; the count of letters. A mail server that is away is tried
    again with the next look."""
    now = clock()
    sent = 0
    for stored in renewal.watched(company):
        days = reached(stored, now)
        if days is None:
            continue
        notices = ExpiryNotice.objects.of(company).filter(fingerprint=stored.fingerprint, days=days)
        if notices.exists():
            continue
        if not _write(company, stored, now):
            continue
        ExpiryNotice.objects.create(company=company, fingerprint=stored.fingerprint, days=days)
        sent += 1
    return sent


def _write(company: Company, stored: StoredCertificate, now: dt.datetime) -> bool:
    """Whether any owner's letter was taken by the mail server, or there is nobody to write to."""
    days = max((stored.not_after - now).days, 0)
    values = {"company": company, "stored": stored, "days": days}

    def subject() -> str:
        return _("%(firm)s: certyfikat KSeF wygasa za %(days)s dni") % {"firm": company.name, "days": days}

    template = "connection/certificates/warning.txt"
    results = [letters.write(person, subject, template, values) for person in letters.owners(company)]
    return any(results) or not results or not settings.LICZYDLO_SENDS_MAIL


@registry.job(JOB)
def keep(claim: Claim) -> dt.datetime | None:
    """Carry on a sign-in under way, write to owners, ask KSeF, renew; when to run again. Raises Later, ClaimLost."""
    claim.step("certificates.claimed")
    company = claim.company
    row = signin.underway(company)
    if row is not None and not signin.carry_on(claim, company, row):
        raise _not_yet()
    if not renewal.watched(company):
        return None
    send_notices(company, clock=claim.clock)
    answered = status.look(company, clock=claim.clock)
    if not renewal.renew(claim, company):
        raise _not_yet()
    return claim.clock() + (EVERY if answered else UNANSWERED)


def once_connected(company: Company, **_: object) -> None:
    """A new connection is watched from now on."""
    registry.enqueue(company.pk, JOB, at=times.now() + EVERY)


def _not_yet() -> Later:
    """KSeF is still deciding on a login or a certificate."""
    return Later(None, first=POLL, longest=LONGEST_POLL)
