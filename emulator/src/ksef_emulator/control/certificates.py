"""Test signatures of people and seals of companies, as a qualified trust service would sell them."""

from __future__ import annotations

import base64
from typing import Annotated, Any, Literal

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from ..api.testdata import Nip, Pesel
from ..model.ca import Authority, KeyPair, serial_of


class _Wanted(BaseModel):
    """``key`` is the kind of the private key. With a ``password`` the pair comes as PKCS#12 too, and the PEM key
    is encrypted."""

    model_config = ConfigDict(extra="forbid")

    key: Literal["EC", "RSA"] = "EC"
    password: Annotated[SecretStr, Field(min_length=1, max_length=128)] | None = None


class PersonWanted(_Wanted):
    """A signature of a person, known by PESEL (``PNOPL-``) or by NIP (``TINPL-``), never both."""

    kind: Literal["person"]
    givenName: Annotated[str, Field(min_length=1, max_length=30)]  # noqa: N815
    surname: Annotated[str, Field(min_length=1, max_length=33)]
    pesel: Pesel | None = None
    nip: Nip | None = None

    @model_validator(mode="after")
    def _one_identifier(self) -> PersonWanted:
        if (self.pesel is None) == (self.nip is None):
            raise ValueError("podaj pesel albo nip")
        return self


class SealWanted(_Wanted):
    """A seal of a company (``VATPL-``)."""

    kind: Literal["seal"]
    nip: Nip
    name: Annotated[str, Field(min_length=1, max_length=256)]


Wanted = Annotated[PersonWanted | SealWanted, Field(discriminator="kind")]


def issue(authority: Authority, wanted: PersonWanted | SealWanted) -> dict[str, Any]:
    """The answer of ``POST /certificates``: a new key and its certificate. The emulator keeps neither."""
    if isinstance(wanted, SealWanted):
        pair = authority.seal_of_company(nip=wanted.nip, name=wanted.name, key=wanted.key)
    else:
        number = f"PNOPL-{wanted.pesel}" if wanted.pesel else f"TINPL-{wanted.nip}"
        pair = authority.signature_of_person(
            given_name=wanted.givenName, surname=wanted.surname, serial_number=number, key=wanted.key
        )
    return _files(pair, wanted.password.get_secret_value() if wanted.password else None)


def _files(pair: KeyPair, password: str | None) -> dict[str, Any]:
    protection = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    certificate = pair.certificate
    found: dict[str, Any] = {
        "privateKey": pair.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection).decode(),
        "certificate": certificate.public_bytes(Encoding.PEM).decode(),
        "serialNumber": serial_of(certificate),
        "subject": certificate.subject.rfc4514_string(),
        "validFrom": certificate.not_valid_before_utc.isoformat(),
        "validTo": certificate.not_valid_after_utc.isoformat(),
    }
    if password:
        bundle = serialize_key_and_certificates(
            b"emulator KSeF", pair.private_key, certificate, None, protection
        )
        found["pkcs12"] = base64.b64encode(bundle).decode()
    return found
