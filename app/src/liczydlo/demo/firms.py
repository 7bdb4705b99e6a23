"""The demo's firms: each gets its certificates from KSeF as its owner would, and is connected with them."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx2
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from liczydlo.companies.models import Company, Kind, Membership, Role, User
from liczydlo.connection.models import SignInState
from liczydlo.connection.signin import services as signin
from liczydlo.demo.servers import NotStarted
from liczydlo.fa3.draft import Address, Party
from liczydlo.jobs import registry
from liczydlo.jobs.models import Job
from liczydlo.ksef import xades
from liczydlo.ksef.client import Client
from liczydlo.ksef.context import Context
from liczydlo.ksef.credentials import Credential, Purpose, load
from liczydlo.ksef.enrollment import build_csr, new_private_key
from liczydlo.ksef.environments import Environment
from liczydlo.web import times

_PAUSE = 0.05  # seconds between two looks at a connection under way


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Who signs for a firm before it has certificates of KSeF: a person, or the firm's own seal. Beside a seal, the
    person is who logs in to the portal for the firm."""

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
        address = Address(line1=self.line1, line2=self.line2 or None)
        return Party(nip=self.nip, name=self.name, address=address)


SOLE_PROPRIETOR = Firm(
    nip="9991000105",
    name="Anna Nowicka – Pracownia Ceramiki",
    kind=Kind.SOLE,
    line1="ul. Garncarska 7",
    line2="31-115 Kraków",
    owner=Owner(kind="person", given_name="Anna", surname="Nowicka", pesel="84071512341"),
)
COMPANY = Firm(
    nip="9992000202",
    name="Dom i Ogród Wisła sp. z o.o.",
    kind=Kind.COMPANY,
    line1="ul. Nadbrzeżna 24 lok. 3",
    line2="00-432 Warszawa",
    owner=Owner(kind="seal", given_name="Piotr", surname="Wiślański", pesel="72030812353"),
)


_MONTH: tuple[dict[str, Any], ...] = (
    {"kind": "KOR", "correction": "quantity"},
    {"kind": "ROZ"},
    {"currency": "EUR", "features": ["instalments"]},
    {"features": ["mixed-rates", "split-payment"], "gross": "18450.00"},
    {"kind": "KOR_VAT_RR"},
    {"kind": "VAT_PEF"},
    {"scam": "account"},
    {"scam": "double-amount"},
    {"scam": "stranger"},
)
"""Orders of the emulator's ``POST /invoices``."""


@dataclass(frozen=True, kw_only=True)
class Ministry:
    """KSeF and, beside it, the emulator's control panel, where a test signature is to be had."""

    environment: Environment
    control: str

    def signature(self, firm: Firm) -> Credential:
        """A qualified signature of the firm's owner, or the firm's qualified seal. Raises httpx2.HTTPError."""
        owner = firm.owner
        order = (
            {"kind": "seal", "nip": firm.nip, "name": firm.name}
            if owner.kind == "seal"
            else {
                "kind": "person",
                "givenName": owner.given_name,
                "surname": owner.surname,
                "pesel": owner.pesel,
            }
        )
        answer = httpx2.post(f"{self.control}/certificates", json=order, trust_env=False).raise_for_status()
        pair = answer.json()
        return load(pair["privateKey"].encode(), pair["certificate"].encode())

    def introduce(self, firm: Firm) -> None:
        """Tell the environment who runs this firm, as CEIDG and a ZAW-FA would, and let the portal's login offer them.

        Raises httpx2.HTTPError.
        """
        who = firm.owner
        if not who.pesel:
            return
        person = {"givenName": who.given_name, "surname": who.surname, "pesel": who.pesel}
        seed: dict[str, object]
        if who.kind == "person":
            own = {"nip": firm.nip, "pesel": who.pesel, "description": firm.name}
            seed = {"persons": [own], "testPersons": [{**person, "nip": firm.nip}]}
        else:
            entry = {"nip": firm.nip, "description": firm.name, "owner": who.pesel}
            seed = {"firms": [entry], "testPersons": [person]}
        httpx2.post(f"{self.control}/seed", json=seed, trust_env=False).raise_for_status()

    def send_elsewhere(self, firm: Firm, xml: bytes) -> None:
        """Another program of the firm sends an invoice straight to KSeF. Raises KsefError, httpx2.HTTPError."""
        login, context = self.signature(firm), Context(value=firm.nip)
        with Client(self.environment, trust_env=False, credential=login, context=context) as ksef:
            session = ksef.open_online()
            reference = ksef.send_invoice(session, xml)
            while ksef.invoice_status(session.reference, reference).in_progress:
                time.sleep(_PAUSE)  # KSeF's own work, in another process
            ksef.close_online(session.reference)

    def stranger_invoices(self, firm: Firm) -> str:
        """A contractor whom the firm does not know sends it an invoice; its KSeF number. Raises httpx2.HTTPError."""
        with self._office() as office:
            (number,) = _order(office, firm, {})
        return number

    def contractors_invoice(self, firm: Firm) -> set[str]:
        """Contractors send what a month brings, and invoices that nobody should pay; the KSeF numbers. FA_RR and PEF
        are among them when the emulator has their schemas (``KSEF_EMULATOR_SCHEMAS``). Raises httpx2.HTTPError."""
        with self._office() as office:
            kinds = office.get("/contractors").raise_for_status().json()["kinds"]
            orders = [order for order in _MONTH if order.get("kind", "VAT") in kinds]
            return {number for order in orders for number in _order(office, firm, order)}

    def _office(self) -> httpx2.Client:
        return httpx2.Client(base_url=self.control, trust_env=False)


def _order(office: httpx2.Client, firm: Firm, order: dict[str, Any]) -> list[str]:
    """KSeF numbers of what contractors issued to the firm."""
    body = {"buyer": firm.nip, "buyerName": firm.name} | order
    answer = office.post("/invoices", json=body).raise_for_status()
    return [str(one["ksefNumber"]) for one in answer.json()["invoices"]]


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


def begin(firm: Firm, ministry: Ministry, owner: User) -> Company:
    """Make the firm a company of the application and hand in its signed document, as its owner would on the page
    „Połącz w 3 krokach"; the rest is a job's work. A person's firm has to be introduced first.

    Raises NotStored, httpx2.HTTPError.
    """
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
    row = signin.begin(company, by=owner)
    signed = xades.sign(bytes(row.document), ministry.signature(firm), signing_time=times.now())
    signin.take(company, row, signed, by=owner, address="127.0.0.1")
    return company


def finish(company: Company) -> None:
    """Do the job of the connection's second half; where a worker has it, wait for that. Raises NotStarted."""
    row = signin.current(company)
    assert row is not None
    job = Job.objects.of(company).get(name=signin.JOB)
    while row.state == SignInState.WORKING:
        if not registry.run(job.pk):
            time.sleep(_PAUSE)  # not due yet, or in a worker's hands
        row.refresh_from_db()
    if row.state != SignInState.DONE:
        why = row.reason.text("en") if row.reason else row.state
        raise NotStarted(f"{company.name} could not be connected: {why}")
