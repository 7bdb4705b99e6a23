"""What a certificate of KSeF and a request for one are; their register is in ``certificates``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .ca import Usage
from .subjects import Subject


class CertificateStatus(StrEnum):
    """``CertificateListItemStatus``."""

    ACTIVE = "Active"
    BLOCKED = "Blocked"
    REVOKED = "Revoked"
    EXPIRED = "Expired"


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """One row of the register; ``certificate`` is DER."""

    reference: str
    requested: datetime
    subject: Subject
    name: str
    usage: Usage
    common_name: str
    serial: str
    certificate: bytes
    valid_from: datetime
    valid_to: datetime
    revoked: datetime | None
    used: datetime | None
    issued: bool
    """Whether the asynchronous work is done, so that the owner sees it."""
    revoking: bool = False
    """Whether its revocation still goes on: it opens nothing already."""

    def status(self, now: datetime) -> CertificateStatus:
        """Its status at a moment."""
        if self.revoked is not None:
            return CertificateStatus.BLOCKED if self.revoking else CertificateStatus.REVOKED
        return CertificateStatus.EXPIRED if now > self.valid_to else CertificateStatus.ACTIVE


@dataclass(frozen=True, kw_only=True)
class RefusedRequest:
    """A request that was taken in and then refused, once ``decided``: status 400 with the reason."""

    reference: str
    requested: datetime
    subject: Subject
    reason: str
    decided: bool


@dataclass(frozen=True, kw_only=True)
class Filter:
    """``QueryCertificatesRequest``; None asks nothing."""

    serial: str | None = None
    name: str | None = None
    usage: str | None = None
    status: str | None = None
    expires_after: datetime | None = None


ANOTHERS_KEY = "Klucz publiczny został już certyfikowany przez inny podmiot."
"""OpenAPI, ``CertificateEnrollmentStatusResponse``, status 400."""


class EnrollmentLimit(Exception):
    """25006: no more requests."""


class CertificateLimit(Exception):
    """25007: no more certificates at once."""
