"""A private key under a passphrase, so that a new one can be put under it while nobody types it.

The passphrase gives an X25519 key by Argon2id (RFC 9106, its second recommended setting); its public half is kept.
A secret is wrapped for it by a fresh X25519 key, HKDF-SHA256 and AES-256-GCM. So a renewed certificate's key goes
under the passphrase although the program does not know it, and only the passphrase takes it out.

A wrapped secret is ``"LP1" ‖ fresh public key (32) ‖ ciphertext``; every wrapping key is used once, so its nonce is
zero.
"""

from __future__ import annotations

from typing import Final

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.views.decorators.debug import sensitive_variables

MAGIC: Final = b"LP1"
SALT: Final = 16
_PUBLIC: Final = 32
_NONCE: Final = bytes(12)


class WrongPassphraseError(Exception):
    """The key that a passphrase gives does not open what is wrapped."""


@sensitive_variables()
def private_of(passphrase: str, salt: bytes) -> bytes:
    """The 32 bytes of the passphrase's X25519 key; takes about a tenth of a second and 64 MiB."""
    return hash_secret_raw(passphrase.encode(), salt, 3, 64 * 1024, 4, 32, Type.ID)


@sensitive_variables()
def public_of(private: bytes) -> bytes:
    """Its public half, which may be kept."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


@sensitive_variables()
def wrap(secret: bytes, public: bytes) -> bytes:
    """The secret under the passphrase whose public half is ``public``."""
    fresh = X25519PrivateKey.generate()
    mine = fresh.public_key().public_bytes_raw()
    shared = fresh.exchange(X25519PublicKey.from_public_bytes(public))
    return MAGIC + mine + AESGCM(_key(shared, mine, public)).encrypt(_NONCE, secret, MAGIC)


@sensitive_variables()
def unwrap(wrapped: bytes, private: bytes) -> bytes:
    """The secret. Raises WrongPassphraseError."""
    if not wrapped.startswith(MAGIC):
        raise WrongPassphraseError
    fresh = wrapped[len(MAGIC) : len(MAGIC) + _PUBLIC]
    mine = X25519PrivateKey.from_private_bytes(private)
    try:
        shared = mine.exchange(X25519PublicKey.from_public_bytes(fresh))
        key = _key(shared, fresh, public_of(private))
        return AESGCM(key).decrypt(_NONCE, wrapped[len(MAGIC) + _PUBLIC :], MAGIC)
    except (InvalidTag, ValueError) as error:  # ValueError: damaged, or a point of low order
        raise WrongPassphraseError from error


def _key(shared: bytes, fresh: bytes, public: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"liczydlo passphrase\0" + fresh + public).derive(shared)
