"""``AuthTokenRequest``, the document that one signs to log in (ksef-docs uwierzytelnianie.md; schema 2.1)."""

from __future__ import annotations

from lxml import etree

from ..login.token_request import NAMESPACES
from ..model.identity.contexts import Context

_NAMESPACE = NAMESPACES[1]


def document(*, challenge: str, context: Context, by_fingerprint: bool = False) -> bytes:
    """The document, unsigned, in UTF-8."""
    root = etree.Element(f"{{{_NAMESPACE}}}AuthTokenRequest", nsmap={None: _NAMESPACE})  # type: ignore[dict-item]
    etree.SubElement(root, f"{{{_NAMESPACE}}}Challenge").text = challenge
    identifier = etree.SubElement(root, f"{{{_NAMESPACE}}}ContextIdentifier")
    etree.SubElement(identifier, f"{{{_NAMESPACE}}}{context.type}").text = context.value
    kind = "certificateFingerprint" if by_fingerprint else "certificateSubject"
    etree.SubElement(root, f"{{{_NAMESPACE}}}SubjectIdentifierType").text = kind
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
