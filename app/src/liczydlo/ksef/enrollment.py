"""Asking KSeF for a certificate: a new key and the request that must repeat KSeF's data exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, kw_only=True)
class EnrollmentData:
    """The name that a certificate request must carry: ``GET /certificates/enrollments/data``."""

    common_name: str
    country_name: str
    given_name: str | None = None
    surname: str | None = None
    serial_number: str | None = None
    unique_identifier: str | None = None
    organization_name: str | None = None
    organization_identifier: str | None = None


_ATTRIBUTES: Final[tuple[tuple[str, ObjectIdentifier], ...]] = (
    ("given_name", NameOID.GIVEN_NAME),
    ("surname", NameOID.SURNAME),
    ("serial_number", NameOID.SERIAL_NUMBER),
    ("organization_name", NameOID.ORGANIZATION_NAME),
    ("organization_identifier", ObjectIdentifier("2.5.4.97")),
    ("unique_identifier", ObjectIdentifier("2.5.4.45")),
    ("common_name", NameOID.COMMON_NAME),
    ("country_name", NameOID.COUNTRY_NAME),
)


def new_private_key(kind: Literal["EC", "RSA"] = "EC") -> PrivateKey:
    """A key that KSeF takes: EC P-256, which it recommends, or RSA 2048 (``certyfikaty-KSeF.md`` §3)."""
    if kind == "EC":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def build_csr(key: PrivateKey, data: EnrollmentData) -> bytes:
    """A PKCS#10 request, DER, with exactly the data that KSeF gave (``certyfikaty-KSeF.md`` §3)."""
    attributes = [
        x509.NameAttribute(oid, value)
        for name, oid in _ATTRIBUTES
        if (value := getattr(data, name)) is not None
    ]
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(attributes))
    return request.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
