"""How an invoice is issued: in KSeF, or outside it and sent later (ustawa o VAT art. 106nda–106nh)."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """The five modes; the values are kept with invoices, so they are never renamed."""

    ONLINE = "online"
    """Issued by sending it; its day is that of the send."""
    OFFLINE24 = "offline24"
    """The taxpayer cannot or will not send now (art. 106nda): sent on the next business day."""
    OFFLINE = "offline"
    """Announced maintenance of KSeF, „niedostępność" (art. 106nh): sent on the business day after its end."""
    EMERGENCY = "awaryjny"
    """An announced failure, „awaria" (art. 106nf): sent within seven business days after its end."""
    TOTAL_FAILURE = "awaria-calkowita"
    """„Awaria całkowita" (art. 106ne, 106ng): never sent to KSeF."""
