"""KSeF's own word on the company's certificates (guide ``certyfikaty-KSeF.md``): asked by schedule, by the pages that
list them, and before an offline invoice is issued; kept with its time.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from liczydlo import ksef
from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.connection.errors import NotConnected
from liczydlo.connection.models import VOID, StoredCertificate
from liczydlo.connection.signals import certificate_void, certificates_listed
from liczydlo.web import times

Clock = Callable[[], dt.datetime]
TIMEOUT: Final = 2.0
"""Seconds that KSeF has for a step of an answer while somebody stands at the counter."""
FRESH: Final = dt.timedelta(minutes=10)
"""KSeF's word that is not older is taken as it is when an invoice is issued."""
ASK_AGAIN_AFTER: Final = dt.timedelta(minutes=1)
"""After a question without an answer the next invoice does not wait for another."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Hit:
    """What depends on a certificate: ``text`` for people, ``url`` where it is."""

    text: str
    url: str


def look(company: Company, *, clock: Clock = times.now) -> bool:
    """Ask KSeF for the statuses of certificates and store them; False when it did not answer."""
    return _ask(company, clock, patience=10.0)


def look_briefly(
    company: Company, stored: StoredCertificate, *, clock: Clock = times.now
) -> StoredCertificate:
    """The certificate with KSeF's word of now, where KSeF answers within a moment. Its silence stops nobody.

    A word of the last minutes is good enough, and what stayed silent a moment ago is not asked again.
    """
    now = clock()
    fresh = stored.checked_at is not None and now - FRESH <= stored.checked_at <= now
    recent = stored.asked_at is not None and now - ASK_AGAIN_AFTER <= stored.asked_at <= now
    if fresh or recent:
        return stored
    _ask(company, clock, patience=0.0, timeout=TIMEOUT)
    row: StoredCertificate | None = _stored(company, stored.serial).first()
    return row or stored


def keep(company: Company, listed: Iterable[ksef.CertificateInfo], *, at: dt.datetime) -> None:
    """Store the statuses of certificates that KSeF has listed."""
    note(company, {one.serial.upper(): one.status for one in listed}, at=at)


def note(company: Company, statuses: Mapping[str, str], *, at: dt.datetime) -> None:
    """Store KSeF's statuses, by serial number, of the certificates stored here and of what depends on them.

    A certificate that KSeF stops honouring is a line of the audit log, once.
    """
    with transaction.atomic():
        for stored in StoredCertificate.objects.of(company).filter(environment=company.environment):
            status = statuses.get(stored.serial.upper())
            if status is None:
                continue
            unchanged = StoredCertificate.objects.filter(pk=stored.pk, fingerprint=stored.fingerprint)
            honoured = unchanged.exclude(ksef_status__in=VOID)
            if status in VOID and honoured.update(ksef_status=status):
                log.warning("company %s: KSeF says %s of certificate %s", company.pk, status, stored.serial)
                audit.log(
                    company,
                    Action.CERTIFICATE_VOID,
                    purpose=stored.purpose,
                    serial=stored.serial,
                    reason=status,
                )
            unchanged.update(ksef_status=status, checked_at=at, asked_at=at)
        certificates_listed.send(
            sender=StoredCertificate,
            company=company,
            environment=company.environment,
            statuses=dict(statuses),
            at=at,
        )


def hits(company: Company, serial: str) -> list[Hit]:
    """What depends on a certificate that KSeF no longer honours."""
    answers: list[Any] = certificate_void.send(sender=StoredCertificate, company=company, serial=serial)
    return [answer for _receiver, answer in answers if isinstance(answer, Hit)]


def _ask(company: Company, clock: Clock, *, patience: float, timeout: float | None = None) -> bool:
    listed: tuple[ksef.CertificateInfo, ...] | None = None
    try:
        with clients.client(company, clock=clock, patience=patience, timeout=timeout) as client:
            listed = client.query_certificates()
    except (NotConnected, ksef.KsefError) as error:
        log.info("company %s: KSeF says nothing of certificates: %s", company.pk, error.code)
    # also of one that is not listed, for it is another subject's
    StoredCertificate.objects.of(company).filter(environment=company.environment).update(asked_at=clock())
    if listed is not None:
        keep(company, listed, at=clock())
    return listed is not None


def _stored(company: Company, serial: str) -> QuerySet[StoredCertificate]:
    rows: QuerySet[StoredCertificate] = StoredCertificate.objects.of(company)
    return rows.filter(environment=company.environment, serial=serial)
