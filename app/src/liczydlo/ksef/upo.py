"""The UPO: the Ministry's signed receipt for accepted invoices (schema ``upo-v4-3.xsd``).

:func:`verify` goes through numbered steps, each of which raises, and returns only what the signature covers.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

from liczydlo.ksef import xades

NAMESPACE: Final = "http://upo.schematy.mf.gov.pl/KSeF/v4-3"
MAX_SIZE: Final = 64 * 1024 * 1024  # bytes
_NAMESPACE: Final = re.compile(r"\{(http://upo\.schematy\.mf\.gov\.pl/KSeF/v4-\d)\}Potwierdzenie")
_CANONICAL: Final = {
    f"{algorithm}{comments}"
    for algorithm in (
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2006/12/xml-c14n11",
        "http://www.w3.org/2001/10/xml-exc-c14n#",
    )
    for comments in ("", "WithComments", "#WithComments")
}
_TRANSFORMS: Final = _CANONICAL | {xades.ENVELOPED}
_CONTEXTS: Final = {
    "Nip": "Nip",
    "IdWewnetrzny": "InternalId",
    "IdZlozonyVatUE": "NipVatUe",
    "IdDostawcyUslugPeppol": "PeppolId",
}


class UpoError(Exception):
    """A receipt that proves nothing. ``code`` is stable; ``step`` is the number of the step that failed."""

    def __init__(self, code: str, step: int, detail: str = "") -> None:
        super().__init__(f"{step}: {code} {detail}".strip())
        self.code = code
        self.step = step
        self.detail = detail


@dataclass(frozen=True, kw_only=True)
class UpoDocument:
    """One accepted invoice of a receipt. ``sha256`` is of the XML as sent; moments are aware."""

    seller_nip: str
    ksef_number: str
    invoice_number: str
    issue_date: date
    sent: datetime
    numbered: datetime
    sha256: bytes
    mode: str


@dataclass(frozen=True, kw_only=True)
class Upo:
    """A receipt; a verified one has ``certificate`` and, if the signature tells it, ``signed_at``."""

    recipient: str
    session_reference: str
    context_kind: str
    context_value: str
    page: int = 1
    pages: int = 1
    schema: str
    form: str
    documents: tuple[UpoDocument, ...]
    signed_at: datetime | None = None
    certificate: x509.Certificate | None = field(default=None, repr=False)

    def document(self, ksef_number: str) -> UpoDocument | None:
        """The receipt's entry for this KSeF number."""
        return next((document for document in self.documents if document.ksef_number == ksef_number), None)


def read(xml: bytes) -> Upo:
    """What a receipt says, without asking whether it is genuine. Raises :class:`UpoError` (step 1 or 7)."""
    return _content(_root(xml))


def verify(xml: bytes, *, trusted: x509.Certificate | Sequence[x509.Certificate] | None = None) -> Upo:
    """Verify a receipt's XAdES signature and return what it covers.

    ``trusted`` are the certificates that may have signed; without them the certificate inside the document is
    taken at its word, which proves that the document is whole, not whose it is.

    Raises :class:`UpoError`. The steps: 1 the document is a UPO; 2 it has one signature, inside the root; 3
    the signature uses only transforms that we understand; 4 the certificate is there, and is a trusted one; 5
    the signature and all digests are right; 6 what was signed is the whole document; 7 its content can be
    read.
    """
    root = _root(xml)  # 1
    signature = _signature(root)  # 2
    _check_transforms(signature)  # 3
    certificate = _certificate(signature, trusted)  # 4
    results = _verified(xml, signature, certificate)  # 5
    signed = _whole_document(results, signature)  # 6
    return _content(signed, certificate=certificate, signed_at=_signed_at(results))  # 7


def _root(xml: bytes) -> etree._Element:
    if len(xml) > MAX_SIZE:
        raise UpoError("too-large", 1)
    try:
        root = xades.parse(xml).getroot()
    except ValueError as error:
        raise UpoError("not-xml", 1, str(error)) from error
    if not _NAMESPACE.fullmatch(root.tag):
        raise UpoError("not-a-upo", 1, root.tag)
    return root


def _signature(root: etree._Element) -> etree._Element:
    signatures = list(root.iter(f"{{{xades.DS}}}Signature"))
    if not signatures:
        raise UpoError("not-signed", 2)
    if len(signatures) > 1 or signatures[0].getparent() is not root:
        raise UpoError("odd-signature", 2)
    return signatures[0]


def _check_transforms(signature: etree._Element) -> None:
    """Anything else would be skipped silently by the verifier, and sign something else than it seems to."""
    for transform in signature.iter(f"{{{xades.DS}}}Transform"):
        algorithm = transform.get("Algorithm")
        if algorithm not in _TRANSFORMS:
            raise UpoError("unsupported-transform", 3, str(algorithm))
    method = signature.find(f"{{{xades.DS}}}SignedInfo/{{{xades.DS}}}CanonicalizationMethod")
    if method is None or method.get("Algorithm") not in _CANONICAL:
        raise UpoError("unsupported-canonicalization", 3)


def _certificate(
    signature: etree._Element, trusted: x509.Certificate | Sequence[x509.Certificate] | None
) -> x509.Certificate:
    certificate = xades.signer(signature)
    if certificate is None:
        raise UpoError("no-certificate", 4)
    allowed = [trusted] if isinstance(trusted, x509.Certificate) else trusted
    if allowed is not None and certificate not in allowed:
        raise UpoError("untrusted-certificate", 4)
    return certificate


class _Verifier(XAdESVerifier):
    """Keeps the processing instructions around the root, which ``URI=""`` covers and signxml drops."""

    def _tostring(self, xml_node: Any, **options: Any) -> Any:
        return super()._tostring(_document_of(xml_node), **options)  # type: ignore[no-untyped-call]

    def _c14n(self, nodes: Any, algorithm: CanonicalizationMethod, inclusive_ns_prefixes: Any = None) -> Any:
        return super()._c14n(_document_of(nodes), algorithm, inclusive_ns_prefixes)


def _document_of(node: etree._Element) -> etree._Element | etree._ElementTree:
    """The document of a root that has something beside it; else the element."""
    if node.getparent() is None and (node.getprevious() is not None or node.getnext() is not None):
        return node.getroottree()
    return node


def _verified(xml: bytes, signature: etree._Element, certificate: x509.Certificate) -> list[Any]:
    references = len(signature.findall(f"{{{xades.DS}}}SignedInfo/{{{xades.DS}}}Reference"))
    configuration: SignatureConfiguration = XAdESSignatureConfiguration(
        expect_references=references,
        ignore_ambiguous_key_info=True,  # the certificate decides; a KeyValue beside it may be of RFC 4050
        verification_time=xades.signing_time(signature),  # a receipt outlives the certificate that signed it
    )
    try:
        results: list[Any] = _Verifier().verify(xml, x509_cert=certificate, expect_config=configuration)
    except (SignXMLException, etree.LxmlError, UnsupportedAlgorithm, ValueError, TypeError) as error:
        raise UpoError("wrong-signature", 5, type(error).__name__) from error
    return results


def _whole_document(results: list[Any], signature: etree._Element) -> etree._Element:
    """The signed UPO itself, never the document that it came in."""
    addresses = [
        reference.get("URI")
        for reference in signature.iterfind(f"{{{xades.DS}}}SignedInfo/{{{xades.DS}}}Reference")
    ]
    for address, result in zip(addresses, results, strict=True):
        signed: etree._Element | None = result.signed_xml
        if address == "" and signed is not None and _NAMESPACE.fullmatch(signed.tag):
            return signed
    raise UpoError("document-not-signed", 6)


def _signed_at(results: list[Any]) -> datetime | None:
    for result in results:
        if result.signed_xml is not None and result.signed_xml.tag == f"{{{xades.XADES}}}SignedProperties":
            return xades.signing_time(result.signed_xml)
    return None


def _content(
    root: etree._Element, certificate: x509.Certificate | None = None, signed_at: datetime | None = None
) -> Upo:
    prefix = root.tag.removesuffix("Potwierdzenie")

    def text(parent: etree._Element, *path: str) -> str:
        value = parent.findtext("/".join(prefix + name for name in path))
        if value is None or not value.strip():
            raise UpoError("incomplete", 7, "/".join(path))
        return value.strip()

    holder = root.find(f"{prefix}Uwierzytelnienie/{prefix}IdKontekstu")
    context = next(iter(holder), None) if holder is not None else None
    if context is None or context.text is None:
        raise UpoError("incomplete", 7, "IdKontekstu")
    paged = root.find(f"{prefix}OpisPotwierdzenia") is not None
    try:
        return Upo(
            recipient=text(root, "NazwaPodmiotuPrzyjmujacego"),
            session_reference=text(root, "NumerReferencyjnySesji"),
            context_kind=_CONTEXTS.get(etree.QName(context).localname, etree.QName(context).localname),
            context_value=context.text.strip(),
            page=int(text(root, "OpisPotwierdzenia", "Strona")) if paged else 1,
            pages=int(text(root, "OpisPotwierdzenia", "LiczbaStron")) if paged else 1,
            schema=text(root, "NazwaStrukturyLogicznej"),
            form=text(root, "KodFormularza"),
            documents=tuple(
                UpoDocument(
                    seller_nip=text(entry, "NipSprzedawcy"),
                    ksef_number=text(entry, "NumerKSeFDokumentu"),
                    invoice_number=text(entry, "NumerFaktury"),
                    issue_date=date.fromisoformat(text(entry, "DataWystawieniaFaktury")[:10]),
                    sent=_moment(text(entry, "DataPrzeslaniaDokumentu")),
                    numbered=_moment(text(entry, "DataNadaniaNumeruKSeF")),
                    sha256=base64.b64decode(text(entry, "SkrotDokumentu"), validate=True),
                    mode=text(entry, "TrybWysylki"),
                )
                for entry in root.iterfind(f"{prefix}Dokument")
            ),
            signed_at=signed_at,
            certificate=certificate,
        )
    except ValueError as error:
        raise UpoError("incomplete", 7, str(error)) from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text.strip())
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
