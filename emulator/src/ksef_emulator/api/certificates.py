"""Certificates of KSeF: the seven operations (ksef-docs certyfikaty-KSeF.md)."""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Response

from .. import problems
from ..login import csr
from ..model.identity.certificate import (
    Certificate,
    CertificateLimit,
    CertificateStatus,
    EnrollmentLimit,
    Filter,
    RefusedRequest,
)
from ..model.time.moments import timestamp
from .contract.certificates import (
    EnrollCertificateRequest,
    QueryCertificatesRequest,
    RetrieveCertificatesRequest,
    RevokeCertificateRequest,
    TestDataUpdateCertificateRequest,
)
from .parameters import PageOffset, PageSize50, Reference
from .security import Caller, CurrentEmulator

FURTHEST_START = timedelta(days=90)
SERIAL: dict[str, Any] = {"min_length": 16, "max_length": 16, "pattern": "^[0-9A-F]{16}$"}

router = APIRouter(tags=["Certyfikaty"])


@router.get("/certificates/limits")
def certificate_limits(emulator: CurrentEmulator, principal: Caller) -> dict[str, Any]:
    requests, owned = emulator.certificates.remaining(principal.subject)
    most = emulator.limits.subject(principal.subject)
    return {
        "canRequest": requests > 0 and owned > 0,
        "enrollment": {"remaining": requests, "limit": most.enrollments},
        "certificate": {"remaining": owned, "limit": most.certificates},
    }


@router.get("/certificates/enrollments/data")
def enrollment_data(principal: Caller) -> dict[str, str]:
    if principal.certificate is None:
        raise problems.no_enrollment_data()
    return csr.data(principal.certificate)


@router.post("/certificates/enrollments", status_code=202)
def enrol_certificate(
    body: EnrollCertificateRequest, emulator: CurrentEmulator, principal: Caller
) -> dict[str, Any]:
    try:
        der = base64.b64decode(body.csr, validate=True)
    except (binascii.Error, ValueError) as error:
        raise problems.bad_csr() from error
    if principal.certificate is None:
        raise problems.no_enrollment()
    request = csr.read(der, principal.certificate)
    try:
        enrolment = emulator.certificates.enrol(
            principal.subject,
            name=body.certificateName,
            usage=body.certificateType.value,
            request=request,
            valid_from=_start(body.validFrom, emulator.clock.now()),
        )
    except EnrollmentLimit as error:
        raise problems.enrollment_limit() from error
    except CertificateLimit as error:
        raise problems.certificate_limit() from error
    return {"referenceNumber": enrolment.reference, "timestamp": timestamp(enrolment.requested)}


@router.get("/certificates/enrollments/{referenceNumber}")
def enrollment_status(reference: Reference, emulator: CurrentEmulator, principal: Caller) -> dict[str, Any]:
    enrollment = emulator.certificates.by_reference(principal.subject, reference)
    if enrollment is None:
        raise problems.no_such_enrollment()
    answer: dict[str, Any] = {"requestDate": timestamp(enrollment.requested), "status": _status(enrollment)}
    if isinstance(enrollment, Certificate) and enrollment.issued:
        answer["certificateSerialNumber"] = enrollment.serial
    return answer


@router.post("/certificates/retrieve")
def retrieve_certificates(
    body: RetrieveCertificatesRequest, emulator: CurrentEmulator, principal: Caller
) -> dict[str, Any]:
    search = (
        emulator.certificates.owned(principal.subject, serial) for serial in body.certificateSerialNumbers
    )
    return {
        "certificates": [
            {
                "certificate": base64.b64encode(certificate.certificate).decode(),
                "certificateName": certificate.name,
                "certificateSerialNumber": certificate.serial,
                "certificateType": certificate.usage,
            }
            for certificate in search
            if certificate is not None
        ]
    }


@router.post("/certificates/{certificateSerialNumber}/revoke", status_code=204)
def revoke_certificate(
    serial: Annotated[str, Path(alias="certificateSerialNumber", **SERIAL)],
    emulator: CurrentEmulator,
    principal: Caller,
    body: Annotated[RevokeCertificateRequest | None, Body()] = None,
) -> Response:
    certificate = emulator.certificates.owned(principal.subject, serial)
    if certificate is None:
        raise problems.no_such_certificate()
    if certificate.status(emulator.clock.now()) is not CertificateStatus.ACTIVE:
        raise problems.not_revocable()
    emulator.certificates.revoke(serial, (body and body.revocationReason) or "Unspecified")
    return Response(status_code=204)


@router.post("/certificates/query")
def query_certificates(
    emulator: CurrentEmulator,
    principal: Caller,
    body: Annotated[QueryCertificatesRequest | None, Body()] = None,
    size: PageSize50 = 10,
    page: PageOffset = 0,
) -> dict[str, Any]:
    filters = body or QueryCertificatesRequest()
    search = Filter(
        serial=filters.certificateSerialNumber,
        name=filters.name,
        usage=filters.type,
        status=CertificateStatus(filters.status) if filters.status else None,
        expires_after=_aware(filters.expiresAfter),
    )
    matching, start = emulator.certificates.query(principal.subject, search), page * size
    now = emulator.clock.now()
    return {
        "certificates": [_item(certificate, now) for certificate in matching[start : start + size]],
        "hasMore": len(matching) > start + size,
    }


@router.put("/testdata/certificates/{serialNumber}")
def shorten_certificate(
    serial: Annotated[str, Path(alias="serialNumber", **SERIAL)],
    body: TestDataUpdateCertificateRequest,
    emulator: CurrentEmulator,
    principal: Caller,
) -> dict[str, Any]:
    certificate = emulator.certificates.owned(principal.subject, serial)
    if certificate is None:
        raise problems.no_such_certificate()
    until = _aware(body.validTo)
    if until is None or until > certificate.valid_to:
        raise problems.invalid_input("validTo: Data nie może być późniejsza niż obecna.")
    emulator.certificates.shorten(serial, until)
    return {}


def _status(enrollment: Certificate | RefusedRequest) -> dict[str, Any]:
    if isinstance(enrollment, RefusedRequest) and enrollment.decided:
        return {"code": 400, "description": "Wniosek odrzucony", "details": [enrollment.reason]}
    if isinstance(enrollment, Certificate) and enrollment.issued:
        return {"code": 200, "description": "Wniosek obsłużony (certyfikat wygenerowany)"}
    return {"code": 100, "description": "Wniosek przyjęty do realizacji"}


def _item(certificate: Certificate, now: datetime) -> dict[str, Any]:
    return {
        "certificateSerialNumber": certificate.serial,
        "name": certificate.name,
        "type": certificate.usage,
        "commonName": certificate.common_name,
        "status": certificate.status(now),
        "subjectIdentifier": {"type": certificate.subject.type, "value": certificate.subject.value},
        "validFrom": timestamp(certificate.valid_from),
        "validTo": timestamp(certificate.valid_to),
        "lastUseDate": timestamp(certificate.used) if certificate.used else None,
        "requestDate": timestamp(certificate.requested),
    }


def _start(filters: datetime | None, now: datetime) -> datetime:
    """When the certificate begins: never before it is issued. Raises problem 21405 when that is too far away."""
    start = max(now, _aware(filters) or now)
    if start > now + FURTHEST_START:
        raise problems.invalid_input(f"validFrom: Najpóźniej za {FURTHEST_START.days} dni.")
    return start


def _aware(moment: datetime | None) -> datetime | None:
    """A moment without a zone is UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
