"""What the database refuses to do with documents, whoever asks: art. 106e, 112 and 112a of the VAT act.

Bytes are written once; the index entry of a frozen document keeps what names it, and is never deleted.
"""

from __future__ import annotations

from typing import Final

from liczydlo.guards import Guard, written_once

_ENTRY: Final = "documents_indexentry"
_IDENTITY: Final = (
    "document_id", "company_id", "environment", "direction", "number", "kind", "issue_date", "seller_nip",
    "currency", "gross",
)  # fmt: skip

GUARDS: Final = (
    *written_once("documents_document"),
    Guard(
        name="documents_storedfile_keeps_bytes",
        table="documents_storedfile",
        verb="UPDATE",
        when="NEW.content <> OLD.content OR NEW.sha256 <> OLD.sha256 OR NEW.company_id <> OLD.company_id",
        message="the bytes of a file are never changed",
    ),
    Guard(
        name=f"{_ENTRY}_stays_frozen",
        table=_ENTRY,
        verb="UPDATE",
        when="OLD.document_id IS NOT NULL AND (NEW.document_id IS NULL OR "
        + " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _IDENTITY)
        + ")",
        message="an issued invoice cannot become a draft or another document",
    ),
    Guard(
        name=f"{_ENTRY}_keeps_number",
        table=_ENTRY,
        verb="UPDATE",
        when="OLD.ksef_number <> '' AND (NEW.ksef_number <> OLD.ksef_number OR NEW.rejected)",
        message="an invoice with a KSeF number stays accepted and keeps the number",
    ),
    Guard(
        name=f"{_ENTRY}_no_delete",
        table=_ENTRY,
        verb="DELETE",
        when="OLD.document_id IS NOT NULL",
        message="an issued invoice cannot be deleted",
    ),
    Guard(
        name=f"{_ENTRY}_no_truncate",
        table=_ENTRY,
        verb="TRUNCATE",
        message="issued invoices cannot be deleted",
    ),
)
