"""RSA keys of the emulators that tests start: made once a run, for each takes 90 ms of processor time.

An emulator makes two when it starts, and there are some two hundred of them in a run. Keys come around again after
`KEPT` of them, so those of one emulator, of two side by side and of a few rotations all differ.
"""

from __future__ import annotations

import fcntl
import functools
import itertools
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from ksef_emulator.model.identity.ca import KeyKind, PrivateKey, new_key

from tests.processes import shared_folder

KEPT: Final = 12
_turn = itertools.count()  # emulators make their keys in threads


def another(kind: KeyKind = "EC") -> PrivateKey:
    """A key as the emulator makes it; an RSA key is one of the run's."""
    return new_key(kind) if kind == "EC" else _keys()[next(_turn) % KEPT]


@functools.cache
def _keys() -> tuple[rsa.RSAPrivateKey, ...]:
    """The run's keys; whoever comes first makes them."""
    folder = shared_folder() / "keys"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            made = folder.with_suffix(".new")
            made.mkdir(mode=0o700)
            for number in range(KEPT):
                der = new_key("RSA").private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
                (made / f"{number:02}.der").write_bytes(der)
            made.rename(folder)
    return tuple(_load(file.read_bytes()) for file in sorted(folder.iterdir()))


def _load(der: bytes) -> rsa.RSAPrivateKey:
    """Our own key need not be checked again, which takes 36 ms."""
    key = load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key
