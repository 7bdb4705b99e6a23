"""Whose seal is on a receipt (UPO): learnt on first use in each environment, and told when it changes."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.companies.models import Company
from liczydlo.ksef import upo
from liczydlo.ksef.upo import UpoError
from liczydlo.sales.models import Invoice, Receipt
from liczydlo.sales.signatures import UpoSigner

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a receipt's signature proves. ``word``: ``same`` signer as the first one; ``renewed``, another certificate
    of the same name from the same authority; ``other``; ``wrong``, the signature or the document does not fit.

    ``first`` is the signer that the environment is held to.
    """

    word: Literal["same", "renewed", "other", "wrong"]
    code: str = ""
    signer: UpoSigner | None = None
    first: UpoSigner | None = None
    receipt: upo.Upo | None = None

    @property
    def holds(self) -> bool:
        """Whether it proves the invoice's acceptance as far as this installation can know."""
        return self.word in ("same", "renewed")


def note(company: Company, receipt: upo.Upo, *, at: dt.datetime) -> UpoSigner:
    """Keep who has signed a verified receipt; one that is not the first of its environment is a line of the log."""
    signer = _of(company.environment, receipt.certificate)
    known = UpoSigner.objects.filter(environment=signer.environment, fingerprint=signer.fingerprint).first()
    if known is not None:
        return known
    first = pinned(company.environment)
    row, made = UpoSigner.objects.get_or_create(
        environment=signer.environment,
        fingerprint=signer.fingerprint,
        defaults={"subject": signer.subject, "issuer": signer.issuer, "first_seen_at": at},
    )
    if made and first is not None:
        log.warning("UPO of %s: signed by %s, before by %s", row.environment, row.subject, first.subject)
        audit.log(company, Action.UPO_SIGNER_CHANGED, before=first.subject, after=row.subject)
    return row


def pinned(environment: str) -> UpoSigner | None:
    """The signer that an environment's receipts are held to."""
    return UpoSigner.objects.filter(environment=environment).order_by("pk").first()


def verdict(invoice: Invoice, receipt: Receipt) -> Verdict:
    """Verify a stored receipt anew: its signature, its signer, and that it is of this very document."""
    first = pinned(invoice.environment)
    try:
        read = upo.verify(receipt.content)
    except UpoError as error:
        return Verdict(word="wrong", code=error.code, first=first)
    signer = _of(invoice.environment, read.certificate)
    entry = read.document(invoice.entry.ksef_number)
    if entry is None or entry.sha256.hex() != invoice.entry.sha256:
        return Verdict(word="wrong", code="other-document", signer=signer, first=first, receipt=read)
    if first is None or signer.fingerprint == first.fingerprint:
        return Verdict(word="same", signer=signer, first=first or signer, receipt=read)
    alike = (signer.subject, signer.issuer) == (first.subject, first.issuer)
    return Verdict(word="renewed" if alike else "other", signer=signer, first=first, receipt=read)


def _of(environment: str, certificate: x509.Certificate | None) -> UpoSigner:
    assert certificate is not None  # a verified receipt has one
    return UpoSigner(
        environment=environment,
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex().upper(),
        subject=certificate.subject.rfc4514_string()[:1024],
        issuer=certificate.issuer.rfc4514_string()[:1024],
    )
