"""The emulator's own certification authorities: one that stands for qualified trust services, one that is KSeF's.

Their keys are made when a store is first used and stay in it. Nothing outside trusts them, and their names say so.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID, ObjectIdentifier

from ...clock import Clock
from ...store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (
    name TEXT PRIMARY KEY,
    private_key BLOB NOT NULL,  -- PKCS#8 PEM: a test key, worth nothing outside the emulator
    certificate BLOB NOT NULL   -- DER
);
"""
ORGANIZATION_IDENTIFIER: Final = ObjectIdentifier("2.5.4.97")
UNIQUE_IDENTIFIER: Final = ObjectIdentifier("2.5.4.45")
_QC_STATEMENTS: Final = ObjectIdentifier("1.3.6.1.5.5.7.1.3")
# RFC 3739: QcCompliance and QcType (esign or eseal), as a qualified certificate carries them.
_QC: Final = {
    "sign": bytes.fromhex(
        "301f300806060400" + "8e460101" + "301306060400" + "8e4601063009060704008e46010601"
    ),
    "seal": bytes.fromhex(
        "301f300806060400" + "8e460101" + "301306060400" + "8e4601063009060704008e46010602"
    ),
}
YEARS: Final = timedelta(days=3650)
QUALIFIED_VALIDITY: Final = timedelta(days=730)
KSEF_VALIDITY: Final = timedelta(days=730)  # certyfikaty-KSeF: at most two years
BACKDATED: Final = timedelta(minutes=5)
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
KeyKind = Literal["EC", "RSA"]
Usage = Literal["Authentication", "Offline"]
Validity = tuple[datetime, datetime | None] | None
"""From when to when; without an end two years, and None is two years from now."""


@dataclass(frozen=True, kw_only=True)
class KeyPair:
    """A private key and its certificate; the key is never in its representation."""

    private_key: PrivateKey
    certificate: x509.Certificate

    def __repr__(self) -> str:
        return f"KeyPair({self.certificate.subject.rfc4514_string()!r})"


def new_key(kind: KeyKind = "EC") -> PrivateKey:
    """EC P-256 or RSA 2048."""
    if kind == "EC":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Authority:
    """Issues certificates and says which it has issued."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Makes the two authorities if the store has none yet."""
        self.store = store
        self.clock = clock
        store.register(SCHEMA)
        self._qualified = self.pair("qualified-ca", "EC", "Emulator - kwalifikowane uslugi zaufania (TEST)")
        self._ksef = self.pair("ksef-ca", "EC", "Emulator - certyfikaty KSeF (TEST)")

    @staticmethod
    def make_key(kind: KeyKind) -> PrivateKey:
        """A key of a pair that the store keeps."""
        return new_key(kind)

    def pair(self, name: str, kind: KeyKind, common_name: str, *, authority: bool = True) -> KeyPair:
        """A self-signed pair that the store keeps under a name, made the first time."""
        pair = self._stored(name)
        if pair is not None:
            return pair
        key = self.make_key(kind)  # outside a transaction: an RSA key takes long
        certificate = self_signed(key, common_name, self.clock.now() - BACKDATED, authority=authority)
        return self._keep(name, KeyPair(private_key=key, certificate=certificate))

    def new(self, name: str, kind: KeyKind, common_name: str, *, start: datetime) -> KeyPair:
        """Another pair to keep, whose certificate holds two years from ``start``."""
        key = self.make_key(kind)
        certificate = self_signed(key, common_name, start, KSEF_VALIDITY, authority=False)
        return self._keep(name, KeyPair(private_key=key, certificate=certificate))

    def certify_again(self, name: str, pair: KeyPair) -> KeyPair:
        """The same key with a new certificate, which holds two years from now."""
        names = pair.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        start = self.clock.now() - BACKDATED
        certificate = self_signed(
            pair.private_key, str(names[0].value), start, KSEF_VALIDITY, authority=False
        )
        return self._keep(name, KeyPair(private_key=pair.private_key, certificate=certificate))

    def _keep(self, name: str, pair: KeyPair) -> KeyPair:
        pem = pair.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        row = (name, pem, pair.certificate.public_bytes(Encoding.DER))
        with self.store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO keys (name, private_key, certificate) VALUES (?, ?, ?)", row)
        return pair

    def _stored(self, name: str) -> KeyPair | None:
        with self.store.transaction() as db:
            row = db.execute("SELECT private_key, certificate FROM keys WHERE name = ?", (name,)).fetchone()
        if row is None:
            return None
        key = load_pem_private_key(row["private_key"], None)
        assert isinstance(key, PrivateKey)
        return KeyPair(private_key=key, certificate=x509.load_der_x509_certificate(row["certificate"]))

    def signature_of_person(
        self,
        *,
        given_name: str,
        surname: str,
        serial_number: str | None,
        country: str = "PL",
        key: KeyKind = "EC",
        validity: Validity = None,
    ) -> KeyPair:
        """A test qualified signature; ``serial_number`` is ``PNOPL-<PESEL>`` or ``TINPL-<NIP>``, and None is a
        foreigner's, whom KSeF knows by the certificate's fingerprint only."""
        names = [
            x509.NameAttribute(NameOID.COUNTRY_NAME, country),
            x509.NameAttribute(NameOID.GIVEN_NAME, given_name),
            x509.NameAttribute(NameOID.SURNAME, surname),
            x509.NameAttribute(NameOID.COMMON_NAME, _fitting(f"{given_name} {surname}")),
        ]
        if serial_number is not None:
            names.insert(3, x509.NameAttribute(NameOID.SERIAL_NUMBER, serial_number))
        return self._qualified_pair(x509.Name(names), "sign", key, validity)

    def seal_of_company(
        self,
        *,
        nip: str | None,
        name: str,
        country: str = "PL",
        key: KeyKind = "EC",
        validity: Validity = None,
    ) -> KeyPair:
        """A test qualified seal of a company; None is a foreign one without a NIP."""
        names = [
            x509.NameAttribute(NameOID.COUNTRY_NAME, country),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _fitting(name)),
            x509.NameAttribute(NameOID.COMMON_NAME, _fitting(name)),
        ]
        if nip is not None:
            names.insert(2, x509.NameAttribute(ORGANIZATION_IDENTIFIER, f"VATPL-{nip}"))
        return self._qualified_pair(x509.Name(names), "seal", key, validity)

    def _qualified_pair(
        self, subject: x509.Name, kind: Literal["sign", "seal"], key_kind: KeyKind, validity: Validity
    ) -> KeyPair:
        key = new_key(key_kind)
        issuer = self._qualified
        start, end = validity or (self.clock.now() - BACKDATED, None)
        length = end - start if end is not None else QUALIFIED_VALIDITY
        certificate = (
            _builder(subject, issuer.certificate.subject, key.public_key(), start, length)
            .add_extension(_usage(content_commitment=True), critical=True)
            .add_extension(x509.UnrecognizedExtension(_QC_STATEMENTS, _QC[kind]), critical=False)
            .sign(issuer.private_key, hashes.SHA256())
        )
        return KeyPair(private_key=key, certificate=certificate)

    def issue_ksef(
        self,
        *,
        subject: x509.Name,
        public_key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
        usage: Usage,
        valid_from: datetime,
    ) -> x509.Certificate:
        """A certificate of KSeF: Digital Signature or Non-Repudiation, never both (certyfikaty-KSeF.md)."""
        return (
            _builder(
                subject,
                self._ksef.certificate.subject,
                public_key,
                valid_from,
                KSEF_VALIDITY,
                serial=int.from_bytes(secrets.token_bytes(8), "big") >> 2,
            )
            .add_extension(
                _usage(digital_signature=usage == "Authentication", content_commitment=usage == "Offline"),
                critical=True,
            )
            .sign(self._ksef.private_key, hashes.SHA256())
        )

    def is_of_ksef(self, certificate: x509.Certificate) -> bool:
        """Whether KSeF issued it."""
        return _issued_by(certificate, self._ksef.certificate)

    def is_qualified(self, certificate: x509.Certificate) -> bool:
        """Whether the test trust service issued it."""
        return _issued_by(certificate, self._qualified.certificate)

    def is_self_signed(self, certificate: x509.Certificate) -> bool:
        """Whether it is signed by its own key, as the TEST environment takes them."""
        return _issued_by(certificate, certificate)


def self_signed(
    key: PrivateKey, common_name: str, start: datetime, validity: timedelta = YEARS, *, authority: bool
) -> x509.Certificate:
    """A certificate of the emulator's own, by itself."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "PL"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Emulator KSeF - nie jest KSeF"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
    builder = _builder(subject, subject, key.public_key(), start, validity)
    if authority:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.sign(key, hashes.SHA256())


def _fitting(name: str) -> str:
    """As much of a name as a certificate holds: 64 (X.520), counted in bytes to be safe with every reader."""
    return name.encode()[:64].decode(errors="ignore").strip()


def serial_of(certificate: x509.Certificate) -> str:
    """The serial number as KSeF writes it: 16 upper-case hexadecimal digits."""
    return f"{certificate.serial_number:016X}"


def _issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _usage(*, digital_signature: bool = False, content_commitment: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    valid_from: datetime,
    validity: timedelta,
    *,
    serial: int | None = None,
) -> x509.CertificateBuilder:
    start = valid_from.replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + validity)
    )
