"""A person's files, in whatever order and shape, to a credential: two files, one PEM with both, or a ``.p12``."""

from __future__ import annotations

from liczydlo import ksef
from liczydlo.connection.errors import NotStored
from liczydlo.ksef import credential_files

__all__ = ["read", "sorted_pair"]


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
        inside = credential_files.inspect(key, file="key")
        if inside.keys and inside.certificates:  # one PEM with both
            return ksef.load(key, key, password)
        if inside.keys:
            raise NotStored("no-certificate-file", file="certificate")
        if inside.certificates:
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
