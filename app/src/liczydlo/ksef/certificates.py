"""KSeF certificates: asking for them, fetching, listing, revoking (guide ``certyfikaty-KSeF.md``)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from liczydlo.ksef.conversation import Conversation, Request, part
from liczydlo.ksef.credentials import Purpose
from liczydlo.ksef.enrollment import EnrollmentData
from liczydlo.ksef.operations import OperationStatus, poll
from liczydlo.ksef.runner import Runner

RevocationReason = Literal["Unspecified", "Superseded", "KeyCompromise"]
CertificateStatus = Literal["Active", "Blocked", "Revoked", "Expired"]

_PAGE: Final = 50
_AT_ONCE: Final = 10  # certificates in one retrieval


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How many there may be, and how many are left."""

    limit: int
    remaining: int


@dataclass(frozen=True, kw_only=True)
class CertificateLimits:
    """What the logged-in subject may still ask for."""

    can_request: bool
    enrollment: Limit
    certificate: Limit


@dataclass(frozen=True, kw_only=True)
class EnrollmentStatus(OperationStatus):
    """Where a certificate request stands: 100 in progress, 200 issued."""

    requested: datetime
    serial: str | None

    @property
    def finished(self) -> bool:
        """Whether the certificate has been issued."""
        return self.serial is not None


@dataclass(frozen=True, kw_only=True)
class IssuedCertificate:
    """A certificate as fetched; ``certificate`` is DER."""

    serial: str
    name: str
    purpose: str
    certificate: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class CertificateInfo:
    """A certificate as listed."""

    serial: str
    name: str
    purpose: str
    common_name: str
    status: str
    subject_kind: str
    subject_value: str
    valid_from: datetime
    valid_to: datetime
    last_used: datetime | None
    requested: datetime


def limits() -> Conversation[CertificateLimits]:
    """``GET /certificates/limits``: how many requests and certificates the context still has."""
    answer = yield Request(method="GET", path="/certificates/limits")
    node = answer.object()
    enrollment, certificate = node.node("enrollment"), node.node("certificate")
    return CertificateLimits(
        can_request=node.flag("canRequest"),
        enrollment=Limit(limit=enrollment.integer("limit"), remaining=enrollment.integer("remaining")),
        certificate=Limit(limit=certificate.integer("limit"), remaining=certificate.integer("remaining")),
    )


def enrollment_data() -> Conversation[EnrollmentData]:
    """``GET /certificates/enrollments/data``: the name that the request must carry."""
    answer = yield Request(method="GET", path="/certificates/enrollments/data")
    node = answer.object()
    return EnrollmentData(
        common_name=node.text("commonName"),
        country_name=node.text("countryName"),
        given_name=node.optional_text("givenName"),
        surname=node.optional_text("surname"),
        serial_number=node.optional_text("serialNumber"),
        unique_identifier=node.optional_text("uniqueIdentifier"),
        organization_name=node.optional_text("organizationName"),
        organization_identifier=node.optional_text("organizationIdentifier"),
    )


def request(name: str, purpose: Purpose, csr: bytes, valid_from: datetime | None = None) -> Conversation[str]:
    """``POST /certificates/enrollments``; the CSR is DER. Returns the request's reference."""
    body: dict[str, str] = {
        "certificateName": name,
        "certificateType": purpose,
        "csr": base64.b64encode(csr).decode("ascii"),
    }
    if valid_from is not None:
        body["validFrom"] = valid_from.isoformat()
    answer = yield Request(method="POST", path="/certificates/enrollments", json=body)
    return answer.object().text("referenceNumber")


def status(reference: str) -> Conversation[EnrollmentStatus]:
    """``GET /certificates/enrollments/{referenceNumber}``."""
    answer = yield Request(method="GET", path=f"/certificates/enrollments/{part(reference)}")
    node = answer.object()
    state = node.node("status")
    return EnrollmentStatus(
        code=state.integer("code"),
        description=state.text("description"),
        details=state.texts("details"),
        requested=node.moment("requestDate"),
        serial=node.optional_text("certificateSerialNumber"),
    )


def retrieve(serials: Sequence[str]) -> Conversation[tuple[IssuedCertificate, ...]]:
    """``POST /certificates/retrieve``, ten at a time."""
    certificates: list[IssuedCertificate] = []
    for start in range(0, len(serials), _AT_ONCE):
        answer = yield Request(
            method="POST",
            path="/certificates/retrieve",
            json={"certificateSerialNumbers": list(serials[start : start + _AT_ONCE])},
            repeatable=True,
        )
        certificates += (
            IssuedCertificate(
                serial=item.text("certificateSerialNumber"),
                name=item.text("certificateName"),
                purpose=item.text("certificateType"),
                certificate=item.octets("certificate"),
            )
            for item in answer.object().nodes("certificates")
        )
    return tuple(certificates)


def query(
    *, purpose: Purpose | None = None, status: CertificateStatus | None = None, name: str | None = None
) -> Conversation[tuple[CertificateInfo, ...]]:
    """``POST /certificates/query``, all pages."""
    filters = {"type": purpose, "status": status, "name": name}
    listed: list[CertificateInfo] = []
    page = 0
    while True:
        answer = yield Request(
            method="POST",
            path="/certificates/query",
            query={"pageSize": str(_PAGE), "pageOffset": str(page)},
            json={key: value for key, value in filters.items() if value is not None},
            repeatable=True,
        )
        node = answer.object()
        for item in node.nodes("certificates"):
            subject = item.node("subjectIdentifier")
            listed.append(
                CertificateInfo(
                    serial=item.text("certificateSerialNumber"),
                    name=item.text("name"),
                    purpose=item.text("type"),
                    common_name=item.text("commonName"),
                    status=item.text("status"),
                    subject_kind=subject.text("type"),
                    subject_value=subject.text("value"),
                    valid_from=item.moment("validFrom"),
                    valid_to=item.moment("validTo"),
                    last_used=item.optional_moment("lastUseDate"),
                    requested=item.moment("requestDate"),
                )
            )
        if not node.flag("hasMore"):
            return tuple(listed)
        page += 1


def revoke(serial: str, reason: RevocationReason = "Unspecified") -> Conversation[None]:
    """``POST /certificates/{certificateSerialNumber}/revoke``: there is no way back."""
    yield Request(
        method="POST",
        path=f"/certificates/{part(serial)}/revoke",
        json={"revocationReason": reason},
        expects="nothing",
    )


def issued(reference: str, patience: float) -> Conversation[IssuedCertificate]:
    """Poll a request until it is decided, and fetch the certificate."""

    def ask() -> Conversation[str | None]:
        state = yield from status(reference)
        state.raise_if_failed(reference, "certificate")
        return state.serial

    serial = yield from poll(ask, patience, reference)
    (certificate,) = yield from retrieve([serial])
    return certificate


class CertificateOperations(Runner):
    """KSeF certificates of the logged-in subject."""

    def certificate_limits(self) -> CertificateLimits:
        """How many certificates the logged-in subject may have and ask for."""
        return self._run(limits())

    def enrollment_data(self) -> EnrollmentData:
        """The name that a certificate request must carry."""
        return self._run(enrollment_data())

    def request_certificate(
        self, name: str, kind: Purpose, csr: bytes, valid_from: datetime | None = None
    ) -> str:
        """Ask for a certificate; the CSR is DER. Returns the request's reference."""
        return self._run(request(name, kind, csr, valid_from))

    def enrollment_status(self, reference: str) -> EnrollmentStatus:
        """Where a certificate request stands."""
        return self._run(status(reference))

    def wait_for_certificate(self, reference: str, *, patience: float = 60.0) -> IssuedCertificate:
        """Wait until the request is decided and fetch the certificate.

        Raises :class:`Refused` for a rejected request, :class:`Unavailable` ``not-finished`` after
        ``patience`` seconds.
        """
        return self._run(issued(reference, patience))

    def retrieve_certificates(self, serials: Sequence[str]) -> tuple[IssuedCertificate, ...]:
        """Certificates by serial number."""
        return self._run(retrieve(serials))

    def query_certificates(
        self,
        *,
        kind: Purpose | None = None,
        status: CertificateStatus | None = None,
        name: str | None = None,
    ) -> tuple[CertificateInfo, ...]:
        """The subject's certificates, all that fit."""
        return self._run(query(purpose=kind, status=status, name=name))

    def revoke_certificate(self, serial: str, reason: RevocationReason = "Unspecified") -> None:
        """Revoke a certificate for good."""
        self._run(revoke(serial, reason))
