"""What an index entry says of an invoice: from the document, or from what KSeF lists of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from liczydlo.companies.models import Company
from liczydlo.documents import bulk, credit_notes
from liczydlo.documents.amounts import within_column
from liczydlo.documents.models import Direction, Document
from liczydlo.fa3 import totals
from liczydlo.fa3.model import Faktura
from liczydlo.ksef.invoices import InvoiceMetadata
from liczydlo.rr.model import Faktura as RrFaktura
from liczydlo.web.search import fold


def freeze(company: Company, xml: bytes, sha256: bytes) -> Document:
    """The company's frozen document of these bytes, made once."""
    document, _ = Document.objects.get_or_create(company=company, sha256=sha256.hex(), defaults={"xml": xml})
    return document


def freeze_all(company: Company, xml: Mapping[bytes, bytes]) -> dict[bytes, int]:
    """Ids of the company's frozen documents by SHA-256, those that were not here made by one statement.

    Raises IntegrityError when another session makes one of them at the same moment.
    """
    by_sha = {sha256.hex(): sha256 for sha256 in xml}
    rows = Document.objects.of(company).filter(sha256__in=by_sha).order_by()
    stored = {by_sha[sha256] for sha256 in rows.values_list("sha256", flat=True)}
    bulk.insert(
        Document,
        [
            {"company_id": company.pk, "sha256": sha256.hex(), "xml": content}
            for sha256, content in xml.items()
            if sha256 not in stored
        ],
    )
    return {by_sha[sha256]: pk for sha256, pk in rows.values_list("sha256", "pk")}


def of_fa3(company: Company, faktura: Faktura) -> dict[str, Any]:
    """The columns that the document of an invoice decides which the company issues: as the seller, or as the buyer in
    the seller's name."""
    fa = faktura.fa
    seller, buyer = faktura.podmiot1.dane_identyfikacyjne, faktura.podmiot2.dane_identyfikacyjne
    direction, name = Direction.of_issued(company, seller.nip), buyer.nazwa or ""
    return {
        "environment": company.environment,
        "direction": direction,
        "number": fa.p_2,
        "kind": fa.rodzaj_faktury,
        "issue_date": fa.p_1,
        "seller_nip": seller.nip,
        "seller_name": seller.nazwa,
        "buyer_nip": buyer.nip or "",
        "buyer_id": f"{buyer.kod_ue or buyer.kod_kraju or ''}{buyer.nr_vat_ue or buyer.nr_id or ''}",
        "buyer_name": name,
        "currency": fa.kod_waluty,
        "net": within_column(totals.net(fa)),
        "vat": within_column(totals.tax_pln(fa)),
        "gross": within_column(fa.p_15),
        "has_attachment": faktura.zalacznik is not None,
        "words": fold(f"{fa.p_2} {name if direction == Direction.SALE else seller.nazwa}"),
    }


def of_farm(company: Company, faktura: RrFaktura) -> dict[str, Any]:
    """The columns that the document of a VAT RR decides, which the company issues as the buyer; „VAT" is the refund."""
    content = faktura.faktura_rr
    farmer, buyer = faktura.podmiot1.dane_identyfikacyjne, faktura.podmiot2.dane_identyfikacyjne
    return {
        "environment": company.environment,
        "direction": Direction.SELF_BILLED,
        "number": content.p_4c,
        "kind": content.rodzaj_faktury,
        "issue_date": content.p_4b,
        "seller_nip": farmer.nip,
        "seller_name": farmer.nazwa,
        "buyer_nip": buyer.nip,
        "buyer_name": buyer.nazwa,
        "currency": content.kod_waluty,
        "net": within_column(content.p_11_1),
        "vat": within_column(content.p_11_2 if content.p_11_2w is None else content.p_11_2w),
        "gross": within_column(content.p_12_1),
        "words": fold(f"{content.p_4c} {farmer.nazwa}"),
    }


def of_listed(company: Company, listed: InvoiceMetadata, direction: Direction, xml: bytes) -> dict[str, Any]:
    """The columns that KSeF's list decides, of a document of whatever structure; the amounts of a PEF_KOR are what it
    changes (``credit_notes``)."""
    change = credit_notes.of(xml) if kind(listed.kind) == credit_notes.KIND else None
    amounts = listed if change is None else change
    buyer, seller_name, buyer_name = listed.buyer, listed.seller.name or "", listed.buyer.name or ""
    identifier = buyer.value or ""
    other = seller_name if direction == Direction.PURCHASE else buyer_name
    return {
        "environment": company.environment,
        "direction": direction,
        "number": listed.invoice_number,
        "kind": kind(listed.kind),
        "issue_date": listed.issue_date,
        "seller_nip": listed.seller.value or "",
        "seller_name": seller_name[:512],
        "buyer_nip": identifier if buyer.kind == "Nip" else "",
        "buyer_id": identifier if buyer.kind != "Nip" else "",
        "buyer_name": buyer_name[:512],
        "currency": listed.currency,
        "net": within_column(amounts.net),
        "vat": within_column(amounts.vat),
        "gross": within_column(amounts.gross),
        "has_attachment": listed.has_attachment,
        "ksef_number": listed.ksef_number,
        "acquired_at": listed.acquired,
        "seller_key": fold(seller_name)[:512] if direction == Direction.PURCHASE else "",
        "words": fold(f"{listed.invoice_number} {other[:512]}"),
    }


def kind(listed: str) -> str:
    """KSeF's ``invoiceType`` as RodzajFaktury writes it: „KorZal" is „KOR_ZAL"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", listed).upper()[:16]
