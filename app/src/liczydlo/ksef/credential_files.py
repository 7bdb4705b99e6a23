"""Reading key and certificate files as users have them: PEM, DER, bare base64, PKCS#12, and mistakes."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12KeyAndCertificates, load_pkcs12

from liczydlo.ksef.credential_errors import MAX_FILE_SIZE, CredentialError

_PEM_BLOCK: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF", "pdf-file"),
    (b"PK\x03\x04", "archive-file"),
    (b"\x1f\x8b", "archive-file"),
    (b"7z\xbc\xaf", "archive-file"),
    (b"Rar!", "archive-file"),
    (b"\x89PNG", "image-file"),
    (b"\xff\xd8\xff", "image-file"),
    (b"GIF8", "image-file"),
    (b"<?xml", "xml-file"),
    (b"<!doctype", "html-file"),
    (b"<html", "html-file"),
)
_KEY_LABELS: Final = {b"PRIVATE KEY", b"ENCRYPTED PRIVATE KEY", b"RSA PRIVATE KEY", b"EC PRIVATE KEY"}
_PKCS12_VERSION: Final = (
    b"\x02\x01\x03\x30"  # RFC 7292 §4: PFX ::= SEQUENCE { version INTEGER {v3(3)}, authSafe …
)


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a file was found to hold, before any password is tried. Never shown: it may hold a key."""

    keys: tuple[bytes, ...] = ()
    certificates: tuple[x509.Certificate, ...] = ()
    other: str | None = None
    """The code of the mistake, when the file is recognisably something else."""

    def __repr__(self) -> str:
        return f"Contents(keys={len(self.keys)}, certificates={len(self.certificates)}, other={self.other!r})"


def inspect(data: bytes, *, file: str) -> Contents:
    """What kind of file this is.

    Raises :class:`CredentialError` ``empty-file`` or ``too-large``; ``file`` names it in the message.
    """
    if len(data) > MAX_FILE_SIZE:
        raise CredentialError("too-large", file=file)
    data = _plain_text(data)
    if not data.strip():
        raise CredentialError("empty-file", file=file)
    head = data.lstrip()[:16].lower()
    for magic, code in _MAGIC:
        if head.startswith(magic.lower()):
            return Contents(other=code)
    blocks = [(found.group(1), found.group(0)) for found in _PEM_BLOCK.finditer(data)]
    return _of_pem(blocks) if blocks else _of_der(_unarmoured(data))


def _plain_text(data: bytes) -> bytes:
    """Without the byte order mark that an editor may add, and out of the UTF-16 that Notepad may write."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace").encode()
    return data.removeprefix(b"\xef\xbb\xbf")


def _of_pem(blocks: Sequence[tuple[bytes, bytes]]) -> Contents:
    keys = tuple(block + b"\n" for label, block in blocks if label in _KEY_LABELS)
    certificates: list[x509.Certificate] = []
    for label, block in blocks:
        if label in {b"CERTIFICATE", b"X509 CERTIFICATE", b"TRUSTED CERTIFICATE"}:
            try:
                certificates.append(x509.load_pem_x509_certificate(block))
            except ValueError:
                continue  # a damaged block is as good as none
    other = None
    if not keys and not certificates:
        labels = {label for label, _ in blocks}
        other = (
            "csr-file"
            if labels & {b"CERTIFICATE REQUEST", b"NEW CERTIFICATE REQUEST"}
            else "public-key"
            if labels & {b"PUBLIC KEY", b"RSA PUBLIC KEY"}
            else None
        )
    return Contents(keys=keys, certificates=tuple(certificates), other=other)


def _unarmoured(data: bytes) -> bytes:
    """DER itself, or the DER inside base64 without PEM lines, as the API gives certificates."""
    if data[:1] == b"\x30":
        return data
    try:
        return base64.b64decode(b"".join(data.split()), validate=True)
    except binascii.Error:
        return data


def _of_der(data: bytes) -> Contents:
    try:
        return Contents(certificates=(x509.load_der_x509_certificate(data),))
    except ValueError:
        pass
    if _PKCS12_VERSION in data[:12]:
        return Contents(other="pkcs12")
    try:
        x509.load_der_x509_csr(data)
    except ValueError:
        pass
    else:
        return Contents(other="csr-file")
    return Contents(keys=(data,)) if _is_der_key(data) else Contents()


def _is_der_key(data: bytes) -> bool:
    try:
        load_der_private_key(data, password=None)
    except TypeError:
        return True  # encrypted
    except (ValueError, UnsupportedAlgorithm):
        return False
    return True


def open_key(data: bytes, password: str | None) -> PrivateKeyTypes:
    """The private key inside a PEM or DER; a password given in vain does no harm.

    Raises :class:`CredentialError`: ``password-needed``, ``wrong-password``, ``not-a-key``,
    ``unsupported-key``.
    """
    load = load_pem_private_key if data.startswith(b"-----") else load_der_private_key
    try:
        return load(data, password=None)
    except TypeError:  # encrypted
        pass
    except UnsupportedAlgorithm as error:
        raise CredentialError("unsupported-key") from error
    except ValueError as error:
        raise CredentialError("not-a-key", file="key") from error
    if not password:
        raise CredentialError("password-needed")
    try:
        return load(data, password=password.encode())
    except UnsupportedAlgorithm as error:
        raise CredentialError("unsupported-key") from error
    except ValueError as error:
        raise CredentialError("wrong-password") from error


def open_pkcs12(data: bytes, password: str | None) -> PKCS12KeyAndCertificates:
    """The key and certificates inside a PKCS#12 bundle.

    Raises :class:`CredentialError`: ``empty-file``, ``too-large``, ``not-pkcs12`` or the code of what the
    file is, ``password-needed``, ``wrong-password``, ``unsupported-key``.
    """
    found = inspect(data, file="pkcs12")
    if found.other != "pkcs12":
        raise CredentialError(found.other or "not-pkcs12", file="pkcs12")
    der = _unarmoured(data)
    attempts = [password.encode()] if password else [None, b""]
    for attempt in attempts:
        try:
            return load_pkcs12(der, attempt)
        except UnsupportedAlgorithm as error:
            raise CredentialError("unsupported-key") from error
        except (ValueError, TypeError):
            continue
    raise CredentialError("wrong-password" if password else "password-needed")
