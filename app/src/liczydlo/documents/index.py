"""What an index entry says of an invoice: from the document, or from what KSeF lists of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from liczydlo.companies.models import Company
from liczydlo.documents.models import Direction, Document
from liczydlo.fa3 import totals
from liczydlo.fa3.model import Faktura
from liczydlo.ksef.invoices import InvoiceMetadata
from liczydlo.web.search import fold


def freeze(company: Company, xml: bytes, sha256: bytes) -> Document:
    """The company's frozen document of these bytes, made once."""
    document, _ = Document.objects.get_or_create(company=company, sha256=sha256.hex(), defaults={"xml": xml})
    return document


def freeze_all(company: Company, xml: Mapping[bytes, bytes]) -> dict[bytes, Document]:
    """The company's frozen documents by SHA-256, those that were not here made in one statement.

    Raises IntegrityError when another session makes one of them at the same moment.
    """
    held = Document.objects.of(company).filter(sha256__in=[sha256.hex() for sha256 in xml]).defer("xml")
    found = {bytes.fromhex(row.sha256): row for row in held}
    fresh = [
        Document(company=company, sha256=sha256.hex(), xml=content)
        for sha256, content in xml.items()
        if sha256 not in found
    ]
    return found | {bytes.fromhex(row.sha256): row for row in Document.objects.bulk_create(fresh)}


def of_sale(company: Company, faktura: Faktura) -> dict[str, Any]:
    """The columns that the document of an invoice of ours decides."""
    fa = faktura.fa
    seller, buyer = faktura.podmiot1.dane_identyfikacyjne, faktura.podmiot2.dane_identyfikacyjne
    name = buyer.nazwa or ""
    return {
        "environment": company.environment,
        "direction": Direction.SALE,
        "number": fa.p_2,
        "kind": fa.rodzaj_faktury,
        "issue_date": fa.p_1,
        "seller_nip": seller.nip,
        "seller_name": seller.nazwa,
        "buyer_nip": buyer.nip or "",
        "buyer_id": f"{buyer.kod_ue or buyer.kod_kraju or ''}{buyer.nr_vat_ue or buyer.nr_id or ''}",
        "buyer_name": name,
        "currency": fa.kod_waluty,
        "net": totals.net(fa),
        "vat": totals.tax_pln(fa),
        "gross": fa.p_15,
        "has_attachment": faktura.zalacznik is not None,
        "words": fold(f"{fa.p_2} {name}"),
    }


def of_purchase(company: Company, listed: InvoiceMetadata) -> dict[str, Any]:
    """The columns that KSeF's list decides, of a document of whatever structure."""
    buyer, name = listed.buyer, (listed.seller.name or "")[:512]
    identifier = buyer.value or ""
    return {
        "environment": company.environment,
        "direction": Direction.PURCHASE,
        "number": listed.invoice_number,
        "kind": kind(listed.kind),
        "issue_date": listed.issue_date,
        "seller_nip": listed.seller.value or "",
        "seller_name": name,
        "buyer_nip": identifier if buyer.kind == "Nip" else "",
        "buyer_id": identifier if buyer.kind != "Nip" else "",
        "buyer_name": (buyer.name or "")[:512],
        "currency": listed.currency,
        "net": listed.net,
        "vat": listed.vat,
        "gross": listed.gross,
        "has_attachment": listed.has_attachment,
        "ksef_number": listed.ksef_number,
        "acquired_at": listed.acquired,
        "words": fold(f"{listed.invoice_number} {name}"),
    }


def kind(listed: str) -> str:
    """KSeF's ``invoiceType`` as RodzajFaktury writes it: „KorZal" is „KOR_ZAL"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", listed).upper()[:16]
