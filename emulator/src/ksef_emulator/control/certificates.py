"""Test signatures of people and seals of companies, as a qualified trust service would sell them."""

import base64
from datetime import datetime
from typing import Annotated, Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from fastapi import APIRouter
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)

from ..api.contract.common import Nip
from ..api.contract.testdata import Pesel
from ..api.security import CurrentEmulator
from ..model.identity.ca import BACKDATED, QUALIFIED_VALIDITY, Authority, KeyPair, Validity, serial_of
from ..pages.fields import PERSON_NAME
from ..pages.model_forms import Choices, Label
from .time import Moment

Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]
GivenName = Annotated[
    str,
    Field(min_length=1, max_length=30),
    Label("Imię (podpis)", "Given name (signature)", rule=PERSON_NAME),
]
Surname = Annotated[
    str,
    Field(min_length=1, max_length=33),
    Label("Nazwisko (podpis)", "Surname (signature)", rule=PERSON_NAME),
]
CompanyName = Annotated[
    str, Field(min_length=1, max_length=256), Label("Nazwa firmy (pieczęć)", "Company's name (seal)")
]


class _Order(BaseModel):
    """``key`` is the kind of the private key. With a ``password`` the pair comes as PKCS#12 too, and the PEM key
    is encrypted. The certificate holds from ``validFrom`` (now) to ``validTo`` (two years later), which may both be
    past or to come."""

    model_config = ConfigDict(extra="forbid")

    key: Annotated[
        Literal["EC", "RSA"],
        Label("Klucz", "Key"),
        Choices({"EC": ("EC P-256", "EC P-256"), "RSA": ("RSA 2048", "RSA 2048")}),
    ] = "EC"
    password: Annotated[
        Annotated[SecretStr, Field(min_length=1, max_length=128)] | None,
        Label("Hasło do pliku .p12", "Password of the .p12 file"),
    ] = None
    validFrom: Moment | None = None  # noqa: N815
    validTo: Annotated[  # noqa: N815
        Moment | None,
        Label(
            "Ważny do",
            "Valid until",
            ("Puste: dwa lata. Może być w przeszłości.", "Empty: two years. It may be in the past."),
        ),
    ] = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> "_Order":
        if self.validFrom and self.validTo and self.validFrom >= self.validTo:
            raise ValueError("validTo musi być późniejsze niż validFrom")
        return self

    def validity(self, now: datetime) -> Validity:
        """For the authority: one that ended before ``now`` began two years earlier."""
        if self.validFrom is None and self.validTo is None:
            return None
        start = self.validFrom
        if start is None and self.validTo is not None:
            start = min(now - BACKDATED, self.validTo - QUALIFIED_VALIDITY)
        return (start or now).replace(microsecond=0), self.validTo


class PersonOrder(_Order):
    """A signature of a person, known by PESEL (``PNOPL-``) or by NIP (``TINPL-``), never both."""

    kind: Literal["person"]
    givenName: GivenName  # noqa: N815
    surname: Surname
    pesel: Annotated[Pesel | None, Label("PESEL", "PESEL")] = None
    nip: Annotated[Nip | None, Label("NIP", "NIP")] = None

    @model_validator(mode="after")
    def _one_identifier(self) -> "PersonOrder":
        if (self.pesel is None) == (self.nip is None):
            raise ValueError("podaj pesel albo nip")
        return self


class SealOrder(_Order):
    """A seal of a company (``VATPL-``)."""

    kind: Literal["seal"]
    nip: Nip
    name: CompanyName


class ForeignerOrder(_Order):
    """A signature of a foreigner without PESEL and NIP: KSeF knows such people by the certificate's fingerprint."""

    kind: Literal["foreigner"]
    givenName: GivenName  # noqa: N815
    surname: Surname
    country: Country = "DE"


class ForeignSealOrder(_Order):
    """A seal of a foreign company without a NIP, known by its fingerprint too."""

    kind: Literal["foreign-seal"]
    name: CompanyName
    country: Country = "DE"


CertificateOrder = Annotated[
    PersonOrder | SealOrder | ForeignerOrder | ForeignSealOrder, Field(discriminator="kind")
]


class Issued(BaseModel):
    """A new key with its certificate, both PEM; ``pkcs12`` (Base64) when a password was given. ``fingerprint`` is the
    SHA-256 of the certificate in upper-case hexadecimal digits, as permissions name it."""

    privateKey: str  # noqa: N815
    certificate: str
    pkcs12: str | None = None
    serialNumber: str  # noqa: N815
    fingerprint: str
    subject: str
    validFrom: datetime  # noqa: N815
    validTo: datetime  # noqa: N815


router = APIRouter(tags=["Certyfikaty testowe"])


@router.post("/certificates", status_code=201, response_model_exclude_none=True)
def issue_certificate(emulator: CurrentEmulator, order: CertificateOrder) -> Issued:
    """A test signature of a person or a foreigner, or a test seal of a company. The emulator keeps no key."""
    return issue(emulator.ca, order, emulator.clock.now())


def issue(
    authority: Authority,
    order: PersonOrder | SealOrder | ForeignerOrder | ForeignSealOrder,
    now: datetime,
) -> Issued:
    """A new key and its certificate."""
    validity = order.validity(now)
    if isinstance(order, SealOrder | ForeignSealOrder):
        nip, country = (order.nip, "PL") if isinstance(order, SealOrder) else (None, order.country)
        pair = authority.seal_of_company(
            nip=nip, name=order.name, country=country, key=order.key, validity=validity
        )
    else:
        pair = authority.signature_of_person(
            given_name=order.givenName,
            surname=order.surname,
            serial_number=_number(order) if isinstance(order, PersonOrder) else None,
            country="PL" if isinstance(order, PersonOrder) else order.country,
            key=order.key,
            validity=validity,
        )
    return _files(pair, order.password.get_secret_value() if order.password else None)


def _number(order: PersonOrder) -> str:
    return f"PNOPL-{order.pesel}" if order.pesel else f"TINPL-{order.nip}"


def _files(pair: KeyPair, password: str | None) -> Issued:
    protection = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    certificate = pair.certificate
    bundle = None
    if password:
        bundle = serialize_key_and_certificates(
            b"emulator KSeF", pair.private_key, certificate, None, protection
        )
    return Issued(
        privateKey=pair.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection).decode(),
        certificate=certificate.public_bytes(Encoding.PEM).decode(),
        pkcs12=base64.b64encode(bundle).decode() if bundle else None,
        serialNumber=serial_of(certificate),
        fingerprint=certificate.fingerprint(SHA256()).hex().upper(),
        subject=certificate.subject.rfc4514_string(),
        validFrom=certificate.not_valid_before_utc,
        validTo=certificate.not_valid_after_utc,
    )
