"""What KSeF says of one invoice becomes a step of its life."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import logging
from collections.abc import Iterable
from typing import Final

from liczydlo.companies.models import Company
from liczydlo.jobs.claims import Claim, delay
from liczydlo.ksef.client import Client
from liczydlo.ksef.errors import Refused
from liczydlo.ksef.session_states import InvoiceStatus
from liczydlo.sales import lifecycle
from liczydlo.sales.models import Invoice
from liczydlo.sales.sending.sessions import Sessions
from liczydlo.sales.sending.verdicts import REJECTIONS, Verdict, verdict
from liczydlo.sales.states import State, Step
from liczydlo.web.reasons import Reason

FIRST_LOOK: Final = dt.timedelta(milliseconds=400)
LAST_LOOK: Final = dt.timedelta(seconds=30)
ATTEMPTS: Final = 5  # so often a file goes out on which KSeF itself stumbles, before a person is asked
TOGETHER: Final = 100  # accepted ones in a transaction; a death in it costs one more question
PAUSE: Final = dt.timedelta(seconds=20)
INVOICE_NOT_YET: Final = "21165"  # OpenAPI, GET /invoices/ksef/{ksefNumber}: accepted, not stored yet

log = logging.getLogger(__name__)


class Duplicate(enum.Enum):
    """The invoice under whose number KSeF says that it has this one already."""

    SAME = "this very document"
    OTHER = "another document"
    UNKNOWN = "it may not be read"
    NOT_YET = "it cannot be read yet"


class Outcomes:
    """Settles invoices of one company during one run of the sending job."""

    def __init__(self, claim: Claim, company: Company, ksef: Client, sessions: Sessions) -> None:
        """``claim`` is that of the job."""
        self._claim, self._company, self._ksef, self._sessions = claim, company, ksef, sessions

    def settle(self, invoice: Invoice, status: InvoiceStatus) -> None:
        """Do what a status asks for. Raises KsefError (of a question about a duplicate), ClaimLost."""
        self._settle(invoice, status)
        if invoice.state != State.PROCESSING:
            self._claim.progressed()

    def settle_all(self, verdicts: Iterable[tuple[Invoice, InvoiceStatus]]) -> bool:
        """Settle many: those that KSeF simply accepted in few transactions, the others one by one.

        Returns whether all are settled: it stops early when the process is to end. Raises KsefError, ClaimLost.
        """
        others: list[tuple[Invoice, InvoiceStatus]] = []
        accepted: list[lifecycle.Change] = []
        for invoice, status in verdicts:
            if verdict(status.code) == Verdict.ACCEPTED:
                accepted.append(self._acceptance(invoice, status, status.ksef_number or ""))
            else:
                others.append((invoice, status))
        for at in range(0, len(accepted), TOGETHER):
            if self._claim.stopping:
                return False
            self._claim.step("poll.answered")
            if lifecycle.move_each(accepted[at : at + TOGETHER], Step.ACCEPT):
                self._claim.progressed()
            self._claim.step("poll.accepted")
        for invoice, status in others:
            if self._claim.stopping:
                return False
            self.settle(invoice, status)
        return True

    def _settle(self, invoice: Invoice, status: InvoiceStatus) -> None:
        match verdict(status.code):
            case Verdict.WORKING:
                self._wait(invoice, status)
            case Verdict.ACCEPTED:
                self._accept(invoice, status, number=status.ksef_number or "")
            case Verdict.DUPLICATE:
                self._duplicate(invoice, status)
            case Verdict.SESSION:
                details = (status.description, *status.details)
                why = Reason("session-broken", ksef_code=str(status.code), details=details)
                self._sessions.broke(invoice.session_reference, why)
                self._send_again(invoice, status, "session-failed")
            case Verdict.AGAIN:
                self._send_again(invoice, status, "try-again")
            case Verdict.REJECTED:
                lifecycle.move(invoice, Step.REJECT, reason=_reason(status, "rejected"), poll_at=None)

    def _wait(self, invoice: Invoice, status: InvoiceStatus) -> None:
        rows = Invoice.objects.of(self._company).filter(pk=invoice.pk, state=State.PROCESSING)
        looks = invoice.looks + 1
        wait = delay(looks, first=FIRST_LOOK, longest=LAST_LOOK)
        rows.update(looks=looks, poll_at=self._claim.clock() + wait, invoice_reference=status.reference)

    def _accept(
        self,
        invoice: Invoice,
        status: InvoiceStatus,
        *,
        number: str,
        reason: Reason | None = None,
        session_reference: str | None = None,
        invoice_reference: str | None = None,
    ) -> None:
        """The references are those under which its receipt is asked for, where they are not of the last sending."""
        references = {"session_reference": session_reference, "invoice_reference": invoice_reference}
        change = self._acceptance(invoice, status, number)
        change.fields.update({name: value for name, value in references.items() if value is not None})
        self._claim.step("poll.answered")
        lifecycle.move(invoice, Step.ACCEPT, reason=reason, entry=change.entry, **change.fields)
        self._claim.step("poll.accepted")

    def _acceptance(self, invoice: Invoice, status: InvoiceStatus, number: str) -> lifecycle.Change:
        """What an accepted invoice's rows say: its number, and the references its receipt is asked for under."""
        fields = {
            "session_reference": invoice.session_reference,
            "invoice_reference": status.reference,
            "upo_pending": True,
            "poll_at": None,
            "looks": 0,
        }
        entry = {"ksef_number": number, "acquired_at": status.acquired or self._claim.clock()}
        return lifecycle.Change(invoice, fields, entry)

    def _send_again(self, invoice: Invoice, status: InvoiceStatus, code: str) -> None:
        """Send the same file again after a while; after several times in a row let a person decide.

        A session that failed is no fault of the invoice's: it goes out at once in another, then after growing pauses.
        """
        times = invoice.attempts
        if code == "session-failed":
            times -= 1
        elif times >= ATTEMPTS:
            lifecycle.move(invoice, Step.REJECT, reason=_reason(status, "gave-up"), poll_at=None)
            return
        next_at = self._claim.clock() + delay(times, first=PAUSE) if times else None
        reason = Reason(code, ksef_code=str(status.code), details=(status.description, *status.details))
        lifecycle.move(invoice, Step.RETURN, reason=reason, poll_at=None, send_after=next_at)

    def _duplicate(self, invoice: Invoice, status: InvoiceStatus) -> None:
        """440: KSeF holds an invoice of this seller, kind and number: this one, sent before, or another?"""
        number = status.original_ksef_number or ""
        session = status.original_session_reference or ""
        sha256 = bytes.fromhex(invoice.entry.sha256)
        original = self._in_session(session, sha256)
        recovered = Reason("recovered")
        if original is not None and original.ksef_number:
            self._accept(
                invoice,
                original,
                number=original.ksef_number,
                reason=recovered,
                session_reference=session,
            )
            return
        duplicate = self._document_under(number, sha256)
        if duplicate == Duplicate.NOT_YET:
            self._wait(invoice, status)
        elif (
            duplicate == Duplicate.SAME
        ):  # its reference in that session is not known: the receipt is asked for by number
            self._accept(
                invoice,
                status,
                number=number,
                reason=recovered,
                session_reference=session,
                invoice_reference="",
            )
        else:
            code = "duplicate-unproved" if duplicate == Duplicate.UNKNOWN else "duplicate"
            reason = Reason(
                code, {"number": number or "?"}, ksef_code=str(status.code), details=status.details
            )
            lifecycle.move(invoice, Step.REJECT, reason=reason, poll_at=None)

    def _in_session(self, reference: str, sha256: bytes) -> InvoiceStatus | None:
        if not reference:
            return None
        try:
            status = self._ksef.find_invoice(reference, sha256)
        except Refused as error:  # a session of somebody else, or long forgotten
            log.info("session %s cannot be looked at: %s", reference, error.code)
            return None
        return status if status is not None and status.accepted else None

    def _document_under(self, number: str, sha256: bytes) -> Duplicate:
        """What KSeF holds under the number that it names."""
        if not number:
            return Duplicate.OTHER
        try:
            xml = self._ksef.invoice(number)
        except Refused as error:  # no permission to read invoices, say
            log.info("invoice %s cannot be read: %s", number, error.code)
            return Duplicate.NOT_YET if error.code == INVOICE_NOT_YET else Duplicate.UNKNOWN
        return Duplicate.SAME if hashlib.sha256(xml).digest() == sha256 else Duplicate.OTHER


def _reason(status: InvoiceStatus, fallback: str) -> Reason:
    code = fallback if fallback == "gave-up" else REJECTIONS.get(status.code, fallback)
    if code == "no-permission" and any("załącznik" in detail for detail in status.details):
        code = "attachment-needs-batch"  # 410 is said of a missing declaration too
    return Reason(
        code,
        ksef_code=str(status.code),
        reference=status.reference,
        details=(status.description, *status.details),
    )
