"""What is handed out of an invoice: its print with the codes (ksef-docs kody-qr.md), and files named after it."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from liczydlo.companies.environments import environment_of
from liczydlo.companies.models import Environment
from liczydlo.documents.models import IndexEntry
from liczydlo.ksef import qr
from liczydlo.prints.codes import Codes
from liczydlo.prints.invoice import invoice_pdf
from liczydlo.prints.look import PLAIN, Look
from liczydlo.web.files import PDF, XML, as_file, file_name

OFFLINE: Final = "OFFLINE"  # under KOD I instead of a number that is not there yet
ENDINGS: Final = {PDF: ".pdf", XML: ".xml"}


def kod_1(entry: IndexEntry) -> str:
    """The link that shows the invoice in the KSeF that it belongs to, whatever the company works with today."""
    return qr.kod_1(
        environment_of(Environment(entry.environment)),
        seller_nip=entry.seller_nip,
        issue_date=entry.issue_date,
        sha256=bytes.fromhex(entry.sha256),
    )


TOO_LARGE: Final = _(
    "Ten dokument jest za duży, żeby zrobić z niego teraz wydruk. Wszystko, co w nim jest, ma plik XML; o wydruk "
    "poproś jeszcze raz za chwilę."
)
"""What a page says where :class:`TooLarge` was raised."""


def pdf(entry: IndexEntry, *, kod_2: str = "", outside: bool = False, look: Look = PLAIN) -> bytes:
    """PDF/A-3 with the XML in it; ``kod_2`` is on it until the invoice has its number.

    ``outside`` is an invoice that KSeF never gets: it has no codes (tryby-offline.md). Raises PrintError for a document
    that is not FA(3).
    """
    if outside:
        return invoice_pdf(entry.xml, look=look)
    number = entry.ksef_number
    codes = Codes(kod_1=kod_1(entry), caption=number or OFFLINE, kod_2=None if number else kod_2 or None)
    return invoice_pdf(entry.xml, codes=codes, look=look)


def offline_pdf(entry: IndexEntry, *, kod_2: str, look: Look = PLAIN) -> bytes:
    """The print as it was handed over offline, whatever number the invoice has got since. Raises PrintError."""
    return invoice_pdf(entry.xml, codes=Codes(kod_1=kod_1(entry), caption=OFFLINE, kod_2=kod_2), look=look)


def name_of(entry: IndexEntry, kind: str) -> str:
    """The name of a file of the invoice, PDF or XML, after its numbers."""
    return file_name(entry.number, entry.ksef_number, ending=ENDINGS[kind])


def response(entry: IndexEntry, content: bytes, kind: str, *, inline: bool = False) -> HttpResponse:
    """A file of the invoice, PDF or XML, named by its numbers."""
    return as_file(content, kind, name_of(entry, kind), inline=inline)
