"""A receipt (UPO) on paper: every field of it, and what its signature says of itself."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from liczydlo.prints import reading, typesetting
from liczydlo.prints.choices import word
from liczydlo.prints.labels import Language, label
from liczydlo.prints.reading import Fitted, Node, Pair, fitted
from liczydlo.prints.typesetting import PrintError
from liczydlo.prints.values import moment, seconds

TEMPLATE: Final = "upo.typ"
_ORDER: Final = (
    *("NumerFaktury", "NipSprzedawcy", "DataWystawieniaFaktury", "DataPrzeslaniaDokumentu"),
    *("DataNadaniaNumeruKSeF", "TrybWysylki", "SkrotDokumentu"),
)


def upo_pdf(xml: bytes, *, language: Language = "pl", ksef_number: str = "") -> bytes:
    """The print of a receipt, PDF/A-3b with the signed XML inside. Raises PrintError.

    A receipt of a batch session names thousands of invoices: ``ksef_number`` prints the entry of one alone. The print
    does not judge the signature: ``liczydlo.ksef.upo.verify`` does.
    """
    data, assigned = _content(xml, language, ksef_number)
    return typesetting.pdf(TEMPLATE, data, attachment=xml, moment=assigned)


def _content(xml: bytes, language: Language, ksef_number: str) -> tuple[dict[str, Any], int]:
    root = reading.document(xml, language)
    documents = []
    for node in root.all("Dokument"):
        if ksef_number in ("", node.text("NumerKSeFDokumentu")):
            documents.append(node)
        else:
            _leave_out(node)
    if root.name != "Potwierdzenie" or not documents:
        raise PrintError("not-a-receipt", root.name)
    assigned = documents[0].first("DataNadaniaNumeruKSeF")
    accepted = [
        {"title": node.text("NumerKSeFDokumentu"), "pairs": _placed(node.pairs(*_ORDER) + _rest(node))}
        for node in documents
    ]
    signature = _signature(root)
    for node in root.all("Signature"):
        _leave_out(node)
    words = ("receipt", "ksef_number", "documents", "signature", "page", "receipt_inside", "lost")
    data = {
        "language": language,
        "words": {name: word(name, language) for name in words},
        "head": _placed(_rest(root)),
        "documents": accepted,
        "signature": _placed(signature),
    }
    return data, (seconds(assigned.value) if assigned else None) or 0


def _leave_out(node: Node) -> None:
    for leaf, _ in list(node.unread()):
        leaf.read = True


def _rest(node: Node) -> list[Pair]:
    """Every leaf below that nobody has read."""
    return [(label(leaf.name, node.language), leaf.shown()) for leaf, _ in list(node.unread())]


def _placed(pairs: list[Pair]) -> list[Fitted]:
    return fitted(pairs, value=112, name=56)


def _signature(root: Node) -> list[Pair]:
    """When and by whom, as the signature itself says."""
    language = root.language
    pairs: list[Pair] = []
    for node in _below(root, "SigningTime"):
        pairs.append((word("signed", language), moment(node.text(), language)))
    for node in _below(root, "X509Certificate")[:1]:
        if name := _subject(node.text()):
            pairs.append((word("signer", language), name))
    return pairs


def _below(node: Node, name: str) -> list[Node]:
    nodes = [node] if node.name == name else []
    for child in node.children:
        nodes += _below(child, name)
    return nodes


def _subject(text: str) -> str:
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode("".join(text.split())))
    except (ValueError, binascii.Error):
        return ""
    parts = [
        str(attribute.value)
        for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
        for attribute in certificate.subject.get_attributes_for_oid(kind)
    ]
    return ", ".join(dict.fromkeys(parts))
