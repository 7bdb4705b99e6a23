"""What we seal opens with independent primitives, and only so."""

from __future__ import annotations

import contextlib
import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st
from liczydlo import ksef
from liczydlo.ksef.envelope import seal


@given(st.binary(max_size=300))
def test_round_trip(data: bytes) -> None:
    key = ksef.SessionKey.new()
    encrypted = key.encrypt(data)
    assert len(encrypted) == (len(data) // 16 + 1) * 16  # PKCS#7, and no vector in front
    assert key.decrypt(encrypted) == data
    sealed = seal(data, key)
    assert sealed.sha256 == hashlib.sha256(data).digest()
    assert (sealed.size, sealed.encrypted_size) == (len(data), len(encrypted))
    assert sealed.encrypted_sha256 == hashlib.sha256(sealed.encrypted).digest()


def test_independent_decryption(private_key: Any) -> None:
    key, rsa = ksef.SessionKey.new(), private_key("RSA")
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
    opened = rsa.decrypt(key.wrapped(rsa.public_key()), oaep)
    decryptor = Cipher(algorithms.AES(opened), modes.CBC(key.iv)).decryptor()
    assert decryptor.update(key.encrypt(b"faktura")) + decryptor.finalize() == b"faktura" + b"\x09" * 9


def test_a_strangers_key_opens_nothing() -> None:
    encrypted = ksef.SessionKey.new().encrypt(b"x" * 100)
    with contextlib.suppress(ValueError):  # the padding tells, most of the time
        assert ksef.SessionKey.new().decrypt(encrypted) != b"x" * 100


def test_key_is_kept_and_never_shown() -> None:
    key = ksef.SessionKey.new()
    assert ksef.SessionKey.from_bytes(key.to_bytes()) == key
    assert repr(key) == "SessionKey()"
    assert key.to_bytes() == key.key + key.iv
    for length in (0, 31, 47, 49, 64):
        with pytest.raises(ValueError, match="32 bytes"):
            ksef.SessionKey.from_bytes(b"x" * length)
    for lengths in ((31, 16), (33, 16), (32, 15), (32, 17), (16, 32)):
        with pytest.raises(ValueError, match="vector 16"):
            ksef.SessionKey(key=b"x" * lengths[0], iv=b"x" * lengths[1])


def test_every_session_has_a_key_and_a_vector_of_its_own() -> None:
    keys = [ksef.SessionKey.new() for _ in range(5)]
    assert len({key.key for key in keys}) == len({key.iv for key in keys}) == 5


def test_nothing_secret_is_in_what_is_printed() -> None:
    sealed = seal(b"<Faktura/>", ksef.SessionKey.new())
    assert repr(sealed.encrypted) not in repr(sealed)


@pytest.mark.parametrize("data", [b"", b"x" * 15, b"x" * 17, b"x" * 32])
def test_what_was_not_sealed_does_not_open(data: bytes) -> None:
    """Not whole blocks, nothing, or a padding that is none."""
    key = ksef.SessionKey(key=bytes(32), iv=bytes(16))
    with pytest.raises(ValueError, match=r"."):
        key.decrypt(data)
