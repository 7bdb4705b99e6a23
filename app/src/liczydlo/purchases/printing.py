"""The print of a received invoice: KOD I with the KSeF number (ksef-docs kody-qr.md)."""

from __future__ import annotations

from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.ksef import qr
from liczydlo.prints.codes import Codes
from liczydlo.prints.invoice import invoice_pdf
from liczydlo.purchases.models import ReceivedInvoice


def kod_1(invoice: ReceivedInvoice) -> str:
    """The link that shows the invoice in KSeF."""
    return qr.kod_1(
        clients.environment(Company(environment=invoice.environment)),
        seller_nip=invoice.entry.seller_nip,
        issue_date=invoice.entry.issue_date,
        sha256=bytes.fromhex(invoice.entry.sha256),
    )


def pdf(invoice: ReceivedInvoice) -> bytes:
    """PDF/A-3 with the XML in it. Raises PrintError for a document that is not FA(3)."""
    codes = Codes(kod_1=kod_1(invoice), caption=invoice.entry.ksef_number, kod_2=None)
    return invoice_pdf(invoice.entry.xml, codes=codes)
