"""The person of a ZAW-FA may manage permissions and nothing else; the program gives them those to invoices itself.

Rozporządzenie w sprawie korzystania z KSeF (Dz.U. 2025 poz. 1815) § 3; guide ``uprawnienia.md``.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Final

from liczydlo import ksef
from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.connection.errors import NotConnected
from liczydlo.connection.models import Purpose
from liczydlo.connection.signals import connected
from liczydlo.connection.waiting import later
from liczydlo.jobs import registry
from liczydlo.jobs.claims import Claim
from liczydlo.jobs.models import Job
from liczydlo.ksef.permissions import PersonPermission
from liczydlo.web.reasons import Reason

log = logging.getLogger(__name__)
JOB: Final = "permissions.own"
NEEDED: Final[tuple[PersonPermission, ...]] = ("InvoiceRead", "InvoiceWrite")
DESCRIPTION: Final = "Praca w programie Liczydło"
PATIENCE: Final = 30.0  # seconds that KSeF's decision is waited for


@registry.job(JOB)
def complete(claim: Claim) -> dt.datetime | None:
    """Give the company's login the permissions to invoices that it lacks and may give. Raises Later, ClaimLost.

    Whoever manages nothing, and whose certificate names neither a PESEL nor a NIP, is left alone: „Czy jestem gotowy?"
    tells what is missing. Done twice it does nothing the second time, for KSeF is asked first.
    """
    company = claim.company
    stored = clients.certificate(company, Purpose.AUTHENTICATION)
    if stored is None:
        return None
    holder = stored.holder
    try:
        if isinstance(clients.credential(company, clock=claim.clock)[1], ksef.KsefToken):
            return None
        with clients.client(company, clock=claim.clock) as client:
            own = client.own_permissions()
            lacking = [name for name in NEEDED if name not in own.names]
            if own.is_owner or not lacking or "CredentialsManage" not in own.names:
                return None
            if not holder.pesel and not holder.nip:
                return None
            number = (
                ksef.Identifier(kind="Pesel", value=holder.pesel)
                if holder.pesel
                else ksef.Identifier(kind="Nip", value=holder.nip)
            )
            person = ksef.Person(identifier=number, first_name=holder.first_name, last_name=holder.surname)
            reference = client.grant(ksef.GrantRequest.person(person, lacking, DESCRIPTION))
            client.wait_for_permission(reference, patience=PATIENCE)
    except NotConnected:
        return None
    except ksef.KsefError as error:
        raise later(error, company, clock=claim.clock) from error
    audit.log(
        company,
        Action.GRANTED,
        by=stored.added_by,
        reference=reference,
        clock=claim.clock,
        to=holder.name,
        permissions=", ".join(lacking),
    )
    log.info("company %s: its login has permissions to invoices now", company.pk)
    clients.drop_login(company)
    connected.send(sender=Job, company=company)
    return None


def once_connected(company: Company, **_: object) -> None:
    """A new connection is looked at once."""
    registry.enqueue(company.pk, JOB)


def blocked_by(company: Company) -> Reason | None:
    """Why the program could not give itself the permissions yet, if it tried."""
    job = Job.objects.of(company).filter(name=JOB).first()
    return job.reason if job else None


def is_settled(company: Company) -> bool:
    """Whether the last connection has been looked at."""
    job = Job.objects.of(company).filter(name=JOB).first()
    return job is not None and job.due_at is None and job.reason is None


def own_identifiers(company: Company) -> set[ksef.Identifier]:
    """Who the program is to KSeF when it logs in for the company: by the certificate's number, or its fingerprint."""
    stored = clients.certificate(company, Purpose.AUTHENTICATION)
    if stored is None:
        return set()
    holder = stored.holder
    mine = {ksef.Identifier(kind="Fingerprint", value=stored.fingerprint)}
    if holder.pesel:
        mine.add(ksef.Identifier(kind="Pesel", value=holder.pesel))
    if holder.nip:
        mine.add(ksef.Identifier(kind="Nip", value=holder.nip))
    return mine
