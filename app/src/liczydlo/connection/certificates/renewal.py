"""New certificates in place of those near their end; an old one stays until KSeF has let the new one in.

An old certificate is not revoked: invoices that were issued offline carry its signature in KOD II, which KSeF checks
whenever somebody scans it.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import QuerySet
from django.views.decorators.debug import sensitive_variables

from liczydlo import ksef
from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.companies.models import Company, User
from liczydlo.connection import clients, vault
from liczydlo.connection.certificates import enrollments
from liczydlo.connection.credentials import storing
from liczydlo.connection.errors import NotConnected, NotStored
from liczydlo.connection.models import OPEN_STATES, Enrollment, EnrollmentState, Purpose, StoredCertificate
from liczydlo.connection.signals import connected
from liczydlo.connection.waiting import later
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim
from liczydlo.web import times

log = logging.getLogger(__name__)
Clock = Callable[[], dt.datetime]
AHEAD = dt.timedelta(days=45)
"""A certificate is renewed this long before its end."""
RETRY_AFTER = dt.timedelta(hours=20)
"""After a refusal KSeF is not asked by itself again before this."""


def watched(company: Company) -> QuerySet[StoredCertificate]:
    """The certificates of the company's present connection."""
    rows: QuerySet[StoredCertificate] = StoredCertificate.objects.of(company).filter(
        environment=company.environment
    )
    return rows


def ask(company: Company, purpose: Purpose, *, by: User | None, clock: Clock = times.now) -> Enrollment:
    """Begin a renewal that somebody wants now; the job carries it on. Raises NotConnected, KsefError."""
    with clients.client(company, clock=clock) as client:
        data = client.enrollment_data()
    row = enrollments.prepare(company, purpose, data, by=by, clock=clock, renewal=True)
    registry.enqueue(company.pk, enrollments.JOB, clock=clock)
    return row


def underway(company: Company) -> QuerySet[Enrollment]:
    """Renewals that are being carried on."""
    rows: QuerySet[Enrollment] = Enrollment.objects.of(company).filter(
        environment=company.environment, renewal=True, state__in=OPEN_STATES
    )
    return rows


def purposes_due(company: Company, now: dt.datetime) -> list[Purpose]:
    """Purposes whose certificate KSeF issued, is near its end, and was not refused a new one lately."""
    mine = Enrollment.objects.of(company).filter(environment=company.environment, renewal=True)
    lately = set(
        mine.filter(state=EnrollmentState.REFUSED, asked_at__range=(now - RETRY_AFTER, now)).values_list(
            "purpose", flat=True
        )
    )
    return [
        Purpose(stored.purpose)
        for stored in watched(company)
        if stored.issued_by_ksef and stored.purpose not in lately and now < stored.not_after <= now + AHEAD
    ]


def renew(claim: Claim, company: Company) -> bool:
    """Begin what is due and carry on what was begun; whether nothing is left. Raises Later, ClaimLost."""
    purposes = purposes_due(company, claim.clock())
    if not purposes and not underway(company).exists():
        return True
    try:
        with clients.client(company, clock=claim.clock) as client:
            for purpose in purposes:
                claim.step("renew.data")
                enrollments.prepare(
                    company, purpose, client.enrollment_data(), by=None, clock=claim.clock, renewal=True
                )
            done = [_carry_on(claim, company, row, client) for row in underway(company)]
            return all(done)
    except NotConnected as error:
        log.info("company %s: nothing to renew with: %s", company.pk, error.code)
        return True
    except ksef.KsefError as error:
        raise later(error, company, clock=claim.clock) from error


def _carry_on(claim: Claim, company: Company, row: Enrollment, client: ksef.Client) -> bool:
    try:
        before = row.state
        issued = enrollments.carry_on(row, client, step=claim.step, clock=claim.clock)
        if row.state != before:
            claim.progressed()
        if not issued:
            return False
        _put_in_place(claim, company, row)
    except enrollments.NotIssued as refusal:
        log.warning("company %s: no new certificate: %s", company.pk, refusal.reason.code)
    except (vault.VaultError, NotStored) as error:
        log.warning("company %s: the new certificate is not used: %s", company.pk, error.code)
        row.state, row.sealed_key = EnrollmentState.GIVEN_UP, b""
        row.save(update_fields=["state", "sealed_key"])
    return True


@sensitive_variables()
def _put_in_place(claim: Claim, company: Company, row: Enrollment) -> None:
    """The new certificate instead of the old one, once it has proved itself."""
    credential = enrollments.credential_of(row)
    purpose = Purpose(row.purpose)
    tokens = None
    if purpose == Purpose.AUTHENTICATION:
        claim.step("renew.prove")
        with clients.client_with(company, credential, clock=claim.clock) as client:
            tokens = client.login()
    claim.step("renew.store")
    with transaction.atomic():
        storing.keep(company, credential, purpose, row.made_by, proved_at=claim.clock())
        if tokens is not None:
            storing.keep_login(company, credential, tokens)
        row.state, row.sealed_key = EnrollmentState.IN_USE, b""
        row.save(update_fields=["state", "sealed_key"])
        audit.log(
            company,
            Action.CERTIFICATE_RENEWED,
            by=row.made_by,
            reference=row.reference,
            clock=claim.clock,
            purpose=row.purpose,
            serial=row.serial,
        )
    log.info("company %s: certificate %s is in place (%s)", company.pk, credential.serial, purpose)
    connected.send(sender=Enrollment, company=company)
