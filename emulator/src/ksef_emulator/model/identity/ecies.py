"""Opening what clients encrypted for an elliptic-curve key: ephemeral ECDH, then AES-256-GCM.

KSeF's guide names the way (uwierzytelnianie.md §2.2, ``ECDsa``) and leaves its bytes to the Ministry's two clients,
which differ. Both begin with the ephemeral SubjectPublicKeyInfo and a nonce of 12 bytes; then the Java client writes
ciphertext and tag, and its AES key is the shared secret itself, while the C# client writes tag and ciphertext, and its
key is the secret's SHA-256. GCM's tag tells which is right, so all of them are taken.
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_der_public_key

_NONCE, _TAG = 12, 16  # bytes
_SEQUENCE, _LONG = 0x30, 0x80


def decrypt(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    """The plain text. Raises ValueError for anything that was not encrypted for this key."""
    end = _length(data)
    if len(data) < end + _NONCE + _TAG:
        raise ValueError("too short")
    try:
        ephemeral = load_der_public_key(data[:end])
    except UnsupportedAlgorithm as error:
        raise ValueError("not a key") from error
    if not isinstance(ephemeral, ec.EllipticCurvePublicKey) or ephemeral.curve.name != key.curve.name:
        raise ValueError("a key of another kind")
    secret = key.exchange(ec.ECDH(), ephemeral)
    nonce, rest = data[end : end + _NONCE], data[end + _NONCE :]
    for aes in (secret, hashlib.sha256(secret).digest()):
        for sealed in (rest, rest[_TAG:] + rest[:_TAG]):
            try:
                return AESGCM(aes).decrypt(nonce, sealed, None)
            except InvalidTag:
                continue
    raise ValueError("not encrypted for this key")


def _length(data: bytes) -> int:
    """How long the DER structure at the beginning is. Raises ValueError."""
    if len(data) < 2 or data[0] != _SEQUENCE or data[1] >= _LONG:
        raise ValueError("no public key at the beginning")
    return 2 + data[1]
