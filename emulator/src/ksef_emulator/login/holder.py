"""Whose certificate it is: the identifier that a login finds in it (ksef-docs auth/podpis-xades.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID, ObjectIdentifier

from ..model.identity.ca import ORGANIZATION_IDENTIFIER
from ..model.identity.subjects import Subject, SubjectType

_PESEL = re.compile(r"(?:PNOPL|PESEL).*?(\d{11})")
_NIP = re.compile(r"(?:TINPL|NIP).*?(\d{10})")
_NAMES = {
    "surname": NameOID.SURNAME,
    "serialNumber": NameOID.SERIAL_NUMBER,
    "commonName": NameOID.COMMON_NAME,
    "countryName": NameOID.COUNTRY_NAME,
    "organizationName": NameOID.ORGANIZATION_NAME,
    "organizationIdentifier": ORGANIZATION_IDENTIFIER,
}
_SEAL = re.compile(r"VATPL.*?(\d{10})")


@dataclass(frozen=True, kw_only=True)
class Holder:
    """What a certificate says about its owner; a seal has an organisation, a signature a person."""

    subject: Subject
    is_seal: bool


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate, upper-case hexadecimal."""
    return certificate.fingerprint(hashes.SHA256()).hex().upper()


def holder(certificate: x509.Certificate, *, by_fingerprint: bool = False) -> Holder | None:
    """The owner; None when the certificate has no identifier that KSeF recognises and none was asked by fingerprint."""
    is_seal = bool(attribute(certificate, NameOID.ORGANIZATION_NAME)) and not attribute(
        certificate, NameOID.SURNAME
    )
    if by_fingerprint:
        return Holder(
            subject=Subject(type=SubjectType.FINGERPRINT, value=fingerprint(certificate)), is_seal=is_seal
        )
    number = attribute(certificate, NameOID.SERIAL_NUMBER)
    of_person = attribute(certificate, NameOID.SURNAME) or attribute(certificate, NameOID.GIVEN_NAME)
    if not of_person and (identifier := _SEAL.search(attribute(certificate, ORGANIZATION_IDENTIFIER))):
        return Holder(subject=Subject(type=SubjectType.NIP, value=identifier[1]), is_seal=True)
    if identifier := _PESEL.search(number):
        return Holder(subject=Subject(type=SubjectType.PESEL, value=identifier[1]), is_seal=False)
    if identifier := _NIP.search(number):
        return Holder(subject=Subject(type=SubjectType.NIP, value=identifier[1]), is_seal=False)
    return None


def name_of(certificate: x509.Certificate) -> dict[str, Any]:
    """What the subject's name says, by the names that the live system's tokens use."""
    first_names = certificate.subject.get_attributes_for_oid(NameOID.GIVEN_NAME)
    names: dict[str, Any] = {"givenNames": [str(item.value) for item in first_names]}
    for word, oid in _NAMES.items():
        if value := attribute(certificate, oid):
            names[word] = value
    return names


def attribute(certificate: x509.Certificate, oid: ObjectIdentifier) -> str:
    """The first value of a subject's attribute, or nothing."""
    values = certificate.subject.get_attributes_for_oid(oid)
    return str(values[0].value) if values else ""
