"""An ``AuthTokenRequest`` that somebody signed with a tool of their own: looked at before KSeF sees it.

KSeF verifies the signature; here the mistakes of people are named: another file, a signature in a file of its own, a
document of an earlier attempt, an expired certificate. A signature may stand inside the document (enveloped) or around
it (enveloping); ``auth/podpis-xades.md`` takes both.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from cryptography import x509
from lxml import etree

from liczydlo.ksef import xades
from liczydlo.ksef.login import SCHEMAS
from liczydlo.ksef.messages import Language

MOST: Final = 1_000_000
"""Bytes: some signatures carry the whole chain, its revocation lists and time stamps."""
_PORTAL = (
    "Otwórz w programie do podpisu pobrany plik XML i wybierz podpis XAdES otoczony (wewnętrzny).",
    "Open the downloaded XML file in the signing program and choose an enveloped (internal) XAdES signature.",
)
TEXTS: Final[dict[str, tuple[str, str]]] = {
    "empty-file": (
        "Plik jest pusty. Podpisz pobrany dokument jeszcze raz i wgraj zapisany plik.",
        "The file is empty. Sign the downloaded document again and upload the file that was saved.",
    ),
    "too-large": (
        "Plik jest za duży na podpisany dokument (najwyżej 1 MB). Wybierz plik XML zapisany po podpisaniu.",
        "The file is too large for the signed document (1 MB at most). Choose the XML file saved after signing.",
    ),
    "not-xml": (
        "To nie jest dokument XML. Wgraj plik .xml, który powstał po podpisaniu pobranego dokumentu.",
        "This is not an XML document. Upload the .xml file that was made by signing the downloaded document.",
    ),
    "not-utf-8": (
        "Ten plik zapisano w kodowaniu {encoding}, a KSeF przyjmuje UTF-8. Podpisz pobrany plik, nie otwierając i nie"
        " zapisując go wcześniej w edytorze, albo ustaw w programie do podpisu UTF-8.",
        "This file is written in {encoding}, and KSeF takes UTF-8. Sign the downloaded file without opening and saving"
        " it in an editor before, or set UTF-8 in the signing program.",
    ),
    "detached": (
        "Ten plik zawiera sam podpis, bez dokumentu. " + _PORTAL[0],
        "This file holds the signature alone, without the document. " + _PORTAL[1],
    ),
    "not-a-request": (
        "To nie jest dokument logowania do KSeF. Wgraj podpisany plik, który został pobrany w poprzednim kroku.",
        "This is not a KSeF login document. Upload the signed file that was downloaded in the step before.",
    ),
    "unsigned": (
        "Ten dokument nie ma podpisu: to plik sprzed podpisania. Podpisz go i wgraj plik, który wtedy powstanie.",
        "This document has no signature: it is the file from before signing. Sign it and upload what comes out.",
    ),
    "several-signatures": (
        "Dokument ma więcej niż jeden podpis, a KSeF przyjmuje dokładnie jeden. Pobierz dokument i podpisz go raz.",
        "The document has more than one signature, and KSeF takes exactly one. Download it and sign it once.",
    ),
    "other-attempt": (
        "To dokument z wcześniejszej próby. Każdy dokument działa raz, przez 10 minut. Podpisz ten, który jest na"
        " tej stronie.",
        "This document is of an earlier attempt. Each works once, for 10 minutes. Sign the one on this page.",
    ),
    "other-company": (
        "Ten dokument dotyczy innej firmy ({found}). Podpisz dokument pobrany na stronie tej firmy.",
        "This document is for another company ({found}). Sign the document downloaded on this company's page.",
    ),
    "altered": (
        "Dokument zmieniono po pobraniu, więc KSeF go nie przyjmie. Pobierz go jeszcze raz i podpisz bez zmian.",
        "The document was changed after the download, so KSeF will not take it. Download it again, sign it unchanged.",
    ),
    "signer-expired": (
        "Certyfikat, którym podpisano dokument, wygasł {date}. Podpisz ważnym certyfikatem albo profilem zaufanym.",
        "The certificate that signed the document expired on {date}. Use a valid certificate or a trusted profile.",
    ),
    "signer-not-yet": (
        "Certyfikat, którym podpisano dokument, jest ważny dopiero od {date}. Podpisz innym certyfikatem.",
        "The certificate that signed the document is valid only from {date}. Sign with another certificate.",
    ),
}
_REQUESTS = frozenset(f"{{{namespace}}}AuthTokenRequest" for namespace in SCHEMAS.values())
_UTF_8: Final = {"UTF-8", "UTF8", "US-ASCII", "ASCII"}
_SIGNATURE = f"{{{xades.DS}}}Signature"
_NOT_XML_BUT_SIGNED = (b"PK\x03\x04", b"0\x80", b"0\x82", b"%PDF", b"-----BEGIN PKCS7", b"-----BEGIN CMS")
"""ASiC containers, CMS in DER, PDF and CMS in PEM: what signing programs make when they are not told otherwise."""


class SignedRequestError(Exception):
    """A file that KSeF would not take; ``code`` is a key of ``TEXTS``."""

    def __init__(self, code: str, **params: str) -> None:
        """``params`` fill the text."""
        super().__init__(code)
        self.code = code
        self.params = params

    def text(self, language: Language = "pl") -> str:
        """What is wrong and what to do now."""
        return TEXTS[self.code][0 if language == "pl" else 1].format(**self.params)


def examine(signed: bytes, *, unsigned: bytes, now: datetime) -> x509.Certificate | None:
    """Whether it is the very document, signed once by a certificate that is valid now; the signer's certificate.

    ``unsigned`` is the document as it was given out; ``now`` is aware. None when the signature does not tell which
    certificate signed (``xades.signer``). Raises :class:`SignedRequestError`.
    """
    root = _parsed(signed)
    signatures = list(root.iter(_SIGNATURE))
    request = _request_in(root, signatures)
    if not signatures:
        raise SignedRequestError("unsigned")
    if len(signatures) > 1:
        raise SignedRequestError("several-signatures")
    _is_ours(request, xades.parse(unsigned).getroot())
    certificate = xades.signer(signatures[0])
    if certificate is not None:
        if now > certificate.not_valid_after_utc:
            raise SignedRequestError("signer-expired", date=f"{certificate.not_valid_after_utc:%d.%m.%Y}")
        if now < certificate.not_valid_before_utc:
            raise SignedRequestError("signer-not-yet", date=f"{certificate.not_valid_before_utc:%d.%m.%Y}")
    return certificate


def _parsed(signed: bytes) -> etree._Element:
    if not signed.strip():
        raise SignedRequestError("empty-file")
    if len(signed) > MOST:
        raise SignedRequestError("too-large")
    if signed.startswith(_NOT_XML_BUT_SIGNED):
        raise SignedRequestError("detached")
    try:
        tree = xades.parse(signed)
    except ValueError as error:
        raise SignedRequestError("not-xml") from error
    if (encoding := (tree.docinfo.encoding or "UTF-8").upper()) not in _UTF_8:
        raise SignedRequestError("not-utf-8", encoding=encoding)
    return tree.getroot()


def _request_in(root: etree._Element, signatures: list[etree._Element]) -> etree._Element:
    if root.tag in _REQUESTS:
        return root
    if root.tag == _SIGNATURE or signatures:
        inside = [found for found in root.iter() if found.tag in _REQUESTS]
        if len(inside) == 1 and root.tag == _SIGNATURE:
            return inside[0]
        raise SignedRequestError("detached")
    raise SignedRequestError("not-a-request")


def _is_ours(request: etree._Element, given_out: etree._Element) -> None:
    if _text(request, "Challenge") != _text(given_out, "Challenge"):
        raise SignedRequestError("other-attempt")
    if (found := _context(request)) != _context(given_out):
        raise SignedRequestError("other-company", found=found)
    if _content(request) != _content(given_out):
        raise SignedRequestError("altered")


def _text(request: etree._Element, name: str) -> str:
    return (request.findtext(f"{{*}}{name}") or "").strip()


def _context(request: etree._Element) -> str:
    holder = request.find("{*}ContextIdentifier")
    return "" if holder is None else " ".join(str(text).strip() for text in holder.itertext()).strip()


def _content(request: etree._Element) -> list[tuple[str, str]]:
    """Elements and texts, without the signature and the white space that signing programs may add."""
    return [
        (str(each.tag), (each.text or "").strip())
        for each in request.iter(etree.Element)
        if not any(above.tag == _SIGNATURE for above in (each, *_ancestors(each, request)))
    ]


def _ancestors(element: etree._Element, top: etree._Element) -> list[etree._Element]:
    """Those below ``top``: an enveloping signature stands around it."""
    found: list[etree._Element] = []
    if element is top:
        return found
    for above in element.iterancestors():
        if above is top:
            break
        found.append(above)
    return found
