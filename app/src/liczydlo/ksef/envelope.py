"""Packing what is sent: AES-256-CBC under a key of the session, that key under the Ministry's (guide
``sesja-interaktywna.md``, ``bezpieczenstwo/klucze-publiczne-do-szyfrowania.md``).

The guide says that the initialization vector precedes the ciphertext; both official clients and the live
system send it in ``initializationVector`` only (ksef-api issue 839), and so do we. One vector serves a
whole session, as the API has it (issue 355).
"""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PaddingContext

_KEY_LENGTH: Final = 32
_IV_LENGTH: Final = 16
_OAEP: Final = rsa_padding.OAEP(mgf=rsa_padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


@dataclass(frozen=True, kw_only=True)
class SessionKey:
    """The symmetric key and vector of one session, export or package. Never in its representation."""

    key: bytes = field(repr=False)
    iv: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) != _KEY_LENGTH or len(self.iv) != _IV_LENGTH:
            raise ValueError("an AES-256 key has 32 bytes and its vector 16")

    @classmethod
    def new(cls) -> SessionKey:
        """A random key and vector."""
        return cls(key=os.urandom(_KEY_LENGTH), iv=os.urandom(_IV_LENGTH))

    @classmethod
    def from_bytes(cls, data: bytes) -> SessionKey:
        """What :meth:`to_bytes` gave. Raises :class:`ValueError`."""
        return cls(key=data[:_KEY_LENGTH], iv=data[_KEY_LENGTH:])

    def to_bytes(self) -> bytes:
        """Key and vector, for a vault."""
        return self.key + self.iv

    def encryption(self) -> tuple[PaddingContext, CipherContext]:
        """PKCS#7 padding and AES-256-CBC for one file that is encrypted in pieces."""
        return padding.PKCS7(128).padder(), Cipher(AES256(self.key), CBC(self.iv)).encryptor()

    def encrypt(self, data: bytes) -> bytes:
        """AES-256-CBC with PKCS#7 padding."""
        padder, encryptor = self.encryption()
        return encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()

    def decryption(self) -> tuple[CipherContext, PaddingContext]:
        """The reverse of :meth:`encryption`; both contexts raise :class:`ValueError` for anything else."""
        return Cipher(AES256(self.key), CBC(self.iv)).decryptor(), padding.PKCS7(128).unpadder()

    def decrypt(self, data: bytes) -> bytes:
        """The reverse of :meth:`encrypt`. Raises :class:`ValueError` for anything else."""
        decryptor, unpadder = self.decryption()
        return unpadder.update(decryptor.update(data) + decryptor.finalize()) + unpadder.finalize()

    def wrapped(self, public_key: RSAPublicKey) -> bytes:
        """The symmetric key under RSA-OAEP, SHA-256 in both places."""
        return public_key.encrypt(self.key, _OAEP)


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A file ready to be sent: the hash and size of what it was, and of what it became."""

    sha256: bytes
    size: int
    encrypted: bytes = field(repr=False)
    encrypted_sha256: bytes

    @property
    def encrypted_size(self) -> int:
        """Bytes after encryption, which KSeF wants stated."""
        return len(self.encrypted)


def seal(data: bytes, key: SessionKey) -> Sealed:
    """Encrypt a file and take both hashes."""
    encrypted = key.encrypt(data)
    return Sealed(
        sha256=hashlib.sha256(data).digest(),
        size=len(data),
        encrypted=encrypted,
        encrypted_sha256=hashlib.sha256(encrypted).digest(),
    )


def base64_text(data: bytes) -> str:
    """Base64 as KSeF's JSON carries it."""
    return base64.b64encode(data).decode("ascii")
