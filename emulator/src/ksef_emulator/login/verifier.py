"""signxml's verifier, made to take what KSeF takes."""

from __future__ import annotations

import base64
import copy
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree
from signxml.algorithms import SignatureMethod
from signxml.processor import XMLSignatureProcessor
from signxml.xades.xades import XAdESVerifier

MORE = "http://www.w3.org/2001/04/xmldsig-more#"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
FILTER2 = "http://www.w3.org/2002/06/xmldsig-filter2"
_XML = "{http://www.w3.org/XML/1998/namespace}"


class Verifier(XAdESVerifier):
    """signxml's verifier with the two transforms that only drop the signature, with inclusive canonical forms that are
    right in the midst of a document, with what stands beside the root in what ``URI=""`` means, and with the key
    values of RFC 4050."""

    def _tostring(self, xml_node: Any, **named: Any) -> bytes:
        if isinstance(xml_node, bytes):  # what one canonical form gave, for the next one
            return xml_node
        return bytes(etree.tostring(xml_node.getroottree() if _is_root(xml_node) else xml_node, **named))

    def _apply_transforms(self, payload: Any, *, transforms_node: Any, signature: etree._Element) -> Any:
        for transform in [] if transforms_node is None else transforms_node:
            if transform.get("Algorithm") in (XPATH, FILTER2):
                remove(signature)
        return super()._apply_transforms(payload, transforms_node=transforms_node, signature=signature)

    def _check_key_value_matches_cert_public_key(
        self, key_value: Any, public_key: Any, signature_alg: SignatureMethod
    ) -> Any:
        older = key_value.find(f"{{{MORE}}}ECDSAKeyValue")
        if older is not None:
            return isinstance(public_key, ec.EllipticCurvePublicKey) and _is_key_of_rfc_4050(
                older, public_key
            )
        plain = signature_alg.name.endswith("_RSA_MGF1")  # the same key, whose name signxml does not know
        algorithm = SignatureMethod.RSA_SHA256 if plain else signature_alg
        return super()._check_key_value_matches_cert_public_key(key_value, public_key, algorithm)

    def _c14n(self, nodes: Any, algorithm: Any, inclusive_ns_prefixes: Any = None) -> bytes:
        inclusive = "xml-exc-c14n" not in algorithm.value
        prepared = []
        for node in nodes if isinstance(nodes, list) else [nodes]:
            if _is_root(node):
                prepared.append(node.getroottree())
            else:
                prepared.append(_with_its_surroundings(node) if inclusive else node)
        canonical: bytes = super()._c14n(prepared, algorithm, inclusive_ns_prefixes)
        return canonical


def _is_root(element: etree._Element) -> bool:
    """Of its document. An element that was taken out of one has no parent either, but lxml still knows the document as
    its tree."""
    return element.getroottree().getroot() is element


def _is_key_of_rfc_4050(value: etree._Element, key: ec.EllipticCurvePublicKey) -> bool:
    """Whether ``ECDSAKeyValue`` is that key. The curve's name stands in ``URN`` (RFC 4050, 3.4) or ``URI``, as some
    libraries write it; a coordinate in the attribute ``Value`` as a decimal number, or as Base64 text."""
    curve = value.find(f"{{{MORE}}}DomainParameters/{{{MORE}}}NamedCurve")
    named = curve.get("URN") or curve.get("URI") if curve is not None else None
    standard = XMLSignatureProcessor.known_ecdsa_curves.get(named or "")
    if standard is None or standard.name != key.curve.name:
        return False
    numbers = key.public_numbers()
    for name, expected in (("X", numbers.x), ("Y", numbers.y)):
        coordinate = value.find(f"{{{MORE}}}PublicKey/{{{MORE}}}{name}")
        if coordinate is None:
            return False
        decimal = coordinate.get("Value")
        actual = int(decimal) if decimal else int.from_bytes(base64.b64decode(coordinate.text or ""), "big")
        if actual != expected:
            return False
    return True


def _with_its_surroundings(element: etree._Element) -> etree._Element:
    """A copy that declares itself every namespace in scope and has the ``xml:`` attributes from above, as inclusive
    canonical forms want it of the outermost element (Canonical XML 1.0, 2.4). Of an element within its document lxml
    writes ``xmlns=""`` all over, where the default namespace is declared above it: so .NET writes its signatures."""
    alone = etree.Element(element.tag, nsmap=cast("dict[str, str]", element.nsmap))
    for above in reversed(list(element.iterancestors())):
        alone.attrib.update({str(name): value for name, value in above.items() if str(name).startswith(_XML)})
    alone.attrib.update(element.attrib)
    alone.text = element.text
    alone.extend(copy.deepcopy(child) for child in element)
    return alone


def remove(element: etree._Element) -> None:
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
