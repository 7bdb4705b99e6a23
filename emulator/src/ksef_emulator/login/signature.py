"""Verifying the XAdES signature of a login document (ksef-docs auth/podpis-xades.md), and trusting only what it covers.

The steps are numbered in :func:`verify`; each refuses with KSeF's code. signxml skips transforms that it does not know,
so this module refuses those first; ``verifier`` does the two that the guide allows and signxml lacks.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree
from signxml.algorithms import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureMethod,
    digest_algorithm_implementations,
)
from signxml.exceptions import SignXMLException
from signxml.xades.xades import XAdESSignatureConfiguration

from .. import problems
from .verifier import FILTER2, XPATH, Verifier, remove
from .xml import parse

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
BASE64 = "http://www.w3.org/2000/09/xmldsig#base64"
_CANONICAL = frozenset(method.value for method in CanonicalizationMethod)
"""All six that the guide lists; signxml knows no others."""
_TRANSFORMS = _CANONICAL | {ENVELOPED, BASE64, XPATH, FILTER2}
_HASHES = ("SHA256", "SHA384", "SHA512", "SHA3_256", "SHA3_384", "SHA3_512")
_METHODS = frozenset(
    SignatureMethod[name]
    for name in (
        *("RSA_SHA1", "RSA_SHA256", "RSA_SHA384", "RSA_SHA512", "SHA1_RSA_MGF1", "ECDSA_SHA1"),
        *(f"{node}_RSA_MGF1" for node in _HASHES),
        *(f"ECDSA_{node}" for node in _HASHES),
    )
)
_DIGESTS = frozenset(DigestAlgorithm[name] for name in ("SHA1", *_HASHES))
_INSTRUCTION = etree._ProcessingInstruction
_RSA_BITS, _EC_BITS = 2048, 256
_FAILURES = (
    *(SignXMLException, etree.LxmlError, UnsupportedAlgorithm),
    *(
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        NotImplementedError,
    ),  # of what signxml expects to be there
)


@dataclass(frozen=True, kw_only=True)
class Signed:
    """What a signature covers: the request alone, without the signature, and the certificate that signed it."""

    request: etree._Element
    certificate: x509.Certificate


def verify(xml: bytes, *, sha1: bool = True) -> Signed:
    """Verify a signed login document; without ``sha1`` that algorithm is refused.

    Raises problems 21217, 21001, 9101, 9102, 9103, 9105, 21115, 21401."""
    root = parse(xml)  # 1: readable, UTF-8, without a document type
    signature = _the_signature(root)  # 2: one, enveloped at the top or enveloping
    _check_algorithms(signature, sha1=sha1)  # 3: nothing that would be skipped silently
    _unambiguous_ids(root)  # 4: an address means one element
    certificate = _signing_certificate(signature)  # 5: there, and strong enough
    results = _verified(root, signature, certificate)  # 6: all digests and the signature are right
    return Signed(
        request=_covered(results, root), certificate=certificate
    )  # 7: the request is what was signed


def is_request(element: etree._Element) -> bool:
    """Whether it is an ``AuthTokenRequest``, of whatever namespace."""
    return isinstance(element.tag, str) and etree.QName(element).localname == "AuthTokenRequest"


def _the_signature(root: etree._Element) -> etree._Element:
    unsigned = f"{{{XADES}}}UnsignedProperties"
    signatures = [
        node
        for node in root.iter(f"{{{DS}}}Signature")
        if not any(True for _ in node.iterancestors(unsigned))
    ]
    if not signatures:
        raise problems.no_signature()
    if len(signatures) > 1:
        raise problems.too_many_signatures()
    signature = signatures[0]
    if signature is root or (signature.getparent() is root and is_request(root)):
        return signature
    if is_request(root):
        raise problems.invalid_signature("Podpis musi być otaczany albo otaczający.")
    raise problems.against_schema(f"Nieoczekiwany element główny: {root.tag}.")


def _check_algorithms(signature: etree._Element, *, sha1: bool) -> None:
    for transform in signature.iter(f"{{{DS}}}Transform"):
        algorithm = transform.get("Algorithm")
        if algorithm not in _TRANSFORMS:
            raise problems.invalid_signature(f"Niedozwolone przekształcenie: {algorithm}.")
        if algorithm in (XPATH, FILTER2) and not _only_drops_the_signature(transform, str(algorithm)):
            raise problems.invalid_signature("Niedozwolone wyrażenie XPath w przekształceniu.")
    unsigned = f"{{{XADES}}}UnsignedProperties"
    allowed = {node.value for node in _DIGESTS if sha1 or node is not DigestAlgorithm.SHA1}
    for digest in signature.iter(f"{{{DS}}}DigestMethod"):
        foreign = digest.get("Algorithm") not in allowed
        if foreign and not any(True for _ in digest.iterancestors(unsigned)):
            raise problems.invalid_signature(f"Niedozwolony algorytm skrótu: {digest.get('Algorithm')}.")
    signing = signature.find(f"{{{DS}}}SignedInfo/{{{DS}}}SignatureMethod")
    if not sha1 and signing is not None and "sha1" in signing.get("Algorithm", ""):
        raise problems.invalid_signature(f"Niedozwolony algorytm podpisu: {signing.get('Algorithm')}.")
    method = signature.find(f"{{{DS}}}SignedInfo/{{{DS}}}CanonicalizationMethod")
    if method is None or method.get("Algorithm") not in _CANONICAL:
        raise problems.invalid_signature("Niedozwolona metoda kanonizacji.")


def _only_drops_the_signature(transform: etree._Element, algorithm: str) -> bool:
    """Both forms leave out the signature and nothing else; no other expression is evaluated."""
    if len(transform) != 1:
        return False
    path = transform[0]
    expression = "".join((path.text or "").split())
    prefix = next((name for name, space in path.nsmap.items() if space == DS and name), None)
    if prefix is None:
        return False
    if algorithm == XPATH:
        return expression in (
            f"not(ancestor-or-self::{prefix}:Signature)",
            f"not(ancestor-or-self::{prefix}:Signature[1])",
        )
    subtracts = path.get("Filter") == "subtract"
    return subtracts and expression in (f"/descendant::{prefix}:Signature", f"//{prefix}:Signature")


def _unambiguous_ids(root: etree._Element) -> None:
    values: set[str] = set()
    for element in root.iter("*"):
        for name in ("Id", "ID", "id"):
            value = element.get(name)
            if value is None:
                continue
            if value in values:
                raise problems.invalid_signature("Ten sam identyfikator nosi więcej niż jeden element.")
            values.add(value)


def _signing_certificate(signature: etree._Element) -> x509.Certificate:
    """The certificate of ``KeyInfo`` whose digest the signature names, in whatever order they stand; the first one
    where it names none of them, which the verification refuses."""
    texts = signature.findall(f"{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate")
    if not texts:
        raise problems.invalid_certificate("W podpisie brak certyfikatu (X509Certificate).")
    try:
        encoded = [base64.b64decode("".join((text.text or "").split()), validate=True) for text in texts]
        certificate = x509.load_der_x509_certificate(_named(signature, encoded) or encoded[0])
        key = certificate.public_key()
    except (ValueError, binascii.Error, UnsupportedAlgorithm) as error:
        raise problems.invalid_certificate("Nieczytelny certyfikat.") from error
    strong = (isinstance(key, rsa.RSAPublicKey) and key.key_size >= _RSA_BITS) or (
        isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size >= _EC_BITS
    )
    if not strong:
        raise problems.invalid_certificate(
            "Klucz musi być RSA o długości co najmniej 2048 albo EC co najmniej 256 bitów."
        )
    return certificate


def _named(signature: etree._Element, certificates: Sequence[bytes]) -> bytes | None:
    """Of these DER certificates the one that the first ``Cert`` of ``SigningCertificate(V2)`` names: the signer's (ETSI
    EN 319 132-1, 5.2.2). Whether that property is signed, and stands there once, is seen in the verification."""
    properties = f"{{{XADES}}}SignedSignatureProperties"
    for name in ("SigningCertificate", "SigningCertificateV2"):
        digest = signature.find(f".//{properties}/{{{XADES}}}{name}/{{{XADES}}}Cert/{{{XADES}}}CertDigest")
        method = digest.find(f"{{{DS}}}DigestMethod") if digest is not None else None
        if digest is None or method is None:
            continue
        try:
            algorithm = digest_algorithm_implementations[DigestAlgorithm(method.get("Algorithm"))]()
            value = base64.b64decode(digest.findtext(f"{{{DS}}}DigestValue") or "")
        except ValueError:  # the verification refuses it, too
            return None
        return next(
            (certificate for certificate in certificates if _hashed(certificate, algorithm) == value), None
        )
    return None


def _hashed(data: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()


def _verified(root: etree._Element, signature: etree._Element, certificate: x509.Certificate) -> list[Any]:
    """All references resolved and verified. The certificate's dates are judged with the login, by the clock."""
    references = len(signature.findall(f"{{{DS}}}SignedInfo/{{{DS}}}Reference"))
    if references not in (2, 3):
        raise problems.invalid_signature("Podpis XAdES musi obejmować dokument i SignedProperties.")
    configuration = XAdESSignatureConfiguration(
        location="./",
        expect_references=references,
        signature_methods=_METHODS,
        digest_algorithms=_DIGESTS,
        verification_time=certificate.not_valid_before_utc + timedelta(seconds=1),
        default_reference_c14n_method=CanonicalizationMethod.CANONICAL_XML_1_0,
    )
    try:
        results: list[Any] = Verifier().verify(
            _whole(root), x509_cert=certificate, expect_config=configuration
        )
    except _FAILURES as error:
        raise problems.invalid_signature("Podpis zweryfikowany negatywnie.", type(error).__name__) from error
    return results


def _whole(root: etree._Element) -> bytes:
    """The document with the processing instructions around its root, which ``URI=""`` covers, and without the comments
    there (XML Signature 1.1, 4.4.3.3)."""
    before = [node for node in root.itersiblings(preceding=True) if isinstance(node, _INSTRUCTION)]
    after = [node for node in root.itersiblings() if isinstance(node, _INSTRUCTION)]
    return b"\n".join(etree.tostring(node, with_tail=False) for node in [*reversed(before), root, *after])


def _covered(results: list[Any], root: etree._Element) -> etree._Element:
    """The one signed ``AuthTokenRequest``: the root itself, or what an enveloping signature's object holds."""
    requests = []
    for result in results:
        signed: etree._Element | None = result.signed_xml
        if signed is None:
            continue
        if is_request(signed):
            requests.append(signed)
        elif signed.tag == f"{{{DS}}}Object":
            requests += [child for child in signed if is_request(child)]
    if len(requests) != 1:
        raise problems.invalid_signature("Podpis nie obejmuje dokumentu AuthTokenRequest.")
    if is_request(root) and _canonical(requests[0]) != _canonical(_without_signature(root)):
        raise problems.invalid_signature("Podpis nie obejmuje całego dokumentu AuthTokenRequest.")
    return requests[0]


def _without_signature(root: etree._Element) -> etree._Element:
    bare = etree.fromstring(etree.tostring(root))
    for signature in bare.findall(f"{{{DS}}}Signature"):
        remove(signature)
    return bare


def _canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
