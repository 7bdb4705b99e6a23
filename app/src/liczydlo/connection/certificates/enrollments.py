"""Carrying an enrollment on, whatever was interrupted: KSeF is never asked twice for one.

Before KSeF is asked, the key, the request and the count of requests that KSeF has left are committed. After an answer
that was lost the program looks: a certificate of this name, or a count that went down, means that KSeF was asked.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import logging
import secrets
from collections.abc import Callable, Iterable

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from liczydlo import ksef
from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.companies.models import Company, User
from liczydlo.connection import vault
from liczydlo.connection.models import OPEN_STATES, Enrollment, EnrollmentState, Purpose
from liczydlo.web.reasons import Reason

log = logging.getLogger(__name__)
Clock = Callable[[], dt.datetime]
Step = Callable[[str], None]
JOB = "certificates"
"""The one kind of work that asks KSeF for certificates: a claim of it is what keeps two from asking for the same."""
PATIENCE = dt.timedelta(minutes=15)
"""How long a request whose answer was lost may stay unseen in KSeF before it is made again."""
_WORDS = {Purpose.AUTHENTICATION: "uwierzytelnienie", Purpose.OFFLINE: "offline"}

WRONG_KEY = Reason("wrong-key")


class NotIssued(Exception):
    """KSeF will not issue the certificate; the request is closed with this ``reason``."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


@sensitive_variables()
def prepare(
    company: Company,
    purpose: Purpose,
    data: ksef.EnrollmentData,
    *,
    by: User | None,
    clock: Clock,
    renewal: bool = False,
) -> Enrollment:
    """The company's open request of this purpose, or a new one with a new key.

    An open request for another person's data (somebody else has signed since) is given up first. ``renewal``: the
    company's own login asks for it.
    """
    subject = hashlib.sha256(json.dumps(dataclasses.asdict(data), sort_keys=True).encode()).hexdigest()
    with transaction.atomic():
        Company.objects.select_for_update().get(pk=company.pk)
        open_enrollments = Enrollment.objects.of(company).filter(
            environment=company.environment, purpose=purpose, state__in=OPEN_STATES
        )
        unfinished: Enrollment | None = open_enrollments.first()
        if unfinished is not None and unfinished.subject == subject:
            _save(unfinished, renewal=renewal)
            return unfinished
        open_enrollments.update(state=EnrollmentState.GIVEN_UP, sealed_key=b"")
        key = ksef.new_private_key()
        row = Enrollment(
            company=company,
            environment=company.environment,
            purpose=purpose,
            name=f"Liczydło {_WORDS[purpose]} {clock():%Y-%m-%d} {secrets.token_hex(4)}",
            subject=subject,
            csr=ksef.build_csr(key, data),
            made_by=by,
            renewal=renewal,
        )
        row.sealed_key = vault.seal(
            key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), **row.label
        )
        row.save(force_insert=True)
    return row


def carry_on(row: Enrollment, client: ksef.Client, *, step: Step, clock: Clock) -> bool:
    """Take the request as far as KSeF lets it; whether the certificate has been issued and is here.

    False: ask again in a while. ``step`` is called before each effect. Raises NotIssued, and KsefError when KSeF could
    not be asked.
    """
    if row.state == EnrollmentState.PREPARED and not _ask(row, client, step, clock):
        return False
    if row.state == EnrollmentState.SENT and not _fetch(row, client, step):
        return False
    return row.state in (EnrollmentState.ISSUED, EnrollmentState.IN_USE)


@sensitive_variables()
def credential_of(row: Enrollment) -> ksef.Credential:
    """The issued certificate with its key. Raises vault.VaultError."""
    key = load_der_private_key(vault.unseal(bytes(row.sealed_key), **row.label), password=None)
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    return ksef.Credential(
        private_key=key, certificate=x509.load_der_x509_certificate(bytes(row.certificate))
    )


def _ask(row: Enrollment, client: ksef.Client, step: Step, clock: Clock) -> bool:
    """Make sure that KSeF has been asked exactly once; whether it has."""
    step("certificate.limits")
    limits = client.certificate_limits()
    if row.asked_at is not None:
        if row.asked_at > clock():  # written by a clock that was wrong: the patience would have no end
            _save(row, asked_at=clock())
        if (serial := _serial_of(row, client)) is not None:
            _save(row, serial=serial, state=EnrollmentState.SENT)
            return True
        is_counted = row.remaining_before is not None and limits.enrollment.remaining < row.remaining_before
        if is_counted and clock() < row.asked_at + PATIENCE:
            return False
        log.info("request %s never reached KSeF; asking again", row.name)
    elif not limits.can_request and (full := used_up(limits, client.query_certificates())) is not None:
        raise _closed(row, full)
    _save(row, asked_at=clock(), remaining_before=limits.enrollment.remaining)
    step("certificate.ask")
    try:
        reference = client.request_certificate(row.name, _kind(row), bytes(row.csr))
    except ksef.Refused as refusal:
        raise _closed(row, Reason.of(refusal)) from refusal
    step("certificate.asked")
    with transaction.atomic():
        _save(row, reference=reference, state=EnrollmentState.SENT)
        _log(row, Action.CERTIFICATE_REQUESTED, reference=reference)
    return True


def _serial_of(row: Enrollment, client: ksef.Client) -> str | None:
    """The serial number of the certificate that a lost request brought about."""
    listed = client.query_certificates(kind=_kind(row), name=row.name)
    return next((one.serial for one in listed if one.name == row.name), None)


def _fetch(row: Enrollment, client: ksef.Client, step: Step) -> bool:
    """Bring the certificate in, once it has been issued; whether it has."""
    step("certificate.status")
    if not row.serial:
        status = client.enrollment_status(row.reference)
        try:
            status.raise_if_failed(row.reference, "certificate")
        except ksef.Refused as refusal:
            raise _closed(row, Reason.of(refusal)) from refusal
        if status.serial is None:
            return False
        _save(row, serial=status.serial)
    step("certificate.fetch")
    (issued,) = client.retrieve_certificates([row.serial])
    request = x509.load_der_x509_csr(bytes(row.csr))
    if x509.load_der_x509_certificate(issued.certificate).public_key() != request.public_key():
        raise _closed(row, WRONG_KEY)
    step("certificate.fetched")
    with transaction.atomic():
        _save(row, certificate=issued.certificate, state=EnrollmentState.ISSUED)
        _log(row, Action.CERTIFICATE_ISSUED, reference=row.reference, serial=row.serial)
    return True


def _kind(row: Enrollment) -> ksef.Purpose:
    return "Offline" if row.purpose == Purpose.OFFLINE else "Authentication"


def _closed(row: Enrollment, reason: Reason) -> NotIssued:
    log.warning("request %s is refused: %s %s", row.name, reason.code, reason.ksef_code)
    with transaction.atomic():
        _save(row, state=EnrollmentState.REFUSED, reason_json=reason.as_json(), sealed_key=b"")
        _log(row, Action.CERTIFICATE_REFUSED, reference=reason.reference, reason=reason.code)
    return NotIssued(reason)


def _log(row: Enrollment, action: Action, *, reference: str, serial: str = "", reason: str = "") -> None:
    audit.log(
        row.company,
        action,
        by=row.made_by,
        reference=reference,
        purpose=row.purpose,
        name=row.name,
        serial=serial,
        reason=reason,
    )


def _save(row: Enrollment, **values: object) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def used_up(limits: ksef.CertificateLimits, certificates: Iterable[ksef.CertificateInfo]) -> Reason | None:
    """Why KSeF takes no more requests, with the day that it will; None while it does.

    The limit of valid certificates has room again when the first of ``certificates`` ends. KSeF does not tell when
    that of requests has; the Ministry raises it when asked to.
    """
    if limits.can_request:
        return None
    if limits.certificate.remaining <= 0:
        return _certificates(limits.certificate.limit, certificates)
    return Reason("request-limit", {"limit": limits.enrollment.limit})


def _certificates(limit: int, certificates: Iterable[ksef.CertificateInfo]) -> Reason:
    ends = [one.valid_to for one in certificates if one.status == "Active"]
    if not ends:
        return Reason("certificate-limit", {"limit": limit, "room": None})
    day = f"{timezone.localtime(min(ends)):%Y-%m-%d}"
    room = Reason("certificate-limit-room", {"date": day}).as_json()
    return Reason("certificate-limit", {"limit": limit, "room": room})
