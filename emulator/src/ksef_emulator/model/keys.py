"""KSeF's own keys: two that clients encrypt with (ksef-docs klucze-publiczne-do-szyfrowania.md), and the UPO's seal."""

from __future__ import annotations

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..receipts.seal import Seal
from .ca import Authority

_OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


class KeyUsage(StrEnum):
    """``PublicKeyCertificateUsage``."""

    TOKEN = "KsefTokenEncryption"  # noqa: S105 - the name of a usage
    SYMMETRIC_KEY = "SymmetricKeyEncryption"


@dataclass(frozen=True, kw_only=True)
class PublicKey:
    """A published key with the private one that opens what is encrypted for it."""

    usage: KeyUsage
    certificate: x509.Certificate
    private_key: RSAPrivateKey = field(repr=False)

    @property
    def certificate_id(self) -> str:
        """Base64 of the SHA-256 of the certificate's DER."""
        return _digest(self.certificate.public_bytes(Encoding.DER))

    @property
    def key_id(self) -> str:
        """Base64 of the SHA-256 of the key's SubjectPublicKeyInfo."""
        der = self.certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return _digest(der)

    def decrypt(self, data: bytes) -> bytes:
        """RSA-OAEP with SHA-256 and MGF1. Raises ValueError."""
        return self.private_key.decrypt(data, _OAEP)


NAMES = {
    KeyUsage.TOKEN: "Emulator - klucz do szyfrowania tokenow",
    KeyUsage.SYMMETRIC_KEY: "Emulator - klucz do szyfrowania klucza symetrycznego",
}


class Keys:
    """All of them, made when a store is first used; the RSA keys in a thread, for nobody asks for them at once."""

    def __init__(self, authority: Authority) -> None:
        """Begins to read them from the store, or to make them."""
        executor = ThreadPoolExecutor(1, "ksef-emulator-keys")
        self._published = executor.submit(_all, authority)
        executor.shutdown(wait=False)
        sealing = authority.kept("upo-seal", "EC", "Emulator - pieczec UPO (TEST)", authority=False)
        self.seal = Seal(key=sealing.private_key, certificate=sealing.certificate)

    @property
    def published(self) -> tuple[PublicKey, ...]:
        """The keys that clients encrypt with; waits until they are made."""
        return self._published.result()

    def decrypt(self, usage: KeyUsage, data: bytes, key_id: str | None = None) -> bytes:
        """Open what a client encrypted. Raises ValueError, LookupError for a key that is not published."""
        key = next(
            (key for key in self.published if key.usage is usage and key_id in (None, key.key_id)), None
        )
        if key is None:
            raise LookupError(f"no such key: {key_id}")
        return key.decrypt(data)


def _all(authority: Authority) -> tuple[PublicKey, ...]:
    return tuple(_public(authority, usage, name) for usage, name in NAMES.items())


def _public(authority: Authority, usage: KeyUsage, name: str) -> PublicKey:
    pair = authority.kept(usage, "RSA", name, authority=False)
    assert isinstance(pair.private_key, RSAPrivateKey)
    return PublicKey(usage=usage, certificate=pair.certificate, private_key=pair.private_key)


def _digest(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()
