"""Receipts on demand: composed and sealed when first asked for, then kept, so that every reader gets the
same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from ...clock import Clock
from ...intake.schemas import FORM_CODES
from ...receipts.seal import Seal
from ...receipts.upo import Entry, Page, compose, pages
from ...store import Store
from .invoice_records import Invoice, Sent
from .invoices import Invoices
from .session_records import Session
from .sessions import Sessions

_FORMS = {code.system_code: code for code in FORM_CODES}


class Upos:
    """UPO of an invoice and pages of a session's collective UPO."""

    def __init__(
        self, store: Store, clock: Clock, sessions: Sessions, invoices: Invoices, seal: Seal
    ) -> None:
        self.store = store
        self.clock = clock
        self.sessions = sessions
        self.invoices = invoices
        self.seal = seal

    def of_invoice(self, session: Session, sent: Sent) -> bytes | None:
        """The sealed UPO of one document; None unless it was accepted."""
        if sent.ksef_number is None:
            return None
        with self.store.transaction() as db:
            row = db.execute("SELECT xml FROM receipts WHERE id = ?", (sent.id,)).fetchone()
        if row:
            return bytes(row["xml"])
        invoice = self.invoices.by_ksef_number(sent.ksef_number)
        if invoice is None:
            return None
        xml = self._sealed(session, [invoice], None)
        with self.store.transaction() as db:
            db.execute(
                "INSERT INTO receipts (id, xml, sha256) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
                (sent.id, xml, hashlib.sha256(xml).digest()),
            )
            row = db.execute("SELECT xml FROM receipts WHERE id = ?", (sent.id,)).fetchone()
        return bytes(row["xml"])

    def page(self, session: Session, reference: str) -> bytes | None:
        """The sealed page with this reference number of this session; None if there is none."""
        with self.store.transaction() as db:
            row = db.execute(
                "SELECT number, xml FROM upo_pages WHERE reference = ? AND session_id = ?",
                (reference, session.id),
            ).fetchone()
        if row is None:
            return None
        if row["xml"] is not None:
            return bytes(row["xml"])
        page = pages(session.successful)[row["number"] - 1]
        xml = self._sealed(
            session, self.invoices.accepted_in(session, first=page.first, last=page.last), page
        )
        with self.store.transaction() as db:
            db.execute(
                "UPDATE upo_pages SET xml = ?, sha256 = ? WHERE reference = ? AND xml IS NULL",
                (xml, hashlib.sha256(xml).digest(), reference),
            )
            row = db.execute("SELECT xml FROM upo_pages WHERE reference = ?", (reference,)).fetchone()
        return bytes(row["xml"])

    def _sealed(self, session: Session, invoices: Sequence[Invoice], page: Page | None) -> bytes:
        composed = compose(
            session_reference=session.reference,
            authentication=session.authentication,
            form=_FORMS[session.form.system_code],
            entries=[_entry(invoice) for invoice in invoices],
            page=page,
        )
        return self.seal.sign(composed, at=self.clock.now())


def _entry(invoice: Invoice) -> Entry:
    return Entry(
        seller_nip=invoice.seller_nip,
        ksef_number=invoice.ksef_number,
        number=invoice.number,
        issue_date=invoice.issue_date,
        sent=invoice.invoicing,
        numbered=invoice.acquisition,
        sha256=invoice.sha256,
        mode=invoice.mode,
    )
