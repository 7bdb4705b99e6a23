"""What the database refuses to do with issued invoices, whoever asks: art. 106e, 112 and 112a of the VAT act.

An invoice leaves the states before it is frozen only with a frozen document, never returns, and is never deleted; nor
is its receipt or its timeline. What names it is guarded in its index entry (``documents.guards``).
"""

from __future__ import annotations

from typing import Final

from liczydlo.guards import Guard, written_once

_INVOICE: Final = "sales_invoice"
_OPEN: Final = "('draft', 'awaiting', 'leaving')"  # nothing is frozen yet

_IS_FROZEN: Final = (
    "EXISTS (SELECT 1 FROM documents_indexentry entry "
    "WHERE entry.id = NEW.entry_id AND entry.document_id IS NOT NULL)"
)

GUARDS: Final = (
    Guard(
        name="sales_invoice_issued_means_frozen",
        table=_INVOICE,
        verb="UPDATE",
        when=f"OLD.state IN {_OPEN} AND NEW.state NOT IN {_OPEN} AND NOT {_IS_FROZEN}",
        message="a draft cannot become an invoice without a frozen document",
    ),
    Guard(
        name="sales_invoice_stays_issued",
        table=_INVOICE,
        verb="UPDATE",
        when=f"OLD.state NOT IN {_OPEN} AND (NEW.state IN {_OPEN} OR NEW.entry_id <> OLD.entry_id "
        "OR NEW.company_id <> OLD.company_id OR NEW.environment <> OLD.environment)",
        message="an issued invoice cannot become a draft or another document",
    ),
    Guard(
        name="sales_invoice_offline_stays_offline",
        table=_INVOICE,
        verb="UPDATE",
        when=f"OLD.state NOT IN {_OPEN} AND OLD.mode <> 'online' AND NEW.mode <> OLD.mode",
        message="what was issued in an offline mode stays in it: its mode decides the mark in JPK_V7",
    ),
    Guard(
        name="sales_invoice_stays_accepted",
        table=_INVOICE,
        verb="UPDATE",
        when="OLD.state = 'accepted' AND NEW.state <> OLD.state",
        message="an invoice with a KSeF number stays accepted and keeps the number",
    ),
    Guard(
        name="sales_invoice_no_delete",
        table=_INVOICE,
        verb="DELETE",
        when="OLD.state <> 'draft'",
        message="an issued invoice cannot be deleted",
    ),
    Guard(
        name="sales_invoice_no_truncate",
        table=_INVOICE,
        verb="TRUNCATE",
        message="issued invoices cannot be deleted",
    ),
    *written_once("sales_signature"),
    *written_once("sales_receipt"),
    *written_once("sales_upopage"),
    *(guard for guard in written_once("sales_event") if guard.verb != "DELETE"),
    Guard(
        name="sales_event_no_delete",
        table="sales_event",
        verb="DELETE",
        when="EXISTS (SELECT 1 FROM sales_invoice invoice WHERE invoice.id = OLD.invoice_id "
        "AND invoice.state <> 'draft')",
        message="sales_event is written once",
    ),
)
