"""Which codes stand on an invoice's print (ksef-docs kody-qr.md), and whether there may be one."""

from __future__ import annotations

from liczydlo.companies.models import Company
from liczydlo.connection import clients
from liczydlo.ksef import qr
from liczydlo.ksef.environments import Environment
from liczydlo.prints.codes import Codes
from liczydlo.prints.invoice import invoice_pdf
from liczydlo.sales.models import Invoice
from liczydlo.sales.states import State

OFFLINE = "OFFLINE"


class NotPrintable(Exception):
    """There is nothing yet that may be handed to the buyer: an online invoice without its number, a refused one."""


def environment_of(invoice: Invoice) -> Environment:
    """The KSeF that the invoice was issued in, whatever the company works with today."""
    return clients.environment(Company(environment=invoice.environment))


def kod_1(invoice: Invoice) -> str:
    """The link that shows whether KSeF holds the invoice."""
    return qr.kod_1(
        environment_of(invoice),
        seller_nip=invoice.entry.seller_nip,
        issue_date=invoice.entry.issue_date,
        sha256=bytes.fromhex(invoice.entry.sha256),
    )


def is_printable(invoice: Invoice) -> bool:
    """Whether the invoice may be handed over: it has its number, or was issued offline and is not refused."""
    return bool(invoice.entry.ksef_number) or (bool(invoice.kod_2) and invoice.state != State.REJECTED)


def codes(invoice: Invoice) -> Codes:
    """KOD I, and KOD II as long as an offline invoice has no number. Raises NotPrintable."""
    if not is_printable(invoice):
        raise NotPrintable(invoice.pk)
    return Codes(
        kod_1=kod_1(invoice),
        caption=invoice.entry.ksef_number or OFFLINE,
        kod_2=invoice.kod_2 if invoice.carries_codes_offline else None,
    )


def pdf(invoice: Invoice) -> bytes:
    """The invoice's print, PDF/A-3 with the XML in it. Raises NotPrintable."""
    return invoice_pdf(invoice.entry.xml, codes=codes(invoice))
