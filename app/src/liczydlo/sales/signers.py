"""Whose seal is on a receipt (UPO): learnt on first use in each environment, and told when it changes."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.db import transaction

from liczydlo.audit import services as audit
from liczydlo.audit.actions import Action
from liczydlo.companies.models import Company, User
from liczydlo.ksef import upo
from liczydlo.ksef.upo import UpoError
from liczydlo.sales.models import Invoice, Receipt
from liczydlo.sales.models.signatures import ConfirmedSigner, UpoSigner
from liczydlo.sales.states import NotNow
from liczydlo.web import times

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a receipt's signature proves. ``word``: ``same`` signer as the first one; ``renewed``, another certificate
    of the same name from the same authority; ``confirmed``, another one that the owner knows to be KSeF's; ``other``;
    ``wrong``, the signature or the document does not fit.

    ``first`` is the signer that the environment is held to.
    """

    word: Literal["same", "renewed", "confirmed", "other", "wrong"]
    code: str = ""
    signer: UpoSigner | None = None
    first: UpoSigner | None = None
    receipt: upo.Upo | None = None
    confirmed: ConfirmedSigner | None = None

    @property
    def holds(self) -> bool:
        """Whether it proves the invoice's acceptance as far as this installation can know."""
        return self.word in ("same", "renewed", "confirmed")


def note(company: Company, receipt: upo.Upo, *, at: dt.datetime) -> UpoSigner:
    """Keep who has signed a verified receipt; one that is not the first of its environment is a line of the log."""
    signer = _of(company.environment, receipt.certificate)
    stored = UpoSigner.objects.filter(environment=signer.environment, fingerprint=signer.fingerprint).first()
    if stored is not None:
        return stored
    first = pinned(company.environment)
    row, new = UpoSigner.objects.get_or_create(
        environment=signer.environment,
        fingerprint=signer.fingerprint,
        defaults={"subject": signer.subject, "issuer": signer.issuer, "first_seen_at": at},
    )
    if new and first is not None:
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
    if alike:
        return Verdict(word="renewed", signer=signer, first=first, receipt=read)
    word = _confirmation(invoice.company, signer)
    return Verdict(
        word="other" if word is None else "confirmed",
        signer=signer,
        first=first,
        receipt=read,
        confirmed=word,
    )


def confirm(invoice: Invoice, receipt: Receipt, fingerprint: str, *, by: User) -> None:
    """The owner's word that whoever signed the receipt is KSeF; a line of the trail.

    Raises NotNow when the receipt, as it is now, is not one of another signer with that fingerprint.
    """
    check = verdict(invoice, receipt)
    if check.word == "confirmed":
        return
    if check.word != "other" or check.signer is None or check.signer.fingerprint != fingerprint:
        raise NotNow(f"{check.word}: there is no such signer to confirm")
    assert check.receipt is not None
    with transaction.atomic():
        signer = note(invoice.company, check.receipt, at=times.now())
        _, new = ConfirmedSigner.objects.get_or_create(
            company=invoice.company, signer=signer, defaults={"by": by}
        )
        if new:
            audit.log(
                invoice.company,
                Action.UPO_SIGNER_CONFIRMED,
                by=by,
                signer=signer.subject,
                serial=signer.fingerprint,
            )


def withdraw(company: Company, fingerprint: str, *, by: User) -> None:
    """Take the word of :func:`confirm` back, in the present environment; a line of the trail. Raises NotNow without
    such a word."""
    rows = ConfirmedSigner.objects.of(company).filter(
        signer__environment=company.environment, signer__fingerprint=fingerprint
    )
    with transaction.atomic():
        row = rows.select_for_update(of=("self",)).select_related("signer").first()
        if row is None:
            raise NotNow("nobody has confirmed such a signer")
        row.delete()
        audit.log(company, Action.UPO_SIGNER_WITHDRAWN, by=by, signer=row.signer.subject, serial=fingerprint)


def _confirmation(company: Company, signer: UpoSigner) -> ConfirmedSigner | None:
    rows = ConfirmedSigner.objects.of(company).filter(
        signer__environment=signer.environment, signer__fingerprint=signer.fingerprint
    )
    row: ConfirmedSigner | None = rows.select_related("by").first()
    return row


def _of(environment: str, certificate: x509.Certificate | None) -> UpoSigner:
    assert certificate is not None  # a verified receipt has one
    return UpoSigner(
        environment=environment,
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex().upper(),
        subject=certificate.subject.rfc4514_string()[:1024],
        issuer=certificate.issuer.rfc4514_string()[:1024],
    )
