"""Keys and bundles as other programs write them, whole and patched."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from liczydlo.ksef import der, pkcs12
from liczydlo.ksef.credentials import CredentialError
from liczydlo.web.reasons import explain

PASSWORD = "Zażółć gęślą 2026"


ABSURD = 2**31 - 1


LEGACY = ("-provider", "default", "-provider", "legacy")


def openssl(*arguments: str, given: bytes = b"") -> bytes:
    done = subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def plain(key: Any) -> bytes:
    result: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return result


def pkcs8(key: Any, *options: str, password: str | bytes = PASSWORD, form: str = "PEM") -> bytes:
    """The key as ``openssl pkcs8`` encrypts it."""
    given = password if isinstance(password, bytes) else password.encode()
    arguments = ("pkcs8", "-topk8", "-outform", form, "-passout", b"pass:" + given, *options, *LEGACY)
    done = subprocess.run(["openssl", *arguments], input=plain(key), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.fixture
def bundle(private_key: Any, certificate: Any, tmp_path: Path) -> Callable[..., bytes]:
    """Makes a ``.p12`` by ``openssl pkcs12 -export`` with these options."""
    key = private_key("EC")
    (tmp_path / "key").write_bytes(plain(key))
    (tmp_path / "crt").write_bytes(certificate(key).public_bytes(Encoding.PEM))
    source = ("-inkey", str(tmp_path / "key"), "-in", str(tmp_path / "crt"))

    def make(*options: str) -> bytes:
        return openssl("pkcs12", "-export", *source, "-passout", f"pass:{PASSWORD}", *options, *LEGACY)

    return make


def refusal(act: Callable[..., Any], *arguments: Any) -> CredentialError:
    with pytest.raises(CredentialError) as caught:
        act(*arguments)
    for language in ("pl", "en"):
        text = explain(caught.value, language)  # type: ignore[arg-type]
        assert "{" not in text
        assert "  " not in text
    return caught.value


def code_of(act: Callable[..., Any], *arguments: Any) -> str:
    return refusal(act, *arguments).code


def patched(data: bytes, old: int, new: int = ABSURD, count: int = -1) -> bytes:
    """DER with an INTEGER replaced, all lengths around it made right again."""
    done = 0

    def again(element: der.Element) -> bytes:
        nonlocal done
        content = element.content
        if element.tag == der.INTEGER and element.number() == old and len(content) < 8 and done != count:
            done += 1
            content = new.to_bytes(new.bit_length() // 8 + 1, "big")
        elif element.constructed:
            content = b"".join(again(child) for child in element.children())
        elif element.tag == der.OCTET_STRING and content[:1] == b"\x30":
            try:
                content = b"".join(again(child) for child in der.elements(content))
            except der.DerError:
                content = element.content
        return pkcs12._value(element.tag, content)

    result = b"".join(again(element) for element in der.elements(data))
    assert done, "the number is not there"
    return result
