"""Signing a document in the form XAdES-BES, enveloped (guide ``auth/podpis-xades.md``, ETSI TS 101 903).

Written here rather than left to signxml, because signxml takes the time of signing from the wall clock and
its exclusive canonicalization does not pass its own verification. Exclusive canonicalization makes the digest
of the signed properties independent of what surrounds them. signxml verifies the result in tests.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from liczydlo.ksef.credentials import Credential, PrivateKey

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
SIGNED_PROPERTIES: Final = "http://uri.etsi.org/01903#SignedProperties"
_DIGESTS: Final[dict[str, Callable[[], hashes.HashAlgorithm]]] = {  # XMLDSig 1.1 §6.2, RFC 6931 §2.1
    "http://www.w3.org/2000/09/xmldsig#sha1": hashes.SHA1,
    "http://www.w3.org/2001/04/xmldsig-more#sha224": hashes.SHA224,
    SHA256: hashes.SHA256,
    "http://www.w3.org/2001/04/xmldsig-more#sha384": hashes.SHA384,
    "http://www.w3.org/2001/04/xmlenc#sha512": hashes.SHA512,
}
_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
_NAMESPACES: Final = {"ds": DS, "xades": XADES}
_SIGNATURE_ID, _DOCUMENT_ID, _PROPERTIES_ID = "Signature", "Document", "SignedProperties"


@dataclass(frozen=True, kw_only=True)
class _Method:
    """A signature algorithm: its XML name and how it signs."""

    uri: str
    sign: Callable[[bytes], bytes]


def parse(document: bytes) -> etree._ElementTree:
    """Read XML without entities, network or DOCTYPE. Raises :class:`ValueError`."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = etree.ElementTree(etree.fromstring(document, parser))
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not XML: {error.msg}") from error
    if tree.docinfo.internalDTD is not None:
        raise ValueError("a DOCTYPE is not accepted")
    return tree


def signer(signature: etree._Element) -> x509.Certificate | None:
    """The certificate in ``KeyInfo`` that signed, as far as the signature says so.

    ``KeyInfo`` may hold the whole chain, in any order (XMLDSig §4.5.4); the signer's is the one whose digest stands
    first in ``SigningCertificate`` or ``SigningCertificateV2`` (ETSI EN 319 132-1 §5.2.2). A single certificate is
    taken even if no digest names it. None when there is no certificate to be read, or several and none is named.
    """
    certificates = _certificates(signature)
    for path in ("SigningCertificate", "SigningCertificateV2"):
        digest = signature.find(
            f".//{_xades('SignedSignatureProperties')}/{_xades(path)}/*/{_xades('CertDigest')}"
        )
        if digest is None:
            continue
        method = digest.find(_ds("DigestMethod"))
        make = _DIGESTS.get(method.get("Algorithm", "")) if method is not None else None
        value = _decoded(digest.findtext(_ds("DigestValue")))
        for certificate in certificates:
            if make is not None and certificate.fingerprint(make()) == value:
                return certificate
    return certificates[0] if len(certificates) == 1 else None


def signing_time(signature: etree._Element) -> datetime | None:
    """When the signer says that it signed, aware; None when it does not say, or nothing that is a time."""
    text = signature.findtext(f".//{_xades('SignedSignatureProperties')}/{_xades('SigningTime')}")
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _certificates(signature: etree._Element) -> list[x509.Certificate]:
    certificates = []
    for element in signature.iterfind(f"{_ds('KeyInfo')}//{_ds('X509Certificate')}"):
        try:
            certificates.append(x509.load_der_x509_certificate(_decoded(element.text)))
        except ValueError:
            continue  # a damaged one is as good as none
    return certificates


def _decoded(text: str | None) -> bytes:
    try:
        return base64.b64decode("".join((text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def sign(document: bytes, credential: Credential, *, signing_time: datetime) -> bytes:
    """Put an enveloped XAdES-BES signature into the document's root, as its last child.

    ``signing_time`` is aware. What is signed is the whole document: processing instructions outside the root are a
    part of what ``URI=""`` covers, comments are not (XMLDSig §4.4.3.3, Canonical XML §2.1). RSA signs with PKCS#1
    v1.5 and SHA-256; an elliptic curve with the hash of its own strength, the value written as ``R || S``. Raises
    :class:`ValueError` for what is not XML.
    """
    tree = parse(document)
    document_digest = _digest(tree)
    method = _method(credential.private_key)
    signature = etree.SubElement(tree.getroot(), _ds("Signature"), nsmap={"ds": DS}, Id=_SIGNATURE_ID)
    signed_info = etree.SubElement(signature, _ds("SignedInfo"))
    value = etree.SubElement(signature, _ds("SignatureValue"))
    certificate = credential.certificate.public_bytes(Encoding.DER)
    data = etree.SubElement(etree.SubElement(signature, _ds("KeyInfo")), _ds("X509Data"))
    _text(data, _ds("X509Certificate"), _base64(certificate))
    properties = _properties(
        etree.SubElement(signature, _ds("Object")), credential, certificate, signing_time
    )

    etree.SubElement(signed_info, _ds("CanonicalizationMethod"), Algorithm=EXCLUSIVE)
    etree.SubElement(signed_info, _ds("SignatureMethod"), Algorithm=method.uri)
    _reference(signed_info, {"Id": _DOCUMENT_ID, "URI": ""}, (ENVELOPED, EXCLUSIVE), document_digest)
    _reference(
        signed_info,
        {"Type": SIGNED_PROPERTIES, "URI": f"#{_PROPERTIES_ID}"},
        (EXCLUSIVE,),
        _digest(properties),
    )
    value.text = _base64(method.sign(_canonical(signed_info)))
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8")


def _properties(
    holder: etree._Element, credential: Credential, certificate: bytes, signing_time: datetime
) -> etree._Element:
    """QualifyingProperties: when and with which certificate; returns the element that is signed."""
    qualifying = etree.SubElement(
        holder, _xades("QualifyingProperties"), nsmap=_NAMESPACES, Target=f"#{_SIGNATURE_ID}"
    )
    signed = etree.SubElement(qualifying, _xades("SignedProperties"), Id=_PROPERTIES_ID)
    about_signature = etree.SubElement(signed, _xades("SignedSignatureProperties"))
    _text(about_signature, _xades("SigningTime"), f"{signing_time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    cert = etree.SubElement(etree.SubElement(about_signature, _xades("SigningCertificate")), _xades("Cert"))
    cert_digest = etree.SubElement(cert, _xades("CertDigest"))
    etree.SubElement(cert_digest, _ds("DigestMethod"), Algorithm=SHA256)
    _text(cert_digest, _ds("DigestValue"), _base64(_sha256(certificate)))
    issuer = etree.SubElement(cert, _xades("IssuerSerial"))
    _text(issuer, _ds("X509IssuerName"), credential.certificate.issuer.rfc4514_string())
    _text(issuer, _ds("X509SerialNumber"), str(credential.certificate.serial_number))
    about_data = etree.SubElement(signed, _xades("SignedDataObjectProperties"))
    data_format = etree.SubElement(about_data, _xades("DataObjectFormat"), ObjectReference=f"#{_DOCUMENT_ID}")
    _text(data_format, _xades("MimeType"), "text/xml")
    return signed


def _reference(
    signed_info: etree._Element, attributes: dict[str, str], transforms: tuple[str, ...], digest: bytes
) -> None:
    reference = etree.SubElement(signed_info, _ds("Reference"), attributes)
    holder = etree.SubElement(reference, _ds("Transforms"))
    for algorithm in transforms:
        etree.SubElement(holder, _ds("Transform"), Algorithm=algorithm)
    etree.SubElement(reference, _ds("DigestMethod"), Algorithm=SHA256)
    _text(reference, _ds("DigestValue"), _base64(digest))


def _method(key: PrivateKey) -> _Method:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return _ecdsa(key)
    return _Method(
        uri=_MORE + "rsa-sha256", sign=lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    )


def _ecdsa(key: ec.EllipticCurvePrivateKey) -> _Method:
    size = key.curve.key_size
    algorithm: hashes.HashAlgorithm
    algorithm, name = (
        (hashes.SHA256(), "ecdsa-sha256")
        if size <= 256
        else (hashes.SHA384(), "ecdsa-sha384")
        if size <= 384
        else (hashes.SHA512(), "ecdsa-sha512")
    )
    length = (size + 7) // 8

    def signed(data: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(algorithm)))
        return r.to_bytes(length, "big") + s.to_bytes(length, "big")  # RFC 4050 §3.3

    return _Method(uri=_MORE + name, sign=signed)


def _canonical(node: etree._Element | etree._ElementTree) -> bytes:
    return etree.tostring(node, method="c14n", exclusive=True, with_comments=False)


def _digest(node: etree._Element | etree._ElementTree) -> bytes:
    return _sha256(_canonical(node))


def _sha256(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(data)
    return digest.finalize()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _text(parent: etree._Element, tag: str, text: str) -> None:
    etree.SubElement(parent, tag).text = text


def _ds(name: str) -> str:
    return f"{{{DS}}}{name}"


def _xades(name: str) -> str:
    return f"{{{XADES}}}{name}"
