"""Whose a certificate is, for showing: name, NIP, and a PESEL with its middle hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier

_ORGANIZATION_IDENTIFIER = ObjectIdentifier("2.5.4.97")


@dataclass(frozen=True, kw_only=True)
class Holder:
    """The subject of a certificate as people know it."""

    name: str
    first_name: str
    surname: str
    nip: str
    pesel: str
    issuer: str

    @property
    def pesel_masked(self) -> str:
        """The birth date's digits stay hidden: ``84•••••••52``."""
        return pesel_masked(self.pesel)


def pesel_masked(pesel: str) -> str:
    """A PESEL for showing: its two first and two last digits; nothing for nothing."""
    return f"{pesel[:2]}•••••••{pesel[-2:]}" if pesel else ""


def holder_of(certificate: x509.Certificate) -> Holder:
    """Read the subject's attributes (ksef-docs auth/podpis-xades.md)."""
    serial = _first(certificate.subject, NameOID.SERIAL_NUMBER)
    seal = _first(certificate.subject, _ORGANIZATION_IDENTIFIER)
    nip = re.search(r"(?:TINPL|NIP).*?(\d{10})", serial) or re.search(r"VATPL.*?(\d{10})", seal)
    pesel = re.search(r"(?:PNOPL|PESEL).*?(\d{11})", serial)
    name = _first(certificate.subject, NameOID.COMMON_NAME) or certificate.subject.rfc4514_string()
    first, _space, last = name.partition(" ")
    return Holder(
        name=name,
        first_name=_first(certificate.subject, NameOID.GIVEN_NAME) or first,
        surname=_first(certificate.subject, NameOID.SURNAME) or last or first,
        nip=nip.group(1) if nip else "",
        pesel=pesel.group(1) if pesel else "",
        issuer=_first(certificate.issuer, NameOID.COMMON_NAME) or certificate.issuer.rfc4514_string(),
    )


def _first(name: x509.Name, oid: ObjectIdentifier) -> str:
    values = name.get_attributes_for_oid(oid)
    return str(values[0].value) if values else ""
