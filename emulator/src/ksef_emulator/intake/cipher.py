"""Opening what a client sealed: AES-256-CBC with PKCS#7 padding, key and IV of the session
(weryfikacja-faktury.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from .refusals import not_decrypted

KEY_BYTES = 32
IV_BYTES = 16
BLOCK_BITS = 128


def decrypt(ciphertext: bytes, *, key: bytes, iv: bytes) -> bytes:
    """The document inside `ciphertext`; raises a `Refusal` 435 when length or padding are wrong."""
    if not ciphertext or len(ciphertext) % IV_BYTES:
        raise not_decrypted()
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    padded = decryptor.update(ciphertext) + decryptor.finalize()
    unpadder = PKCS7(BLOCK_BITS).unpadder()
    try:
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        raise not_decrypted() from None


def decrypted(ciphertext: Iterable[bytes], *, key: bytes, iv: bytes) -> Iterator[bytes]:
    """What is inside, chunk by chunk; raises a `Refusal` 435, at the end, when length or padding are wrong."""
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    unpadder = PKCS7(BLOCK_BITS).unpadder()
    try:
        for chunk in ciphertext:
            yield unpadder.update(decryptor.update(chunk))
        yield unpadder.update(decryptor.finalize())
        yield unpadder.finalize()
    except ValueError:
        raise not_decrypted() from None
