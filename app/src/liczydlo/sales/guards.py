"""What the database refuses to do with issued invoices, whoever asks: art. 106e, 112 and 112a of the VAT act.

An issued invoice is never a draft again, keeps its bytes, number and KSeF number, and is never deleted; nor is its
receipt or its timeline.
"""

from __future__ import annotations

from typing import Final

from liczydlo.guards import Guard, written_once

_INVOICE: Final = "sales_invoice"
_IDENTITY: Final = ("document_id", "sha256", "company_id", "environment", "number")

GUARDS: Final = (
    Guard(
        name="sales_invoice_stays_issued",
        table=_INVOICE,
        verb="UPDATE",
        when="OLD.document_id IS NOT NULL AND (NEW.document_id IS NULL OR NEW.state = 'draft' OR "
        + " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _IDENTITY)
        + ")",
        message="an issued invoice cannot become a draft or another document",
    ),
    Guard(
        name="sales_invoice_stays_accepted",
        table=_INVOICE,
        verb="UPDATE",
        when="OLD.ksef_number <> '' AND (NEW.ksef_number <> OLD.ksef_number OR NEW.state <> OLD.state)",
        message="an invoice with a KSeF number stays accepted and keeps the number",
    ),
    Guard(
        name="sales_invoice_no_delete",
        table=_INVOICE,
        verb="DELETE",
        when="OLD.document_id IS NOT NULL",
        message="an issued invoice cannot be deleted",
    ),
    *written_once("sales_receipt"),
    *written_once("sales_event"),
    Guard(
        name="sales_invoice_no_truncate",
        table=_INVOICE,
        verb="TRUNCATE",
        message="issued invoices cannot be deleted",
    ),
)
