"""Reading key and certificate files as users have them: PEM, DER, bare base64, PKCS#7, PKCS#12, and mistakes.

Nothing is decrypted before ``key_protection`` has read what that would cost.
"""

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
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key, pkcs7

from liczydlo.ksef import der, key_protection, passwords, pkcs12
from liczydlo.ksef.credential_errors import MAX_FILE_SIZE, CredentialError
from liczydlo.ksef.der import DerError
from liczydlo.ksef.key_protection import Protection
from liczydlo.ksef.pkcs12 import Bundle

_PEM_LINE: Final = re.compile(rb"-----(BEGIN|END) ([A-Z0-9 #]{1,40})-----")
_DEK_INFO: Final = re.compile(rb"^DEK-Info: *([A-Za-z0-9-]{1,40})", re.MULTILINE)
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
_CERTIFICATE_LABELS: Final = {b"CERTIFICATE", b"X509 CERTIFICATE", b"TRUSTED CERTIFICATE"}
_PKCS7_LABELS: Final = {b"PKCS7", b"CMS", b"PKCS #7 SIGNED DATA"}
_OLD_CIPHERS: Final = {"AES-128-CBC", "AES-256-CBC", "DES-EDE3-CBC"}
"""What ``load_pem_private_key`` opens under the header DEK-Info."""
_PKCS12_VERSION: Final = (
    b"\x02\x01\x03\x30"  # RFC 7292 §4: PFX ::= SEQUENCE { version INTEGER {v3(3)}, authSafe …
)
_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")  # RFC 2315 §14
_MOST_WORK: Final = 4 * key_protection.MOST_WORK
"""Rounds of a hash that all tries of one file may take together."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a file was found to hold, before any password is tried. Never shown: it may hold a key."""

    keys: tuple[bytes, ...] = ()
    certificates: tuple[x509.Certificate, ...] = ()
    other: str | None = None
    """The code of the mistake, when the file is recognisably something else, or damaged."""

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
    blocks, whole = _pem_blocks(data)
    if blocks or not whole:
        return _of_pem(blocks, whole=whole)
    return _of_der(_unarmoured(data))


def _plain_text(data: bytes) -> bytes:
    """Without the byte order mark that an editor may add, and out of the UTF-16 that Notepad may write."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace").encode()
    return data.removeprefix(b"\xef\xbb\xbf")


def _pem_blocks(data: bytes) -> tuple[list[tuple[bytes, bytes]], bool]:
    """The (label, block) pairs of a PEM, and whether every block that begins also ends."""
    blocks: list[tuple[bytes, bytes]] = []
    label, begin, whole = b"", -1, True
    for line in _PEM_LINE.finditer(data):
        if line.group(1) == b"BEGIN":
            whole = whole and begin < 0
            label, begin = line.group(2), line.start()
        elif begin >= 0 and line.group(2) == label:
            blocks.append((label, data[begin : line.end()]))
            begin = -1
    return blocks, whole and begin < 0


def _of_pem(blocks: Sequence[tuple[bytes, bytes]], *, whole: bool) -> Contents:
    keys = tuple(block + b"\n" for label, block in blocks if label in _KEY_LABELS)
    certificates: list[x509.Certificate] = []
    for label, block in blocks:
        if label in _CERTIFICATE_LABELS:
            certificates += _certificate(_decoded(block)[1])
        elif label in _PKCS7_LABELS:
            certificates += _of_pkcs7(_decoded(block)[1])
    other = None if keys or certificates else _mistake({label for label, _ in blocks}, whole=whole)
    return Contents(keys=keys, certificates=tuple(certificates), other=other)


def _mistake(labels: set[bytes], *, whole: bool) -> str | None:
    """What a PEM is that has neither a key nor a readable certificate."""
    if labels & {b"CERTIFICATE REQUEST", b"NEW CERTIFICATE REQUEST"}:
        return "csr-file"
    if labels & {b"PUBLIC KEY", b"RSA PUBLIC KEY"}:
        return "public-key"
    if labels & _PKCS7_LABELS:
        return "pkcs7-without-certificate"
    return "damaged-file" if not whole or labels & _CERTIFICATE_LABELS else None


def _decoded(data: bytes) -> tuple[bytes, bytes]:
    """The label and the bytes of a PEM block; no label, and the bytes as they are, for DER."""
    begin = _PEM_LINE.match(data)
    if begin is None:
        return b"", data
    text = data[begin.end() : data.rindex(b"-----END ")].replace(b"\r", b"")
    if b"\n\n" in text.strip(b"\n") and b":" in text:
        text = text.strip(b"\n").split(b"\n\n", 1)[1]  # RFC 1421 §4.4: headers, an empty line
    try:
        return begin.group(2), base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error:
        return begin.group(2), b""


def _unarmoured(data: bytes) -> bytes:
    """DER itself, or the DER inside base64 without PEM lines, as the API gives certificates."""
    if data[:1] != b"\x30":
        try:
            data = base64.b64decode(b"".join(data.split()), validate=True)
        except binascii.Error:
            return data
    return _without_line_end(data)


def _without_line_end(data: bytes) -> bytes:
    """DER without the line end, or zeros, that an editor or a transfer has put behind it."""
    try:
        end = der.first(data)[1]
    except DerError:
        return data
    return data if data[end:].strip(b"\r\n\0 \t\x1a") else data[:end]


def _of_der(data: bytes) -> Contents:
    if certificates := _certificate(data):
        return Contents(certificates=certificates)
    try:
        if der.first(data)[0].tag != der.SEQUENCE:
            return Contents()
        keys = (data,) if key_protection.encrypted_key(data) or key_protection.plain_key(data) else ()
        public = key_protection.public_key(data)
    except DerError:
        # A file of DER begins with the length of all of it.
        return Contents(other="damaged-file" if data[:1] == b"\x30" and data[1:2] >= b"\x80" else None)
    if _PKCS12_VERSION in data[:12]:
        return Contents(other="pkcs12")
    if _SIGNED_DATA in data[:24]:
        certificates = _of_pkcs7(data)
        return Contents(
            certificates=certificates, other=None if certificates else "pkcs7-without-certificate"
        )
    if keys:
        return Contents(keys=keys)
    return Contents(other="public-key" if public else "csr-file" if _is_request(data) else None)


def _certificate(data: bytes) -> tuple[x509.Certificate, ...]:
    """The certificate in DER, also where OpenSSL has put its trust settings behind it; none when it is damaged."""
    try:
        end = der.first(data)[1]
        return (x509.load_der_x509_certificate(data[:end]),)
    except ValueError:
        return ()


def _of_pkcs7(data: bytes) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(pkcs7.load_der_pkcs7_certificates(data))
    except (ValueError, UnsupportedAlgorithm):
        return ()


def _is_request(data: bytes) -> bool:
    try:
        x509.load_der_x509_csr(data)
    except ValueError:
        return False
    return True


def open_key(data: bytes, password: str | None) -> PrivateKeyTypes:
    """The private key inside a PEM or DER; a password given in vain does no harm.

    Tries the ``passwords.variants`` of the password. Raises :class:`CredentialError`: ``password-needed``,
    ``wrong-password``, ``damaged-file``, ``unsupported-key``, ``unsupported-cipher``, ``excessive-protection``,
    ``oversized-key``.
    """
    label, body = _decoded(data)
    if (header := _DEK_INFO.search(data)) is not None and data.startswith(b"-----"):
        return _open_old_pem(data, header.group(1).decode(), password)
    if len(body) > key_protection.MOST_KEY_BYTES:
        raise CredentialError("oversized-key")
    try:
        encrypted = key_protection.encrypted_key(body)
        how = key_protection.protection(body) if encrypted else Protection()
    except DerError as error:
        raise CredentialError("damaged-file", file="key") from error
    if not encrypted:
        return _load(data if label else body, None)
    _refuse_protection(how, file="key")
    if key_protection.damaged_ciphertext(body, how):
        raise CredentialError("damaged-file", file="key")
    attempts = _attempts(password, how)
    if not how.by_cryptography:
        bundle = pkcs12.opened(pkcs12.around(body), attempts)
        if bundle.key is None:
            raise CredentialError("unsupported-key")
        return bundle.key
    return _first_that_opens(body, attempts)


def _load(data: bytes, password: bytes | None) -> PrivateKeyTypes:
    """One try. Raises :class:`CredentialError`, and :class:`ValueError` when the password does not open it."""
    load = load_pem_private_key if data.startswith(b"-----") else load_der_private_key
    try:
        return load(data, password=password)
    except UnsupportedAlgorithm as error:
        raise CredentialError("unsupported-key") from error
    except TypeError as error:  # encrypted inside although its outside is not
        raise CredentialError("damaged-file", file="key") from error
    except ValueError as error:
        if password is None:
            raise CredentialError("damaged-file", file="key") from error
        raise


def _first_that_opens(data: bytes, attempts: Sequence[bytes]) -> PrivateKeyTypes:
    for attempt in attempts:
        try:
            return _load(data, attempt)
        except ValueError:
            continue
    raise CredentialError("wrong-password")


def _open_old_pem(data: bytes, cipher: str, password: str | None) -> PrivateKeyTypes:
    """RFC 1421 as old OpenSSL writes it: one round of MD5 makes the key, so there is no cost to look at."""
    if cipher not in _OLD_CIPHERS:
        raise CredentialError("unsupported-cipher", file="key", cipher=cipher)
    if len(data) > 2 * key_protection.MOST_KEY_BYTES:
        raise CredentialError("oversized-key")
    return _first_that_opens(data, _attempts(password, Protection()))


def _attempts(password: str | None, how: Protection) -> tuple[bytes, ...]:
    """What to try, as much of it as ``_MOST_WORK`` allows, and at least what was typed."""
    if not password:
        raise CredentialError("password-needed")
    return passwords.variants(password)[: max(1, _MOST_WORK // max(1, how.work))]


def _refuse_protection(how: Protection, *, file: str) -> None:
    if how.excessive:
        raise CredentialError("excessive-protection", file=file)
    if how.unknown:
        raise CredentialError("unsupported-cipher", file=file, cipher=how.unknown)


def open_pkcs12(data: bytes, password: str | None) -> Bundle:
    """The key and certificates inside a PKCS#12 bundle.

    Raises :class:`CredentialError`: ``empty-file``, ``too-large``, ``not-pkcs12`` or the code of what the
    file is, ``password-needed``, ``wrong-password``, ``damaged-file``, ``unsupported-key``,
    ``unsupported-cipher``, ``excessive-protection``.
    """
    contents = inspect(data, file="pkcs12")
    if contents.other != "pkcs12":
        raise CredentialError(contents.other or "not-pkcs12", file="pkcs12")
    body = _unarmoured(data)
    try:
        how = key_protection.protection(body)
    except DerError as error:
        raise CredentialError("damaged-file", file="pkcs12") from error
    _refuse_protection(how, file="pkcs12")
    if password:
        return pkcs12.opened(body, _attempts(password, how))
    try:
        return pkcs12.opened(body, [None, b""])
    except CredentialError as error:
        raise CredentialError("password-needed" if error.code == "wrong-password" else error.code) from error
