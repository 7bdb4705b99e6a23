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

MOST: Final = 1_000_000
"""Bytes: some signatures carry the whole chain, its revocation lists and time stamps."""
FAMILY: Final = "signed-request"
"""Of the codes, in the catalogue of texts."""
_REQUESTS = frozenset(f"{{{namespace}}}AuthTokenRequest" for namespace in SCHEMAS.values())
_UTF_8: Final = {"UTF-8", "UTF8", "US-ASCII", "ASCII"}
_SIGNATURE = f"{{{xades.DS}}}Signature"
_NOT_XML_BUT_SIGNED = (b"PK\x03\x04", b"0\x80", b"0\x82", b"%PDF", b"-----BEGIN PKCS7", b"-----BEGIN CMS")
"""ASiC containers, CMS in DER, PDF and CMS in PEM: what signing programs make when they are not told otherwise."""


class SignedRequestError(Exception):
    """A file that KSeF would not take; ``params`` fill the text of ``code`` (``web.catalogue.signed_requests``)."""

    family = FAMILY

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


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
            raise SignedRequestError("signer-expired", date=f"{certificate.not_valid_after_utc:%Y-%m-%d}")
        if now < certificate.not_valid_before_utc:
            raise SignedRequestError("signer-not-yet", date=f"{certificate.not_valid_before_utc:%Y-%m-%d}")
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
        inside = [element for element in root.iter() if element.tag in _REQUESTS]
        if len(inside) == 1 and root.tag == _SIGNATURE:
            return inside[0]
        raise SignedRequestError("detached")
    raise SignedRequestError("not-a-request")


def _is_ours(request: etree._Element, unsigned: etree._Element) -> None:
    if _text(request, "Challenge") != _text(unsigned, "Challenge"):
        raise SignedRequestError("other-attempt")
    if (context := _context(request)) != _context(unsigned):
        raise SignedRequestError("other-company", found=context)
    if _content(request) != _content(unsigned):
        raise SignedRequestError("altered")


def _text(request: etree._Element, name: str) -> str:
    return (request.findtext(f"{{*}}{name}") or "").strip()


def _context(request: etree._Element) -> str:
    holder = request.find("{*}ContextIdentifier")
    return "" if holder is None else " ".join(str(text).strip() for text in holder.itertext()).strip()


def _content(request: etree._Element) -> list[tuple[str, str]]:
    """Elements and texts, without the signature and the white space that signing programs may add."""
    return [
        (str(element.tag), (element.text or "").strip())
        for element in request.iter(etree.Element)
        if not any(above.tag == _SIGNATURE for above in (element, *_ancestors(element, request)))
    ]


def _ancestors(element: etree._Element, top: etree._Element) -> list[etree._Element]:
    """Those below ``top``: an enveloping signature stands around it."""
    ancestors: list[etree._Element] = []
    if element is top:
        return ancestors
    for above in element.iterancestors():
        if above is top:
            break
        ancestors.append(above)
    return ancestors
