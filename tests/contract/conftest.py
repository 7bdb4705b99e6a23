"""Both sides of the conversation: our client and our emulator, which share no code."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID, ObjectIdentifier
from ksef_emulator.testing import running_emulator
from liczydlo import ksef

from app.tests.builders import new_nip

WARSAW = ZoneInfo("Europe/Warsaw")
_numbers = itertools.count(1)


def today() -> date:
    """The day of acceptance, by which KSeF judges P_1."""
    return datetime.now(WARSAW).date()


def new_pesel() -> str:
    """A PESEL of somebody born in 1988, with a right checksum."""
    digits = [8, 8, 0, 1, random.randint(1, 2), random.randint(1, 8)] + [
        random.randint(0, 9) for _ in range(4)
    ]
    check = (10 - sum(w * d for w, d in zip((1, 3, 7, 9) * 3, digits, strict=False)) % 10) % 10
    return "".join(map(str, [*digits, check]))


def self_signed(
    kind: str = "EC",
    *,
    nip: str | None = None,
    pesel: str | None = None,
    seal: str | None = None,
    valid: tuple[int, int] = (-1, 30),
) -> ksef.Credential:
    """A certificate as TEST takes them: signed by its own key; ``valid`` in days from now."""
    key = ksef.new_private_key(kind)  # type: ignore[arg-type]
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "PL"),
        x509.NameAttribute(NameOID.COMMON_NAME, "Jan Żółć"),
    ]
    if seal:
        attributes += [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Firma sp. z o.o."),
            x509.NameAttribute(ObjectIdentifier("2.5.4.97"), f"VATPL-{seal}"),
        ]
    else:
        attributes += [
            x509.NameAttribute(NameOID.GIVEN_NAME, "Jan"),
            x509.NameAttribute(NameOID.SURNAME, "Żółć"),
        ]
    if nip:
        attributes.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, f"TINPL-{nip}"))
    if pesel:
        attributes.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, f"PNOPL-{pesel}"))
    name, now = x509.Name(attributes), datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=valid[0]))
        .not_valid_after(now + timedelta(days=valid[1]))
        .sign(key, hashes.SHA256())
    )
    return ksef.Credential(private_key=key, certificate=certificate)


def invoice_xml(
    seller: str, buyer: str, *, issued: date | None = None, number: str | None = None, rest: str = ""
) -> bytes:
    """A small valid FA(3) of one line; ``number`` is P_2, new each time unless given."""
    number = number or f"FV/{next(_numbers)}/{random.randrange(10**9)}"
    day = (issued or today()).isoformat()
    party = "<DaneIdentyfikacyjne><NIP>{nip}</NIP><Nazwa>{name}</Nazwa></DaneIdentyfikacyjne>" + (
        "<Adres><KodKraju>PL</KodKraju><AdresL1>ul. Polna 1, 00-001 Warszawa</AdresL1></Adres>"
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Faktura xmlns="http://crd.gov.pl/wzor/2025/06/25/13775/">
<Naglowek><KodFormularza kodSystemowy="FA (3)" wersjaSchemy="1-0E">FA</KodFormularza>
<WariantFormularza>3</WariantFormularza><DataWytworzeniaFa>{day}T00:00:00Z</DataWytworzeniaFa></Naglowek>
<Podmiot1>{party.format(nip=seller, name="Sprzedawca")}</Podmiot1>
<Podmiot2>{party.format(nip=buyer, name="Nabywca")}<JST>2</JST><GV>2</GV></Podmiot2>
<Fa><KodWaluty>PLN</KodWaluty><P_1>{day}</P_1><P_2>{escape(number)}</P_2><P_13_1>100.00</P_13_1>
<P_14_1>23.00</P_14_1><P_15>123.00</P_15><Adnotacje><P_16>2</P_16><P_17>2</P_17><P_18>2</P_18><P_18A>2</P_18A>
<Zwolnienie><P_19N>1</P_19N></Zwolnienie><NoweSrodkiTransportu><P_22N>1</P_22N></NoweSrodkiTransportu><P_23>2</P_23>
<PMarzy><P_PMarzyN>1</P_PMarzyN></PMarzy></Adnotacje><RodzajFaktury>VAT</RodzajFaktury>{rest}
<FaWiersz><NrWierszaFa>1</NrWierszaFa><P_7>Usługa</P_7><P_8B>1</P_8B><P_9A>100</P_9A><P_11>100.00</P_11>
<P_12>23</P_12></FaWiersz></Fa></Faktura>""".encode()


@dataclass
class Company:
    """A firm with a client of its own, logged in as its owner."""

    nip: str
    context: ksef.Context
    credential: ksef.Credential
    client: ksef.Client


@pytest.fixture(scope="session")
def emulator() -> Iterator[Any]:
    with running_emulator() as running:
        yield running


@pytest.fixture(scope="session")
def environment(emulator: Any) -> ksef.Environment:
    return ksef.emulator(emulator.url)


@pytest.fixture
def testdata(environment: ksef.Environment) -> Callable[[str, dict[str, Any]], None]:
    def post(path: str, body: dict[str, Any]) -> None:
        answer = httpx2.post(f"{environment.api}/testdata/{path}", json=body, trust_env=False)
        assert answer.is_success, answer.text

    return post


@pytest.fixture
def client(environment: ksef.Environment) -> Iterator[Callable[..., ksef.Client]]:
    made: list[ksef.Client] = []

    def make(**options: Any) -> ksef.Client:
        made.append(ksef.Client(environment, trust_env=False, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def company(client: Callable[..., ksef.Client]) -> Callable[..., Company]:
    def make(**options: Any) -> Company:
        nip = new_nip()
        context, credential = ksef.Context(value=nip), self_signed(nip=nip)
        return Company(nip, context, credential, client(context=context, credential=credential, **options))

    return make
