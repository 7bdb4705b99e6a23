"""What tests of statements share: an account, lines that are kept, invoices bought and sold."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from decimal import Decimal
from typing import Any

from django.utils import timezone
from liczydlo.documents.models import Direction, Document, IndexEntry
from liczydlo.fa3.identifiers import crc8
from liczydlo.payments.models import BankAccount, StatementLine
from liczydlo.payments.statements import storing
from liczydlo.payments.statements.reading.model import ReadLine
from liczydlo.purchases.models import ReceivedInvoice
from liczydlo.sales import balances
from liczydlo.sales.models import Invoice
from liczydlo.web.search import fold

from app.tests.payments.statements.files import ACCOUNT, DAY, mt940, statement
from app.tests.purchases.test_pages import bought
from app.tests.sales.world import document

SELLER, BUYER = "8567346215", "7251801126"
_numbers = itertools.count(1)


def ksef_number(nip: str = SELLER) -> str:
    """A number that KSeF could have given."""
    start = f"{nip}-20261110-{next(_numbers):012X}"
    return f"{start}-{crc8(start.encode()):02X}"


def account_of(company: Any, iban: str = ACCOUNT, currency: str = "PLN") -> BankAccount:
    """The firm's account; made once."""
    account, _ = BankAccount.objects.get_or_create(
        company=company, iban=iban, currency=currency, defaults={"name": "główny"}
    )
    return account


def lines_of(company: Any, owner: Any, *lines: ReadLine, **fields: Any) -> list[StatementLine]:
    """Lines of a statement that is read in and kept."""
    account_of(company)
    taken = storing.take(
        company, mt940(statement(*lines, **fields)).encode(), file_name="wyciag.sta", by=owner
    )
    return list(StatementLine.objects.filter(statement__in=taken.new))


def purchase(company: Any, gross: str = "177.00", *, number: str = "", **columns: Any) -> ReceivedInvoice:
    """A received invoice with a KSeF number that checks."""
    number = number or f"D/{next(_numbers)}/2026"
    columns = {"ksef_number": ksef_number(), "issue_date": DAY - dt.timedelta(days=6), **columns}
    return bought(company, number=number, gross=Decimal(gross), **columns)


def sale(company: Any, gross: str = "177.00", *, number: str = "", **columns: Any) -> Invoice:
    """An invoice of the firm's, accepted by KSeF."""
    number = number or f"FV/{next(_numbers)}/2026"
    xml = document(company.nip, BUYER, number=number, issued=DAY - dt.timedelta(days=6))
    kept = Document.objects.create(company=company, sha256=hashlib.sha256(xml).hexdigest(), xml=xml)
    values = {
        "environment": company.environment,
        "direction": Direction.SALE,
        "document": kept,
        "ksef_number": ksef_number(company.nip),
        "number": number,
        "kind": "VAT",
        "issue_date": DAY - dt.timedelta(days=6),
        "acquired_at": timezone.now(),
        "seller_nip": company.nip,
        "seller_name": company.name,
        "buyer_nip": BUYER,
        "buyer_name": "Kupiec „Świt” sp. z o.o.",
        "currency": "PLN",
        "gross": Decimal(gross),
        "words": fold(f"{number} Kupiec „Świt” sp. z o.o."),
        **columns,
    }
    entry = IndexEntry.objects.create(company=company, **values)
    made = Invoice.objects.create(
        company=company, environment=entry.environment, entry=entry, state="accepted"
    )
    balances.refresh(company.pk, [entry.pk])
    return made
