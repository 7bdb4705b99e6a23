"""PKCS#12 bundles, opened in a process of their own that is ended when it takes too long (``pkcs12_process``)."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_der_private_key

from liczydlo.ksef.credential_errors import CredentialError

PATIENCE: Final = 15.0
"""Seconds; an ordinary bundle opens in a third of one, most of it the start of the process."""
_PROGRAM: Final = Path(__file__).with_name("pkcs12_process.py")
_DATA: Final = bytes.fromhex("06092a864886f70d010701")
_SHROUDED_KEY: Final = bytes.fromhex("060b2a864886f70d010c0a0102")


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What is inside. ``certificate`` is the one that the bundle names as the key's."""

    key: PrivateKeyTypes | None = field(repr=False)
    certificate: x509.Certificate | None = field(repr=False)
    others: tuple[x509.Certificate, ...] = field(repr=False)


def opened(data: bytes, passwords: Sequence[bytes | None], *, patience: float = PATIENCE) -> Bundle:
    """The bundle's content, by the first of the passwords that opens it.

    Raises :class:`CredentialError`: ``wrong-password``, ``unsupported-key``, ``excessive-protection`` when it takes
    longer than ``patience``, ``damaged-file`` when OpenSSL breaks down over it.
    """
    request = {
        "data": _text(data),
        "passwords": [None if password is None else _text(password) for password in passwords],
    }
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_PROGRAM)],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CredentialError("excessive-protection", file="pkcs12") from error
    if done.returncode != 0:
        raise CredentialError("damaged-file", file="pkcs12")
    content: dict[str, Any] = json.loads(done.stdout)
    if refused := content.get("refused"):
        raise CredentialError("unsupported-key" if refused == "algorithm" else "wrong-password")
    certificates = [x509.load_der_x509_certificate(base64.b64decode(one)) for one in content["others"]]
    own = content["certificate"]
    return Bundle(
        # The process has proved the key's numbers already.
        key=load_der_private_key(base64.b64decode(content["key"]), None, unsafe_skip_rsa_key_validation=True)
        if content["key"]
        else None,
        certificate=x509.load_der_x509_certificate(base64.b64decode(own)) if own else None,
        others=tuple(certificates),
    )


def around(encrypted_key: bytes) -> bytes:
    """A bundle around an EncryptedPrivateKeyInfo: OpenSSL opens ciphers in it that ``cryptography`` does not know.

    RFC 7292 §4: PFX { 3, data { AuthenticatedSafe { data { SafeContents { pkcs8ShroudedKeyBag } } } } }, without a MAC.
    """
    bags = _value(0x30, _value(0x30, _SHROUDED_KEY + _value(0xA0, encrypted_key)))
    return _value(0x30, b"\x02\x01\x03" + _content_info(_value(0x30, _content_info(bags))))


def _content_info(content: bytes) -> bytes:
    return _value(0x30, _DATA + _value(0xA0, _value(0x04, content)))


def _value(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
