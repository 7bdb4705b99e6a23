"""A receipt (UPO) on paper."""

from __future__ import annotations

from typing import Any

from lxml import etree

from liczydlo.ksef import upo
from liczydlo.prints import typesetting
from liczydlo.prints.labels import Language
from liczydlo.prints.typesetting import PrintError

_WORDS = {
    "title": ("Urzędowe poświadczenie odbioru (UPO)", "Official confirmation of receipt (UPO)"),
    "recipient": ("Podmiot przyjmujący", "Received by"),
    "session": ("Numer referencyjny sesji", "Session reference"),
    "context": ("Kontekst", "Context"),
    "schema": ("Struktura", "Structure"),
    "page": ("Strona", "Page"),
    "ksef_number": ("Numer KSeF", "KSeF number"),
    "invoice": ("Numer faktury", "Invoice number"),
    "seller": ("NIP sprzedawcy", "Seller's NIP"),
    "issued": ("Data wystawienia", "Issued"),
    "sent": ("Przesłano do KSeF", "Sent to KSeF"),
    "numbered": ("Nadano numer KSeF", "Number given"),
    "digest": ("Skrót dokumentu (SHA-256)", "Document digest (SHA-256)"),
    "mode": ("Tryb wysyłki", "Mode"),
    "signed": ("Podpisano", "Signed"),
}


def upo_pdf(xml: bytes, *, language: Language = "pl") -> bytes:
    """The print of a receipt, PDF/A-3b with the signed XML inside. Raises PrintError."""
    try:
        receipt = upo.read(xml)
    except (upo.UpoError, etree.LxmlError) as error:
        raise PrintError(str(error)) from error
    index = 1 if language == "en" else 0
    words = {name: pair[index] for name, pair in _WORDS.items()}
    head = [
        (words["recipient"], receipt.recipient),
        (words["session"], receipt.session_reference),
        (words["context"], f"{receipt.context_kind} {receipt.context_value}"),
        (words["schema"], receipt.schema),
    ]
    if receipt.pages > 1:
        head.append((words["page"], f"{receipt.page}/{receipt.pages}"))
    documents: list[dict[str, Any]] = [
        {
            "title": each.ksef_number,
            "pairs": [
                (words["invoice"], each.invoice_number),
                (words["seller"], each.seller_nip),
                (words["issued"], f"{each.issue_date:%d.%m.%Y}"),
                (words["sent"], f"{each.sent:%d.%m.%Y %H:%M:%S %Z}"),
                (words["numbered"], f"{each.numbered:%d.%m.%Y %H:%M:%S %Z}"),
                (words["mode"], each.mode),
                (words["digest"], each.sha256.hex()),
            ],
        }
        for each in receipt.documents
    ]
    data = {
        "language": language,
        "words": words,
        "head": head,
        "documents": documents,
        "xml": xml.decode("utf-8", "replace"),
    }
    return typesetting.pdf("upo.typ", data)
