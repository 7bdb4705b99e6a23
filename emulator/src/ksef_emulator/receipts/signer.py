"""XAdES-BES signatures by signxml, which only a document to be signed brings in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.xades.xades import XAdESDataObjectFormat, XAdESSigner

_XADES = "http://uri.etsi.org/01903/v1.3.2#"


class Signer(XAdESSigner):
    """signxml's signer, told the time instead of asking the machine."""

    def __init__(self, at: datetime, description: str, key: RSAPrivateKey | EllipticCurvePrivateKey) -> None:
        """Of a signature by ``key``, which says ``description`` of the document."""
        rsa = isinstance(key, RSAPrivateKey)
        super().__init__(
            signature_algorithm=SignatureMethod.RSA_SHA256 if rsa else SignatureMethod.ECDSA_SHA256,
            digest_algorithm=DigestAlgorithm.SHA256,
            c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
            data_object_format=XAdESDataObjectFormat(Description=description, MimeType="text/xml"),
        )
        self._at = at

    def add_signing_time(
        self,
        signed_signature_properties: etree._Element,
        sig_root: etree._Element,  # noqa: ARG002
        signing_settings: Any,  # noqa: ARG002
    ) -> None:
        """The clock's time in UTC, to the second."""
        element = etree.SubElement(signed_signature_properties, f"{{{_XADES}}}SigningTime")
        element.text = self._at.astimezone(UTC).isoformat(timespec="seconds")
