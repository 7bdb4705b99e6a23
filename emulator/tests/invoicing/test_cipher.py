"""What a client sealed: whole or in pieces it opens to the same, and what was sealed wrongly does not."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from ksef_emulator.intake.cipher import decrypt, decrypted
from ksef_emulator.intake.refusals import Refusal

from .conftest import IV, KEY, seal

pytestmark = pytest.mark.pure


def raw(padded: bytes) -> bytes:
    """Sealed with a padding of one's own."""
    encryptor = Cipher(algorithms.AES(KEY), modes.CBC(IV)).encryptor()
    return encryptor.update(padded) + encryptor.finalize()


def in_pieces(sealed: bytes, size: int) -> bytes:
    pieces = (sealed[at : at + size] for at in range(0, len(sealed), size))
    return b"".join(decrypted(pieces, key=KEY, iv=IV))


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 32, 1000])
def test_opened_whole_and_in_pieces(length: int) -> None:
    content = b"x" * length
    assert decrypt(seal(content), key=KEY, iv=IV) == content
    for size in (1, 7, 16, 33, 4096):
        assert in_pieces(seal(content), size) == content


@pytest.mark.parametrize(
    "sealed",
    [
        b"",
        b"x",
        b"x" * 17,
        seal(b"<a/>")[:-1],
        seal(b"<a/>") + b"x",
        raw(b"x" * 16),
        raw(b"x" * 15 + b"\x00"),
        raw(b"x" * 15 + b"\x11"),
        raw(b"x" * 14 + b"\x03\x02"),
    ],
    ids=["nothing", "a byte", "17", "cut", "more", "unpadded", "zero", "too much", "uneven"],
)
def test_what_does_not_open(sealed: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        decrypt(sealed, key=KEY, iv=IV)
    assert caught.value.code == 435
    with pytest.raises(Refusal) as caught:
        in_pieces(sealed, 16)
    assert caught.value.code == 435


def test_another_iv_changes_the_first_block_only() -> None:
    content = b"<a>" + b"x" * 40
    opened = decrypt(seal(content), key=KEY, iv=b"j" * 16)
    assert opened[16:] == content[16:]
    assert opened[:16] != content[:16]
