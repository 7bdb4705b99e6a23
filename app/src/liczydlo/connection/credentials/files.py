"""Key and certificate files: a person's files to a credential, what a chosen file is, and a copy for the owner."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12
from django.views.decorators.debug import sensitive_variables

from liczydlo import ksef
from liczydlo.connection import clients
from liczydlo.connection.errors import NotStored
from liczydlo.connection.holders import Holder, holder_of
from liczydlo.connection.models import StoredCertificate
from liczydlo.ksef import credential_files


def sorted_pair(files: list[bytes]) -> tuple[bytes, bytes | None]:
    """One or two files as (key, certificate): the pair is put in order by what is inside, not by names.

    Raises CredentialError when a file is empty or too large.
    """
    if len(files) == 1:
        return files[0], None
    first, second = files
    if _holds_key(second, "certificate") and not _holds_key(first, "key"):
        return second, first
    return first, second


def read(key: bytes, certificate: bytes | None, password: str | None) -> ksef.Credential:
    """The credential in the files. Raises CredentialError, and NotStored when one of the two is missing."""
    if certificate is None:
        contents = credential_files.inspect(key, file="key")
        if contents.keys and contents.certificates:  # one PEM with both
            return ksef.load(key, key, password)
        if contents.keys:
            raise NotStored("no-certificate-file", file="certificate")
        if contents.certificates:
            raise NotStored("no-key-file", file="key")
        return ksef.load_pkcs12(key, password)
    for file, other, name in ((key, certificate, "key"), (certificate, key, "certificate")):
        if credential_files.inspect(file, file=name).other == "pkcs12":
            credential_files.inspect(other, file="certificate" if name == "key" else "key")
            return ksef.load_pkcs12(file, password)
    key, ordered = sorted_pair([key, certificate])
    return ksef.load(key, ordered or b"", password)


def _holds_key(data: bytes, name: str) -> bool:
    return bool(credential_files.inspect(data, file=name).keys)


Kind = Literal["key", "certificate", "both", "pkcs12", "wrong"]


@dataclass(frozen=True, kw_only=True)
class FileKind:
    """What was recognised. ``purpose`` is None for certificates that KSeF did not issue."""

    kind: Kind
    error: NotStored | None = None
    holder: Holder | None = None
    purpose: ksef.Purpose | None = None
    not_after: dt.datetime | None = None
    expired: bool = False


def look(data: bytes, *, file: str, now: dt.datetime) -> FileKind:
    """Recognise the file of a field, ``key`` or ``certificate``; ``now`` is aware."""
    try:
        contents = credential_files.inspect(data, file=file)
    except ksef.CredentialError as error:
        return FileKind(kind="wrong", error=NotStored.of_files(error))
    if contents.other == "pkcs12":
        return FileKind(kind="pkcs12")
    if not contents.keys and not contents.certificates:
        wrong = ksef.CredentialError(contents.other or f"not-a-{file}", file=file)
        return FileKind(kind="wrong", error=NotStored.of_files(wrong))
    if not contents.certificates:
        return FileKind(kind="key")
    first = contents.certificates[0]
    return FileKind(
        kind="both" if contents.keys else "certificate",
        holder=holder_of(first),
        purpose=_purpose(first),
        not_after=first.not_valid_after_utc,
        expired=first.not_valid_after_utc < now,
    )


def _purpose(certificate: x509.Certificate) -> ksef.Purpose | None:
    """By its key usage; a credential tells it, and for that alone it needs no key."""
    return ksef.Credential(private_key=None, certificate=certificate).purpose  # type: ignore[arg-type]


ROUNDS: Final = 600_000
"""Of PBKDF2-HMAC-SHA256 (OWASP's count for it): the file may end up anywhere."""
SHORTEST: Final = 12
"""Characters of the password."""


@sensitive_variables()
def bundle(stored: StoredCertificate, password: str) -> bytes:
    """A ``.p12`` with the key and its certificate: PBES2, AES-256. Raises NotConnected ``key-not-readable``."""
    credential = clients.credential_of(stored)
    protection = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(SHA256())
        .build(password.encode())
    )
    name = f"{stored.purpose} {stored.serial}".encode()
    return pkcs12.serialize_key_and_certificates(
        name, credential.private_key, credential.certificate, None, protection
    )
