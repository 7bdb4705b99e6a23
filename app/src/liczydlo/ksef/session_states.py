"""What KSeF says of sessions and of the invoices in them.

Codes: the tables of the OpenAPI's ``SessionStatusResponse`` and ``SessionInvoiceStatusResponse``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class UpoPage:
    """A page of a session's collective UPO; the address is for GET without a token, until it expires."""

    reference: str
    url: str
    url_expires: datetime


@dataclass(frozen=True, kw_only=True)
class SessionStatus:
    """Where a session stands: 100 open, 170 closed and being worked on, 200 done, above that failed."""

    code: int
    description: str
    details: tuple[str, ...] = ()
    created: datetime
    updated: datetime
    valid_until: datetime | None = None
    upo_pages: tuple[UpoPage, ...] = ()
    invoices: int | None = None
    accepted: int | None = None
    rejected: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether invoices may be sent."""
        return self.code == 100

    @property
    def finished(self) -> bool:
        """Whether nothing more will change."""
        return self.code >= 200

    @property
    def failed(self) -> bool:
        """Whether the session ended without any accepted invoice or was cancelled."""
        return self.code > 200


@dataclass(frozen=True, kw_only=True)
class InvoiceStatus:
    """What became of one invoice: 100 and 150 in progress, 200 accepted, above that rejected.

    440 is a duplicate; then the originals are named. 500 and above are KSeF's own failures: the invoice may
    be sent again.
    """

    reference: str
    ordinal: int
    sha256: bytes
    code: int
    description: str
    details: tuple[str, ...] = ()
    extensions: dict[str, str] = field(default_factory=dict)
    invoice_number: str | None = None
    ksef_number: str | None = None
    invoicing_date: datetime
    acquired: datetime | None = None
    stored: datetime | None = None
    mode: str | None = None
    upo_url: str | None = None
    upo_url_expires: datetime | None = None

    @property
    def in_progress(self) -> bool:
        """Whether KSeF has not decided yet."""
        return self.code < 200

    @property
    def accepted(self) -> bool:
        """Whether the invoice has its KSeF number."""
        return self.code == 200

    @property
    def rejected(self) -> bool:
        """Whether KSeF refused the document itself."""
        return 200 < self.code < 500

    @property
    def failed(self) -> bool:
        """Whether KSeF broke off for reasons of its own, so that the same document may go again."""
        return self.code >= 500

    @property
    def duplicate(self) -> bool:
        """Whether KSeF already holds an invoice of this seller, kind and number."""
        return self.code == 440

    @property
    def original_session_reference(self) -> str | None:
        """Of a duplicate: the session in which the first one came."""
        return self.extensions.get("originalSessionReferenceNumber")

    @property
    def original_ksef_number(self) -> str | None:
        """Of a duplicate: the first one's KSeF number."""
        return self.extensions.get("originalKsefNumber")


@dataclass(frozen=True, kw_only=True)
class InvoicePage:
    """A page of a session's invoices, and the token of the next."""

    invoices: tuple[InvoiceStatus, ...]
    next_token: str | None
