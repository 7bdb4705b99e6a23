"""The proof of an offline invoice's two codes (guide ``kody-qr.md``), before they are printed and when they are shown.

Both are read from the very picture that goes on paper; KOD II must be a link of this KSeF to this document, signed with
a certificate that was good for it. A code that proves nothing is never handed to a buyer.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography import x509
from django.urls import reverse

from liczydlo.companies.environments import environment_of
from liczydlo.companies.models import Company, Environment
from liczydlo.connection import clients
from liczydlo.connection.certificates import status
from liczydlo.connection.certificates.enrollments import JOB as CERTIFICATES
from liczydlo.connection.models import VOID, Purpose, StoredCertificate
from liczydlo.documents import files
from liczydlo.documents.models import Direction
from liczydlo.jobs import registry
from liczydlo.ksef import qr
from liczydlo.ksef.context import Context
from liczydlo.ksef.credentials import purpose_of, serial_of
from liczydlo.offline.services import situation
from liczydlo.prints import codes
from liczydlo.sales.filters import HOMES
from liczydlo.sales.models import Invoice
from liczydlo.sales.models.signatures import Signature, SigningCertificate
from liczydlo.sales.states import UNSENT
from liczydlo.web import times
from liczydlo.web.reasons import Reason

LOOK_AGAIN: Final = dt.timedelta(minutes=15)
"""So soon after an offline invoice KSeF is asked about its certificate again: it may be revoked before it is sent."""

log = logging.getLogger(__name__)
_PARTS: Final = 6  # kind and value of the context, seller, serial, digest, signature


class NotProved(Exception):
    """The codes do not prove what they must; ``reason`` says which step fails and what to do."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Check:
    """One step of the proof. ``holds`` is None where what it needs is not known any more."""

    code: str
    holds: bool | None


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What the codes must say: of which document, in which KSeF, by whom. ``signed_at`` is aware."""

    environment: str
    context_nip: str
    seller_nip: str
    issue_date: dt.date
    sha256: bytes
    signed_at: dt.datetime
    certificate: x509.Certificate | None
    ksef_status: str = ""

    @property
    def kod_1(self) -> str:
        """The link of KOD I."""
        return qr.kod_1(
            environment_of(Environment(self.environment)),
            seller_nip=self.seller_nip,
            issue_date=self.issue_date,
            sha256=self.sha256,
        )


def checks(claim: Claim, *, kod_1: str, kod_2: str) -> tuple[Check, ...]:
    """Every step, in the order in which a buyer's scanner and KSeF go; without ``kod_2`` those of KOD I."""
    return tuple(Check(code=code, holds=holds) for code, holds in _steps(claim, kod_1, kod_2))


def _steps(claim: Claim, kod_1: str, kod_2: str) -> Iterator[tuple[str, bool | None]]:
    yield "kod1-picture", _reads(kod_1)
    yield "kod1-link", kod_1 == claim.kod_1
    if not kod_2:
        return
    yield "kod2-picture", _reads(kod_2)
    where = environment_of(Environment(claim.environment))
    start = f"{where.qr}/certificate/"
    parts = kod_2.removeprefix(start).split("/")
    yield "kod2-address", kod_2.startswith(start) and len(parts) == _PARTS
    kind, context, seller, serial, digest, *_ = (*parts, *[""] * _PARTS)
    yield "kod2-seller", (kind, context, seller) == ("Nip", claim.context_nip, claim.seller_nip)
    yield "kod2-document", digest == qr.base64url(claim.sha256)
    certificate = claim.certificate
    if certificate is None:
        for code in ("kod2-serial", "kod2-signature", "kod2-purpose", "kod2-valid"):
            yield code, None
    else:
        yield "kod2-serial", serial == serial_of(certificate)
        yield "kod2-signature", qr.is_signed_by(kod_2, certificate)
        yield "kod2-purpose", purpose_of(certificate) == "Offline"
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        yield "kod2-valid", begin <= claim.signed_at <= end
    yield "kod2-status", claim.ksef_status not in VOID if claim.ksef_status else None


def _reads(link: str) -> bool:
    """Whether the picture of a link says that link."""
    try:
        return codes.read(codes.svg(link)) == link
    except ValueError:  # longer than a code can hold
        return False


def require(claim: Claim, *, kod_1: str, kod_2: str) -> None:
    """Raises NotProved for the first step that fails. What is not known any more stops nothing."""
    failed = next((one for one in checks(claim, kod_1=kod_1, kod_2=kod_2) if one.holds is False), None)
    if failed is None:
        return
    log.error("the codes of a document of NIP %s are not proved: %s", claim.seller_nip, failed.code)
    raise NotProved(_failure(failed.code, claim))


def _failure(code: str, claim: Claim) -> Reason:
    if code == "kod2-status":
        return _void_here(claim.ksef_status)
    return Reason("codes-not-proved", {"step": Reason(f"not-{code}").as_json()})


def void(ksef_status: str, serial: str) -> Reason:
    """Why a certificate that KSeF no longer honours signs nothing."""
    return Reason(
        "certificate-void",
        {"word": Reason(f"ksef-{ksef_status.lower()}").as_json(), "serial": serial},
        ksef_code=ksef_status,
    )


def _void_here(ksef_status: str) -> Reason:
    """The same of an invoice that carries such a KOD II already."""
    word = Reason(f"ksef-{ksef_status.lower()}").as_json()
    return Reason("void-here", {"word": word}, ksef_code=ksef_status)


# issuing


def look(company: Company) -> StoredCertificate | None:
    """The offline certificate with KSeF's word of now, where KSeF answers within a moment and no outage is announced.

    Whoever issues within a transaction calls it before: issuing is content with a word of the last minutes then.
    """
    stored = clients.certificate(company, Purpose.OFFLINE)
    if stored is None or situation(company, now=times.now()).outage is not None:
        return stored
    return status.look_briefly(company, stored)


def signed_kod_2(company: Company, seller_nip: str, issue_date: dt.date, sha256: bytes) -> str:
    """KOD II of the document with this hash, which is about to be issued offline, signed now and proved.

    Call it outside a transaction: KSeF is asked for its word on the certificate where it answers within a moment.
    Raises NotProved, NotConnected without an offline certificate, CredentialError for one of another purpose.
    """
    credential = clients.offline_credential(company)
    stored = look(company)
    assert stored is not None  # it has just given its key
    if stored.is_void:
        raise NotProved(void(stored.ksef_status, stored.serial))
    link = qr.kod_2(
        clients.environment(company),
        context=Context(value=company.nip),
        seller_nip=seller_nip,
        sha256=sha256,
        credential=credential,
    )
    claim = Claim(
        environment=company.environment,
        context_nip=company.nip,
        seller_nip=seller_nip,
        issue_date=issue_date,
        sha256=sha256,
        signed_at=times.now(),
        certificate=credential.certificate,
        ksef_status=stored.ksef_status,
    )
    require(claim, kod_1=claim.kod_1, kod_2=link)
    return link


def keep_signature(invoice: Invoice) -> None:
    """Keep which certificate has signed the KOD II of an invoice just issued, and what is known of it now."""
    stored = _stored(invoice)
    if stored is None:  # replaced since it signed: what it was is not known any more
        log.warning("the certificate of KOD II of invoice %s has gone meanwhile", invoice.pk)
        return
    certificate, _ = SigningCertificate.objects.get_or_create(
        company=invoice.company,
        environment=invoice.environment,
        fingerprint=stored.fingerprint,
        defaults={
            "serial": stored.serial,
            "certificate": bytes(stored.certificate),
            "ksef_status": stored.ksef_status,
            "checked_at": stored.checked_at,
        },
    )
    Signature.objects.create(
        company=invoice.company,
        invoice=invoice,
        certificate=certificate,
        ksef_status=stored.ksef_status,
        checked_at=stored.checked_at,
    )
    registry.enqueue(invoice.company_id, CERTIFICATES, at=times.now() + LOOK_AGAIN)


def _stored(invoice: Invoice) -> StoredCertificate | None:
    rows = StoredCertificate.objects.of(invoice.company).filter(
        environment=invoice.environment, purpose=Purpose.OFFLINE, serial=serial(invoice.kod_2)
    )
    return rows.first()


def serial(kod_2: str) -> str:
    """The serial number that a KOD II carries; empty for what is no KOD II."""
    parts = kod_2.rsplit("/", 3)
    return parts[1] if len(parts) == 4 else ""


# printing


def claim_of(invoice: Invoice) -> Claim:
    """What the codes of an issued invoice must say."""
    signature = Signature.objects.filter(invoice=invoice).select_related("certificate").first()
    signed_by = signature.certificate if signature is not None else None
    return Claim(
        environment=invoice.environment,
        context_nip=invoice.company.nip,
        seller_nip=invoice.entry.seller_nip,
        issue_date=invoice.entry.issue_date,
        sha256=bytes.fromhex(invoice.entry.sha256),
        signed_at=signature.signed_at if signature is not None else invoice.issued_at or invoice.created_at,
        certificate=x509.load_der_x509_certificate(bytes(signed_by.certificate)) if signed_by else None,
        ksef_status=signed_by.ksef_status if signed_by else "",
    )


def require_print(invoice: Invoice) -> None:
    """Raises NotProved when a print with two codes may not be handed out."""
    require(claim_of(invoice), kod_1=files.kod_1(invoice.entry), kod_2=invoice.kod_2)


def void_of(invoice: Invoice) -> Reason | None:
    """Why the KOD II of an invoice without a number proves nobody any more, if it does not."""
    if not invoice.carries_codes_offline:
        return None
    signed_by = SigningCertificate.objects.filter(signatures__invoice=invoice, ksef_status__in=VOID).first()
    return _void_here(signed_by.ksef_status) if signed_by is not None else None


# KSeF's word, later


def note(company: Company, environment: str, statuses: Mapping[str, str], at: dt.datetime, **_: Any) -> None:
    """Keep what KSeF says of certificates that have signed, also of those that were replaced since."""
    for row in SigningCertificate.objects.of(company).filter(environment=environment):
        if (word := statuses.get(row.serial.upper())) is not None:
            SigningCertificate.objects.filter(pk=row.pk).update(ksef_status=word, checked_at=at)


def hit(company: Company, serial: str, **_: Any) -> status.Hit | None:
    """The sales that wait to be sent and carry the KOD II of a certificate that KSeF no longer honours."""
    return _hit(company, serial, Direction.SALE, "void-invoices")


def hit_self_billed(company: Company, serial: str, **_: Any) -> status.Hit | None:
    """As :func:`hit`, of what the company issues for suppliers, which stands on a list of its own."""
    return _hit(company, serial, Direction.SELF_BILLED, "void-self-billed")


def _hit(company: Company, serial: str, direction: Direction, code: str) -> status.Hit | None:
    waiting = Invoice.objects.of(company).filter(
        environment=company.environment,
        state__in=UNSENT,
        signature__certificate__serial=serial,
        entry__direction=direction,
    )
    number = waiting.count()
    if not number:
        return None
    url = f"{reverse(HOMES[direction], args=[company.pk])}?stan=void"
    return status.Hit(text=str(Reason(code, {"n": number})), url=url)
