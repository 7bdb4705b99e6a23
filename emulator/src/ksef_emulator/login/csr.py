"""What a certificate request must be: KSeF's own data, and a key and signature it takes (certyfikaty-KSeF.md §2–3)."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID, ObjectIdentifier

from .. import problems
from ..model.identity.ca import ORGANIZATION_IDENTIFIER, UNIQUE_IDENTIFIER

ATTRIBUTES: dict[str, ObjectIdentifier] = {
    "commonName": NameOID.COMMON_NAME,
    "countryName": NameOID.COUNTRY_NAME,
    "givenName": NameOID.GIVEN_NAME,
    "surname": NameOID.SURNAME,
    "serialNumber": NameOID.SERIAL_NUMBER,
    "uniqueIdentifier": UNIQUE_IDENTIFIER,
    "organizationName": NameOID.ORGANIZATION_NAME,
    "organizationIdentifier": ORGANIZATION_IDENTIFIER,
}
_HASHES = (hashes.SHA1, hashes.SHA256, hashes.SHA384, hashes.SHA512)
_RSA_BITS = 2048


def data(certificate: x509.Certificate) -> dict[str, str]:
    """``CertificateEnrollmentDataResponse``: the name of the certificate that logged in. Raises problem 25001."""
    values = _values(certificate.subject)
    if not {"commonName", "countryName"} <= values.keys():
        raise problems.no_enrollment_data()
    return values


def read(csr: bytes, certificate: x509.Certificate) -> x509.CertificateSigningRequest:
    """A DER request for the owner of ``certificate``. Raises problems 25002, 25003, 25004, 25010, 25011."""
    try:
        request = x509.load_der_x509_csr(csr)
        key = request.public_key()
        subject = request.subject
    except (ValueError, UnsupportedAlgorithm) as error:
        raise problems.bad_csr() from error
    rsa_fits = isinstance(key, rsa.RSAPublicKey) and key.key_size == _RSA_BITS
    if not rsa_fits and not (
        isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    ):
        raise problems.bad_key()
    try:
        algorithm = request.signature_hash_algorithm
    except UnsupportedAlgorithm as error:
        raise problems.bad_csr_algorithm() from error
    if not isinstance(algorithm, _HASHES):
        raise problems.bad_csr_algorithm()
    try:
        sound = request.is_signature_valid
    except (InvalidSignature, UnsupportedAlgorithm, ValueError) as error:
        raise problems.bad_csr() from error
    if not sound:
        raise problems.bad_csr()
    expected = _values(certificate.subject)
    if not {"commonName", "countryName"} <= expected.keys():
        raise problems.no_enrollment()
    foreign = [item for item in subject if item.oid not in ATTRIBUTES.values()]
    if foreign or _values(subject) != expected:
        raise problems.other_enrollment_data()
    return request


def _values(name: x509.Name) -> dict[str, str]:
    """An attribute that comes several times, such as ``givenName``, is one text: so ``data`` gives it to clients."""
    values = {
        word: " ".join(str(attribute.value) for attribute in name.get_attributes_for_oid(oid))
        for word, oid in ATTRIBUTES.items()
    }
    return {word: value for word, value in values.items() if value}
