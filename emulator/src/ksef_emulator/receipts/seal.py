"""A seal over a document: XAdES-BES, enveloped. The Ministry's is on every receipt; test people have theirs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.xades.xades import XAdESDataObjectFormat, XAdESSigner

_XADES = "http://uri.etsi.org/01903/v1.3.2#"


@dataclass(frozen=True, kw_only=True)
class Seal:
    """A key and its certificate; the key never shows in a repr. ``description`` is of what it is put on."""

    key: RSAPrivateKey | EllipticCurvePrivateKey = field(repr=False)
    certificate: x509.Certificate
    description: str = "UPO"

    def sign(self, document: bytes, *, at: datetime) -> bytes:
        """`document` with an enveloped signature whose SigningTime is `at`; bytes ready to be stored and
        hashed."""
        signer = _Signer(
            at,
            SignatureMethod.RSA_SHA256
            if isinstance(self.key, RSAPrivateKey)
            else SignatureMethod.ECDSA_SHA256,
            self.description,
        )
        signed = signer.sign(
            etree.fromstring(document),
            key=self.key,
            cert=[self.certificate],
            always_add_key_value=False,
        )
        return etree.tostring(signed, xml_declaration=True, encoding="UTF-8")


class _Signer(XAdESSigner):
    """signxml's signer, told the time instead of asking the machine."""

    def __init__(self, at: datetime, algorithm: SignatureMethod, description: str) -> None:
        super().__init__(
            signature_algorithm=algorithm,
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
