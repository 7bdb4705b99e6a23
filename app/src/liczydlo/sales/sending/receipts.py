"""Fetching receipts (UPO): each is verified, compared with its invoice and kept as it came."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Final

from cryptography import x509
from django.db import transaction
from django.db.models import F, Q, QuerySet

from liczydlo.companies.models import Company
from liczydlo.connection.waiting import AWAY
from liczydlo.jobs.claims import LONGEST, Claim, delay
from liczydlo.ksef import upo
from liczydlo.ksef.client import Client
from liczydlo.ksef.errors import KsefError, Refused
from liczydlo.sales import signers
from liczydlo.sales.lifecycle import CHUNK
from liczydlo.sales.models import Invoice, Receipt, Session, UpoPage
from liczydlo.web.reasons import Reason

AT_ONCE: Final = 200  # rows read for a run
TOGETHER: Final = 20  # receipts stored in a transaction; a death in it costs asking for them again
TIMES: Final = 30  # questions in vain before the program stops asking: about four hours

log = logging.getLogger(__name__)


class Receipts:
    """Receipts of one company's invoices during one run of the sending job."""

    def __init__(self, claim: Claim, company: Company, ksef: Client) -> None:
        """``claim`` is that of the job."""
        self._claim, self._company, self._ksef = claim, company, ksef
        self._signer: x509.Certificate | None = None  # of the last receipt

    def _pending(self) -> QuerySet[Invoice]:
        rows = Invoice.objects.of(self._company)
        return rows.filter(upo_pending=True, environment=self._company.environment)

    def pull_back(self) -> None:
        """What is to be asked for later than any wait lasts is asked for now: a clock that was wrong wrote it."""
        now = self._claim.clock()
        self._pending().filter(poll_at__gt=now + LONGEST).update(poll_at=now)

    def fetch(self) -> None:
        """Fetch what can be fetched now. Raises KsefError but for refusals, ClaimLost."""
        due = self._pending().filter(Q(poll_at=None) | Q(poll_at__lte=self._claim.clock()))
        due = due.select_related("entry__document").defer("entry__document__xml")
        in_batches = Q(session__kind=Session.Kind.BATCH, session_reference=F("session__reference"))
        for session in Session.objects.filter(pk__in=due.filter(in_batches).values("session")):
            self._fetch_pages(session, list(due.filter(in_batches, session=session)))
        singly = due.exclude(in_batches).order_by(F("poll_at").asc(nulls_first=True), "id")
        rows = list(singly[:AT_ONCE])
        for at in range(0, len(rows), TOGETHER):
            receipts: list[Receipt] = []
            try:
                for invoice in rows[at : at + TOGETHER]:
                    if (xml := self._proved(invoice)) is not None:
                        receipts.append(self._receipt(invoice, xml=xml))
                    if self._claim.should_yield:
                        break
            finally:  # what came before an answer that did not
                self._store(receipts)
            if self._claim.should_yield:
                break

    def _proved(self, invoice: Invoice) -> bytes | None:
        """The receipt of one invoice, verified and compared; None when there is none. Raises KsefError, ClaimLost."""
        self._claim.step("upo.ask")
        try:
            xml = self._ask(invoice)
            receipt = upo.verify(xml)
            self._note_signer(receipt)
            if proves(receipt, invoice):
                self._claim.step("upo.answered")
                return xml
        except Refused as error:
            self._in_vain(invoice, str(error.code), error.reference or "")
        except upo.UpoError as error:
            log.warning("the receipt of invoice %s proves nothing: %s", invoice.pk, error)
            self._in_vain(invoice, error.code)
        except KsefError:
            self._look_again(invoice, longest=AWAY)
            raise
        else:
            log.warning("the receipt of invoice %s is of another document", invoice.pk)
            self._in_vain(invoice, "other-document")
        return None

    def _receipt(self, invoice: Invoice, *, xml: bytes = b"", page: UpoPage | None = None) -> Receipt:
        """``xml`` of its own, or the collective ``page`` that names it."""
        return Receipt(
            company=self._company, invoice=invoice, xml=xml, page=page, received_at=self._claim.clock()
        )

    def _fetch_pages(self, session: Session, invoices: list[Invoice]) -> None:
        """The collective UPO of a batch session: a page proves many invoices at once."""
        by_number = {invoice.entry.ksef_number: invoice for invoice in invoices}
        code, reference = "not-yet", ""
        try:
            pages = self._ksef.session_status(session.reference).upo_pages
            for page in pages:
                self._claim.step("upo.ask")
                xml = self._ksef.session_upo(session.reference, page.reference)
                receipt = upo.verify(xml)
                self._note_signer(receipt)
                invoices_named = [
                    by_number.get(one.ksef_number) for one in receipt.documents if self._is_of(one, by_number)
                ]
                proved = [one for one in invoices_named if one is not None]
                self._store_page(session, page.reference, xml, proved)
                for one in proved:
                    del by_number[one.entry.ksef_number]
        except Refused as error:
            code, reference = str(error.code), error.reference or ""
        except upo.UpoError as error:
            log.warning("the receipt of session %s proves nothing: %s", session.reference, error)
            code = error.code
        except KsefError:
            for invoice in by_number.values():
                self._look_again(invoice, longest=AWAY)
            raise
        for invoice in by_number.values():
            self._in_vain(invoice, code, reference)

    @staticmethod
    def _is_of(document: upo.UpoDocument, invoices: dict[str, Invoice]) -> bool:
        """Whether an entry is of one of the invoices, and of the very document."""
        invoice = invoices.get(document.ksef_number)
        if invoice is None:
            return False
        if document.sha256.hex() != invoice.entry.sha256:
            log.warning("the receipt of invoice %s is of another document", invoice.pk)
            return False
        return True

    def _store_page(self, session: Session, reference: str, xml: bytes, invoices: list[Invoice]) -> None:
        self._claim.step("upo.answered")
        with transaction.atomic():
            page, _ = UpoPage.objects.get_or_create(
                company=self._company, session=session, reference=reference, defaults={"xml": xml}
            )
            self._keep([self._receipt(invoice, page=page) for invoice in invoices])
        self._claim.progressed()
        self._claim.step("upo.stored")

    def _store(self, receipts: list[Receipt]) -> None:
        if receipts:
            with transaction.atomic():
                self._keep(receipts)
            self._claim.progressed()
            self._claim.step("upo.stored")

    def _keep(self, receipts: list[Receipt]) -> None:
        """Insert those of invoices that still wait for one: another process may have been faster."""
        for at in range(0, len(receipts), CHUNK):
            chunk = {receipt.invoice_id: receipt for receipt in receipts[at : at + CHUNK]}
            waiting = self._pending().filter(pk__in=chunk).select_for_update(no_key=True, of=("self",))
            pending = list(waiting.order_by("pk").values_list("pk", flat=True))
            self._pending().filter(pk__in=pending).update(upo_pending=False, poll_at=None)
            Receipt.objects.bulk_create(chunk[pk] for pk in pending)

    def _ask(self, invoice: Invoice) -> bytes:
        """By reference where the program knows it; by number in the session of somebody else who sent the invoice."""
        if invoice.invoice_reference:
            return self._ksef.upo(invoice.session_reference, invoice.invoice_reference)
        return self._ksef.upo_by_number(invoice.session_reference, invoice.entry.ksef_number)

    def _note_signer(self, receipt: upo.Upo) -> None:
        if receipt.certificate != self._signer:  # thousands in a row are signed by one
            signers.note(self._company, receipt, at=self._claim.clock())
            self._signer = receipt.certificate

    def _in_vain(self, invoice: Invoice, code: str, reference: str = "") -> None:
        """No receipt, or not yet; after many times in a row the invoice's page says so and nobody asks any more."""
        log.info("no receipt of invoice %s: %s", invoice.pk, code)
        if invoice.looks + 1 < TIMES:
            self._look_again(invoice, longest=LONGEST)
            return
        reason = Reason("no-receipt", ksef_code=code, reference=reference)
        self._pending().filter(pk=invoice.pk).update(
            upo_pending=False, poll_at=None, reason_json=reason.as_json()
        )

    def _look_again(self, invoice: Invoice, *, longest: dt.timedelta) -> None:
        looks = invoice.looks + 1
        at = self._claim.clock() + delay(looks, longest=longest)
        self._pending().filter(pk=invoice.pk).update(looks=looks, poll_at=at)

    def next_look(self) -> dt.datetime | None:
        """When there is a receipt to ask for again."""
        pending = self._pending().order_by("poll_at").values_list("poll_at", flat=True)
        if pending.filter(poll_at=None).exists():
            return self._claim.clock()
        return pending.first()


def proves(receipt: upo.Upo, invoice: Invoice) -> bool:
    """Whether a verified receipt is of this very document."""
    entry = receipt.document(invoice.entry.ksef_number)
    return entry is not None and entry.sha256.hex() == invoice.entry.sha256
