"""A copy of a key for its owner: PKCS#12 under a password of the owner's own."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12
from django.views.decorators.debug import sensitive_variables

from liczydlo.connection import access
from liczydlo.connection.models import StoredCertificate

ROUNDS: Final = 600_000
"""Of PBKDF2-HMAC-SHA256 (OWASP's count for it): the file may end up anywhere."""
SHORTEST: Final = 12
"""Characters of the password."""


@sensitive_variables()
def bundle(stored: StoredCertificate, password: str) -> bytes:
    """A ``.p12`` with the key and its certificate: PBES2, AES-256. Raises NotConnected ``key-not-readable``."""
    credential = access.credential_of(stored)
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
