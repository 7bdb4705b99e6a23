"""A seal over a document: XAdES-BES, enveloped. The Ministry's is on every receipt; test people have theirs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from lxml import etree


@dataclass(frozen=True, kw_only=True)
class Seal:
    """A key and its certificate; the key never shows in a repr. ``description`` is of what it is put on."""

    key: RSAPrivateKey | EllipticCurvePrivateKey = field(repr=False)
    certificate: x509.Certificate
    description: str = "UPO"

    def sign(self, document: bytes, *, at: datetime) -> bytes:
        """`document` with an enveloped signature whose SigningTime is `at`; bytes ready to be stored and
        hashed."""
        from .signer import Signer  # noqa: PLC0415 - signxml takes a twentieth of a start that signs nothing

        signed = Signer(at, self.description, self.key).sign(
            etree.fromstring(document),
            key=self.key,
            cert=[self.certificate],
            always_add_key_value=False,
        )
        return etree.tostring(signed, xml_declaration=True, encoding="UTF-8")
