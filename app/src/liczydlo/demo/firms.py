"""The demo's firms: each gets its certificates from KSeF as its owner would, and is connected with them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Literal

import httpx2
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from liczydlo.companies.models import Company, Kind, Membership, Role, User
from liczydlo.connection import access, services
from liczydlo.fa3.build import Party
from liczydlo.ksef.client import Client
from liczydlo.ksef.context import Context
from liczydlo.ksef.credentials import Credential, Purpose, load
from liczydlo.ksef.enrolment import build_csr, new_private_key
from liczydlo.ksef.environments import Environment


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Who signs for a firm before it has certificates of KSeF: a person, or the firm's own seal."""

    kind: Literal["person", "seal"]
    given_name: str = ""
    surname: str = ""
    pesel: str = ""


@dataclass(frozen=True, kw_only=True)
class Firm:
    """One demo firm as its registers know it."""

    nip: str
    name: str
    kind: Kind
    line1: str
    line2: str
    bank_account: str = ""
    owner: Owner = Owner(kind="seal")

    @property
    def party(self) -> Party:
        """The firm as an invoice names it."""
        return Party(nip=self.nip, name=self.name, line1=self.line1, line2=self.line2)


SOLE_PROPRIETOR = Firm(
    nip="9991000105",
    name="Anna Nowicka – Pracownia Ceramiki",
    kind=Kind.SOLE,
    line1="ul. Garncarska 7",
    line2="31-115 Kraków",
    owner=Owner(kind="person", given_name="Anna", surname="Nowicka", pesel="85041212344"),
)
COMPANY = Firm(
    nip="9992000202",
    name="Dom i Ogród Wisła sp. z o.o.",
    kind=Kind.COMPANY,
    line1="ul. Nadbrzeżna 24 lok. 3",
    line2="00-432 Warszawa",
)


@dataclass(frozen=True, kw_only=True)
class Ministry:
    """KSeF and, beside it, the emulator's control panel, where a test signature is to be had."""

    environment: Environment
    control: str

    def signature(self, firm: Firm) -> Credential:
        """A qualified signature of the firm's owner, or the firm's qualified seal. Raises httpx2.HTTPError."""
        owner = firm.owner
        wanted = (
            {"kind": "seal", "nip": firm.nip, "name": firm.name}
            if owner.kind == "seal"
            else {
                "kind": "person",
                "givenName": owner.given_name,
                "surname": owner.surname,
                "pesel": owner.pesel,
            }
        )
        answer = httpx2.post(f"{self.control}/certificates", json=wanted, trust_env=False).raise_for_status()
        pair = answer.json()
        return load(pair["privateKey"].encode(), pair["certificate"].encode())

    def introduce(self, firm: Firm) -> None:
        """Tell the environment that this person runs this firm, as CEIDG would. Raises httpx2.HTTPError."""
        if firm.owner.kind == "person":
            person = {
                "nip": firm.nip,
                "pesel": firm.owner.pesel,
                "isBailiff": False,
                "description": firm.name,
            }
            address = f"{self.environment.api}/testdata/person"
            httpx2.post(address, json=person, trust_env=False).raise_for_status()


@dataclass(frozen=True, kw_only=True)
class Files:
    """What a user downloads: an encrypted key, its certificate, and the password that only the user knows."""

    key: bytes = field(repr=False)
    certificate: bytes
    password: str = field(repr=False)


def enrol(ksef: Client, purpose: Purpose) -> Files:
    """Ask KSeF for a certificate for a key made here. Raises KsefError."""
    key = new_private_key()
    name = {"Authentication": "Liczydlo demo", "Offline": "Liczydlo demo offline"}[purpose]
    reference = ksef.request_certificate(name, purpose, build_csr(key, ksef.enrollment_data()))
    issued = x509.load_der_x509_certificate(ksef.wait_for_certificate(reference).certificate)
    password = secrets.token_urlsafe(12)
    sealed, _ = Credential(private_key=key, certificate=issued).to_pem(password)
    return Files(key=sealed, certificate=issued.public_bytes(Encoding.PEM), password=password)


def connect(firm: Firm, ministry: Ministry, owner: User) -> Company:
    """Make the firm a company of the application and connect it in both tabs. Raises KsefError, httpx2.HTTPError."""
    company = Company.objects.create(
        nip=firm.nip,
        name=firm.name,
        kind=firm.kind,
        line1=firm.line1,
        line2=firm.line2,
        bank_account=firm.bank_account,
        environment="EMULATOR",
    )
    Membership.objects.create(user=owner, company=company, role=Role.OWNER)
    ministry.introduce(firm)
    signature, context = ministry.signature(firm), Context(value=firm.nip)
    with Client(access.environment(company), trust_env=False, credential=signature, context=context) as ksef:
        authentication, offline = enrol(ksef, "Authentication"), enrol(ksef, "Offline")
    services.store_authentication(
        company, authentication.key, authentication.certificate, authentication.password, by=owner
    )
    services.store_offline(company, offline.key, offline.certificate, offline.password, by=owner)
    return company
