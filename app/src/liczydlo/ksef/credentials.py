"""A private key with its certificate: what a user's files turn into, checked before anything is kept.

Certificates: the guide's ``certyfikaty-KSeF.md`` (purposes, key usage) and ``auth/podpis-xades.md``
(attributes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID, ObjectIdentifier

from liczydlo.ksef import credential_files
from liczydlo.ksef.credential_errors import MAX_FILE_SIZE, CredentialError
from liczydlo.ksef.enrollment import EnrollmentData, PrivateKey, build_csr, new_private_key

__all__ = [
    "MAX_FILE_SIZE",
    "Credential",
    "CredentialError",
    "EnrollmentData",
    "PrivateKey",
    "Purpose",
    "build_csr",
    "check",
    "load",
    "load_pkcs12",
    "new_private_key",
]

Purpose = Literal["Authentication", "Offline"]

MIN_RSA_BITS: Final = 2048
MIN_EC_BITS: Final = 256
_ORGANIZATION_IDENTIFIER: Final = ObjectIdentifier("2.5.4.97")
_QC_STATEMENTS: Final = ObjectIdentifier(
    "1.3.6.1.5.5.7.1.3"
)  # RFC 3739 §3.2.6: marks a qualified certificate
_PESEL: Final = re.compile(r"(?:PNOPL|PESEL).*?(\d{11})")
_NIP: Final = re.compile(r"(?:TINPL|NIP).*?(\d{10})")
_VAT: Final = re.compile(r"VATPL.*?(\d{10})")


@dataclass(frozen=True, kw_only=True)
class Credential:
    """A private key and the certificate that fits it. The key is never in its representation."""

    private_key: PrivateKey = field(repr=False)
    certificate: x509.Certificate = field(repr=False)

    def __repr__(self) -> str:
        return f"Credential(serial={self.serial!r}, purpose={self.purpose!r})"

    @cached_property
    def purpose(self) -> Purpose | None:
        """What KSeF made the certificate for: ``purpose_of``."""
        return purpose_of(self.certificate)

    @property
    def serial(self) -> str:
        """The serial number as KSeF writes it: ``serial_of``."""
        return serial_of(self.certificate)

    @property
    def subject_name(self) -> str:
        """The common name, or the whole distinguished name where there is none."""
        return self._attribute(NameOID.COMMON_NAME) or self.certificate.subject.rfc4514_string()

    @property
    def nip(self) -> str | None:
        """The NIP of the person (2.5.4.5) or of the company's seal (2.5.4.97)."""
        person = _NIP.search(self._attribute(NameOID.SERIAL_NUMBER))
        seal = _VAT.search(self._attribute(_ORGANIZATION_IDENTIFIER))
        match = person or seal
        return match.group(1) if match else None

    @property
    def pesel(self) -> str | None:
        """The PESEL of the person (2.5.4.5)."""
        match = _PESEL.search(self._attribute(NameOID.SERIAL_NUMBER))
        return match.group(1) if match else None

    @property
    def identified(self) -> bool:
        """Whether the certificate itself tells whose it is, by a NIP or a PESEL."""
        return self.nip is not None or self.pesel is not None

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, upper-case hex: the identity of a subject without NIP and PESEL."""
        return self.certificate.fingerprint(hashes.SHA256()).hex().upper()

    @property
    def not_before(self) -> datetime:
        """First moment of validity, UTC."""
        return self.certificate.not_valid_before_utc

    @property
    def not_after(self) -> datetime:
        """Last moment of validity, UTC."""
        return self.certificate.not_valid_after_utc

    def to_der(self) -> tuple[bytes, bytes]:
        """The key as unencrypted PKCS#8 DER, for sealing in a vault, and the certificate as DER."""
        return self._key(Encoding.DER, NoEncryption()), self.certificate.public_bytes(Encoding.DER)

    def to_pem(self, password: str | None = None) -> tuple[bytes, bytes]:
        """The contents of a ``.key`` (PKCS#8, encrypted when a password is given) and of a ``.crt`` file."""
        encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        return self._key(Encoding.PEM, encryption), self.certificate.public_bytes(Encoding.PEM)

    def _key(self, encoding: Encoding, encryption: KeySerializationEncryption) -> bytes:
        return self.private_key.private_bytes(encoding, PrivateFormat.PKCS8, encryption)

    def _attribute(self, oid: ObjectIdentifier) -> str:
        values = self.certificate.subject.get_attributes_for_oid(oid)
        return str(values[0].value) if values else ""


def purpose_of(certificate: x509.Certificate) -> Purpose | None:
    """What KSeF made a certificate for, by its key usage; None for certificates that KSeF did not issue.

    A qualified certificate has the key usage of an offline one, but logs in: its own mark tells them apart.
    """
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None
    if any(extension.oid == _QC_STATEMENTS for extension in certificate.extensions):
        return None
    if usage.digital_signature == usage.content_commitment:
        return None
    return "Authentication" if usage.digital_signature else "Offline"


def serial_of(certificate: x509.Certificate) -> str:
    """The serial number as KSeF writes it and KOD II carries it: upper-case hex, at least 16 digits."""
    digits = f"{certificate.serial_number:016X}"
    return digits if len(digits) % 2 == 0 else "0" + digits


def load(key: bytes, certificate: bytes, password: str | None = None) -> Credential:
    """Read a ``.key`` and a ``.crt``/``.cer``/``.cert``/``.pem``, PEM or DER, the key encrypted or not.

    Raises :class:`CredentialError`, and the first thing that is wrong names it; see
    ``web.catalogue.credentials``.
    """
    key_file = credential_files.inspect(key, file="key")
    certificate_file = credential_files.inspect(certificate, file="certificate")
    _refuse_mix_ups(key_file, certificate_file)
    if len(key_file.keys) > 1:
        raise CredentialError("several-keys")
    private = _supported(credential_files.open_key(key_file.keys[0], password))
    return _paired(private, certificate_file.certificates)


def load_pkcs12(data: bytes, password: str | None = None) -> Credential:
    """Read a ``.p12`` or ``.pfx`` bundle. Raises :class:`CredentialError`."""
    bundle = credential_files.open_pkcs12(data, password)
    if bundle.key is None:
        raise CredentialError("pkcs12-without-key")
    certificates = (bundle.certificate,) if bundle.certificate else bundle.others
    if not certificates:
        raise CredentialError("pkcs12-without-certificate")
    return _paired(_supported(bundle.key), certificates)


def check(credential: Credential, *, purpose: Purpose, now: datetime) -> None:
    """Whether the credential may be used for this purpose at this moment (aware).

    Raises :class:`CredentialError`: ``offline-as-authentication``, ``authentication-as-offline``,
    ``expired``, ``not-yet-valid``. Certificates that KSeF did not issue (qualified, self-signed) may log
    in, but never sign KOD II (``kody-qr.md``).
    """
    if purpose == "Authentication" and credential.purpose == "Offline":
        raise CredentialError("offline-as-authentication")
    if purpose == "Offline" and credential.purpose != "Offline":
        raise CredentialError("authentication-as-offline")
    if now > credential.not_after:
        raise CredentialError("expired", date=credential.not_after.date().isoformat())
    if now < credential.not_before:
        raise CredentialError("not-yet-valid", date=credential.not_before.date().isoformat())


def _refuse_mix_ups(key: credential_files.Contents, certificate: credential_files.Contents) -> None:
    """Name the mistake that was made in choosing the two files, if one was."""
    if not key.keys and key.certificates:
        swapped = bool(certificate.keys) and not certificate.certificates
        raise CredentialError("swapped-files" if swapped else "two-certificates")
    if not key.keys:
        raise CredentialError(key.other or "not-a-key", file="key")
    if not certificate.certificates:
        if certificate.keys:
            raise CredentialError("two-keys")
        raise CredentialError(certificate.other or "not-a-certificate", file="certificate")


def _supported(key: PrivateKeyTypes) -> PrivateKey:
    if isinstance(key, rsa.RSAPrivateKey):
        if key.key_size < MIN_RSA_BITS:
            raise CredentialError("weak-key")
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey):
        if key.curve.key_size < MIN_EC_BITS:
            raise CredentialError("weak-key")
        return key
    raise CredentialError("unsupported-key")


def _paired(key: PrivateKey, certificates: tuple[x509.Certificate, ...]) -> Credential:
    """The key with its certificate out of a chain that may hold others'."""
    fitting = [one for one in certificates if one.public_key() == key.public_key()]
    if not fitting:
        raise CredentialError("key-mismatch")
    if len(fitting) > 1:
        raise CredentialError("several-certificates")
    return Credential(private_key=key, certificate=fitting[0])
