"""The links behind the two codes of an invoice's print (``kody-qr.md``).

Drawing them is the printer's work.
"""

from __future__ import annotations

import base64
import re
from datetime import date
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from liczydlo.ksef.context import Context
from liczydlo.ksef.credentials import Credential, CredentialError, PrivateKey
from liczydlo.ksef.environments import Environment

SALT_LENGTH: Final = 32  # bytes of RSA-PSS salt that KSeF asks for
_NIP: Final = re.compile(r"\d{10}")
_SHA256_LENGTH: Final = 32
_HALF: Final = 32  # bytes of r, and of s, on P-256


def base64url(data: bytes) -> str:
    """Base64 of RFC 4648 §5 without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def kod_1(environment: Environment, *, seller_nip: str, issue_date: date, sha256: bytes) -> str:
    """KOD I: where anyone can see whether KSeF holds the invoice.

    ``issue_date`` is P_1, ``sha256`` of the XML.
    """
    _expect(seller_nip, sha256)
    return f"{environment.qr}/invoice/{seller_nip}/{issue_date:%d-%m-%Y}/{base64url(sha256)}"


def kod_2(
    environment: Environment, *, context: Context, seller_nip: str, sha256: bytes, credential: Credential
) -> str:
    """KOD II: proof of who issued an offline invoice, signed with the offline certificate's key.

    Raises :class:`CredentialError` ``authentication-as-offline`` for any other certificate,
    ``unsupported-key`` for an elliptic curve that is not P-256.
    """
    _expect(seller_nip, sha256)
    if credential.purpose != "Offline":
        raise CredentialError("authentication-as-offline")
    link = unsigned_kod_2(
        environment, context=context, seller_nip=seller_nip, serial=credential.serial, sha256=sha256
    )
    signed = link.partition("://")[2].encode("ascii")
    return f"{link}/{base64url(_signature(credential.private_key, signed))}"


def unsigned_kod_2(
    environment: Environment, *, context: Context, seller_nip: str, serial: str, sha256: bytes
) -> str:
    """The link of KOD II without the signature at its end; signed is what stands after its ``https://``."""
    return (
        f"{environment.qr}/certificate/{context.kind}/{context.value}/{seller_nip}"
        f"/{serial}/{base64url(sha256)}"
    )


def is_signed_by(link: str, certificate: x509.Certificate) -> bool:
    """Whether a KOD II link's signature is of this certificate's key: P-256 as r ‖ s, or RSA-PSS, over SHA-256."""
    signed, _, signature = link.rpartition("/")
    try:
        raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
        return _verifies(certificate, signed.partition("://")[2].encode("ascii"), raw)
    except ValueError:
        return False


def _verifies(certificate: x509.Certificate, data: bytes, signature: bytes) -> bool:
    key = certificate.public_key()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and len(signature) == 2 * _HALF:
            r, s = int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
            key.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
            return True
        if isinstance(key, rsa.RSAPublicKey):
            pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=SALT_LENGTH)
            key.verify(signature, data, pss, hashes.SHA256())
            return True
    except InvalidSignature:
        pass
    return False


def _signature(key: PrivateKey, data: bytes) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        if not isinstance(key.curve, ec.SECP256R1):
            raise CredentialError("unsupported-key")
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")  # IEEE P1363, which the guide recommends
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=SALT_LENGTH)
    return key.sign(data, pss, hashes.SHA256())


def _expect(seller_nip: str, sha256: bytes) -> None:
    if not _NIP.fullmatch(seller_nip):
        raise ValueError(f"not a NIP: {seller_nip!r}")
    if len(sha256) != _SHA256_LENGTH:
        raise ValueError("not a SHA-256")
