"""What KSeF says of one invoice becomes a step of its life."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from typing import Final

from liczydlo.companies.models import Company
from liczydlo.ksef.client import Client
from liczydlo.ksef.errors import Refused
from liczydlo.ksef.session_states import InvoiceStatus
from liczydlo.sales import lifecycle, texts
from liczydlo.sales.lifecycle import State, Step
from liczydlo.sales.models import Invoice
from liczydlo.sales.sessions import Sessions
from liczydlo.sales.verdicts import REJECTIONS, Verdict, verdict
from liczydlo.work.backoff import delay
from liczydlo.work.claims import Claim
from liczydlo.work.reasons import Reason

FIRST_LOOK: Final = dt.timedelta(milliseconds=400)
LAST_LOOK: Final = dt.timedelta(minutes=2)
ATTEMPTS: Final = 5  # so often a file goes out on which KSeF itself stumbles, before a person is asked
PAUSE: Final = dt.timedelta(seconds=20)

log = logging.getLogger(__name__)


def soon(invoice: Invoice, now: dt.datetime) -> dt.datetime:
    """When to look at an invoice again: the longer it has been with KSeF, the longer the wait."""
    been = now - (invoice.sent_at or now)
    return now + min(LAST_LOOK, max(FIRST_LOOK, been / 2))


class Outcomes:
    """Settles invoices of one company during one run of the sending job."""

    def __init__(self, claim: Claim, company: Company, ksef: Client, sessions: Sessions) -> None:
        """``claim`` is that of the job."""
        self._claim, self._company, self._ksef, self._sessions = claim, company, ksef, sessions

    def settle(self, invoice: Invoice, status: InvoiceStatus) -> None:
        """Do what a status asks for. Raises KsefError (of a question about a duplicate), ClaimLost."""
        match verdict(status.code):
            case Verdict.WORKING:
                self._wait(invoice)
            case Verdict.ACCEPTED:
                self._accept(invoice, status, number=status.ksef_number or "")
            case Verdict.DUPLICATE:
                self._duplicate(invoice, status)
            case Verdict.SESSION:
                self._sessions.broke(invoice.session_reference)
                self._again(invoice, status, "session-failed")
            case Verdict.AGAIN:
                self._again(invoice, status, "try-again")
            case Verdict.REJECTED:
                lifecycle.move(invoice, Step.REJECT, reason=_reason(status, "rejected"), poll_at=None)

    def _wait(self, invoice: Invoice) -> None:
        rows = Invoice.objects.of(self._company).filter(pk=invoice.pk, state=State.PROCESSING)
        rows.update(poll_at=soon(invoice, self._claim.clock()))

    def _accept(
        self, invoice: Invoice, status: InvoiceStatus, *, number: str, reason: Reason | None = None
    ) -> None:
        self._claim.step("poll.answered")
        lifecycle.move(
            invoice,
            Step.ACCEPT,
            reason=reason,
            ksef_number=number,
            acquired_at=status.acquired or self._claim.clock(),
            session_reference=invoice.session_reference,
            invoice_reference=status.reference,
            upo_pending=True,
            poll_at=None,
        )
        self._claim.step("poll.accepted")

    def _again(self, invoice: Invoice, status: InvoiceStatus, code: str) -> None:
        """Send the same file again after a while; after several times in a row let a person decide."""
        if invoice.attempts >= ATTEMPTS:
            lifecycle.move(invoice, Step.REJECT, reason=_reason(status, "gave-up"), poll_at=None)
            return
        after = (
            None if code == "session-failed" else self._claim.clock() + delay(invoice.attempts, first=PAUSE)
        )
        reason = texts.reason(code, ksef_code=str(status.code), details=(status.description, *status.details))
        lifecycle.move(invoice, Step.RETURN, reason=reason, poll_at=None, send_after=after)

    def _duplicate(self, invoice: Invoice, status: InvoiceStatus) -> None:
        """440: KSeF holds an invoice of this seller, kind and number: this one, sent before, or another?"""
        number = status.original_ksef_number or ""
        session = status.original_session_reference or ""
        sha256 = bytes.fromhex(invoice.sha256)
        original = self._in_session(session, sha256)
        if original is not None and original.ksef_number:
            invoice.session_reference = session
            self._accept(invoice, original, number=original.ksef_number, reason=texts.reason("recovered"))
        elif number and self._is_held(number, sha256):
            self._accept(invoice, status, number=number, reason=texts.reason("recovered"))
        else:
            reason = texts.reason(
                "duplicate", number=number or "?", ksef_code=str(status.code), details=status.details
            )
            lifecycle.move(invoice, Step.REJECT, reason=reason, poll_at=None)

    def _in_session(self, reference: str, sha256: bytes) -> InvoiceStatus | None:
        if not reference:
            return None
        try:
            found = self._ksef.find_invoice(reference, sha256)
        except Refused as error:  # a session of somebody else, or long forgotten
            log.info("session %s cannot be looked at: %s", reference, error.code)
            return None
        return found if found is not None and found.accepted else None

    def _is_held(self, number: str, sha256: bytes) -> bool:
        try:
            return hashlib.sha256(self._ksef.invoice(number)).digest() == sha256
        except Refused as error:  # no permission to read invoices, so nothing can be proved
            log.info("invoice %s cannot be read: %s", number, error.code)
            return False


def _reason(status: InvoiceStatus, fallback: str) -> Reason:
    code = fallback if fallback == "gave-up" else REJECTIONS.get(status.code, fallback)
    return texts.reason(
        code,
        ksef_code=str(status.code),
        reference=status.reference,
        details=(status.description, *status.details),
    )
