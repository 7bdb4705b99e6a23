"""Verifying the XAdES signature of a login document (ksef-docs auth/podpis-xades.md), and trusting only what it covers.

The steps are numbered in :func:`verify`; each refuses with KSeF's code. signxml skips transforms that it does not know,
so this module refuses those first, and does itself the two that the guide allows and signxml lacks.
"""

from __future__ import annotations

import base64
import binascii
import copy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

from .. import problems
from .xml import parse

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
BASE64 = "http://www.w3.org/2000/09/xmldsig#base64"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
FILTER2 = "http://www.w3.org/2002/06/xmldsig-filter2"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_CANONICAL = frozenset(method.value for method in CanonicalizationMethod)
"""All six that the guide lists; signxml knows no others."""
_TRANSFORMS = _CANONICAL | {ENVELOPED, BASE64, XPATH, FILTER2}
_HASHES = ("SHA256", "SHA384", "SHA512", "SHA3_256", "SHA3_384", "SHA3_512")
_METHODS = frozenset(
    SignatureMethod[name]
    for name in (
        *("RSA_SHA1", "RSA_SHA256", "RSA_SHA384", "RSA_SHA512", "SHA1_RSA_MGF1", "ECDSA_SHA1"),
        *(f"{each}_RSA_MGF1" for each in _HASHES),
        *(f"ECDSA_{each}" for each in _HASHES),
    )
)
_DIGESTS = frozenset(DigestAlgorithm[name] for name in ("SHA1", *_HASHES))
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


def verify(xml: bytes) -> Signed:
    """Verify a signed login document. Raises problems 21217, 21001, 9101, 9102, 9103, 9105, 21115, 21401."""
    root = parse(xml)  # 1: readable, UTF-8, without a document type
    signature = _the_signature(root)  # 2: one, enveloped at the top or enveloping
    _known_algorithms(signature)  # 3: nothing that would be skipped silently
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
    found = [
        each
        for each in root.iter(f"{{{DS}}}Signature")
        if not any(True for _ in each.iterancestors(unsigned))
    ]
    if not found:
        raise problems.no_signature()
    if len(found) > 1:
        raise problems.too_many_signatures()
    signature = found[0]
    if signature is root or (signature.getparent() is root and is_request(root)):
        return signature
    if is_request(root):
        raise problems.invalid_signature("Podpis musi być otaczany albo otaczający.")
    raise problems.against_schema(f"Nieoczekiwany element główny: {root.tag}.")


def _known_algorithms(signature: etree._Element) -> None:
    for transform in signature.iter(f"{{{DS}}}Transform"):
        algorithm = transform.get("Algorithm")
        if algorithm not in _TRANSFORMS:
            raise problems.invalid_signature(f"Niedozwolone przekształcenie: {algorithm}.")
        if algorithm in (XPATH, FILTER2) and not _only_drops_the_signature(transform, str(algorithm)):
            raise problems.invalid_signature("Niedozwolone wyrażenie XPath w przekształceniu.")
    unsigned = f"{{{XADES}}}UnsignedProperties"
    for digest in signature.iter(f"{{{DS}}}DigestMethod"):
        foreign = digest.get("Algorithm") not in {each.value for each in _DIGESTS}
        if foreign and not any(True for _ in digest.iterancestors(unsigned)):
            raise problems.invalid_signature(f"Niedozwolony algorytm skrótu: {digest.get('Algorithm')}.")
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
    seen: set[str] = set()
    for element in root.iter("*"):
        for name in ("Id", "ID", "id"):
            value = element.get(name)
            if value is None:
                continue
            if value in seen:
                raise problems.invalid_signature("Ten sam identyfikator nosi więcej niż jeden element.")
            seen.add(value)


def _signing_certificate(signature: etree._Element) -> x509.Certificate:
    """The first certificate of ``KeyInfo``; XAdES's own digest of it is compared in the verification."""
    text = signature.findtext(f"{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate")
    if text is None:
        raise problems.invalid_certificate("W podpisie brak certyfikatu (X509Certificate).")
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode("".join(text.split()), validate=True))
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


class _Verifier(XAdESVerifier):
    """signxml's verifier with the two transforms that only drop the signature, and with inclusive canonical forms that
    are right in the midst of a document."""

    def _apply_transforms(self, payload: Any, *, transforms_node: Any, signature: etree._Element) -> Any:
        for transform in [] if transforms_node is None else transforms_node:
            if transform.get("Algorithm") in (XPATH, FILTER2):
                _remove(signature)
        return super()._apply_transforms(payload, transforms_node=transforms_node, signature=signature)

    def _check_key_value_matches_cert_public_key(
        self, key_value: Any, public_key: Any, signature_alg: SignatureMethod
    ) -> Any:
        plain = signature_alg.name.endswith("_RSA_MGF1")  # the same key, whose name signxml does not know
        algorithm = SignatureMethod.RSA_SHA256 if plain else signature_alg
        return super()._check_key_value_matches_cert_public_key(key_value, public_key, algorithm)

    def _c14n(self, nodes: Any, algorithm: Any, inclusive_ns_prefixes: Any = None) -> bytes:
        if "xml-exc-c14n" not in algorithm.value:
            nodes = [_with_its_surroundings(each) for each in (nodes if isinstance(nodes, list) else [nodes])]
        canonical: bytes = super()._c14n(nodes, algorithm, inclusive_ns_prefixes)
        return canonical


def _with_its_surroundings(element: etree._Element) -> etree._Element:
    """A copy that declares itself every namespace in scope and has the ``xml:`` attributes from above, as inclusive
    canonical forms want it of the outermost element (Canonical XML 1.0, 2.4). Of an element within its document lxml
    writes ``xmlns=""`` all over, where the default namespace is declared above it: so .NET writes its signatures."""
    if element.getparent() is None:
        return element
    alone = etree.Element(element.tag, nsmap=cast("dict[str, str]", element.nsmap))
    for above in reversed(list(element.iterancestors())):
        alone.attrib.update({str(name): value for name, value in above.items() if str(name).startswith(_XML)})
    alone.attrib.update(element.attrib)
    alone.text = element.text
    alone.extend(copy.deepcopy(child) for child in element)
    return alone


def _remove(element: etree._Element) -> None:
    """Take an element out of its tree and leave the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


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
        results: list[Any] = _Verifier().verify(
            etree.tostring(root), x509_cert=certificate, expect_config=configuration
        )
    except _FAILURES as error:
        raise problems.invalid_signature("Podpis zweryfikowany negatywnie.", type(error).__name__) from error
    return results


def _covered(results: list[Any], root: etree._Element) -> etree._Element:
    """The one signed ``AuthTokenRequest``: the root itself, or what an enveloping signature's object holds."""
    found = []
    for result in results:
        signed: etree._Element | None = result.signed_xml
        if signed is None:
            continue
        if is_request(signed):
            found.append(signed)
        elif signed.tag == f"{{{DS}}}Object":
            found += [child for child in signed if is_request(child)]
    if len(found) != 1:
        raise problems.invalid_signature("Podpis nie obejmuje dokumentu AuthTokenRequest.")
    if is_request(root) and _canonical(found[0]) != _canonical(_without_signature(root)):
        raise problems.invalid_signature("Podpis nie obejmuje całego dokumentu AuthTokenRequest.")
    return found[0]


def _without_signature(root: etree._Element) -> etree._Element:
    bare = etree.fromstring(etree.tostring(root))
    for signature in bare.findall(f"{{{DS}}}Signature"):
        _remove(signature)
    return bare


def _canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
