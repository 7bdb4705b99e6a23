"""Invoices for the tests, a small FA(3) document of our own varied by keyword, and firms that send them over HTTP."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.x509 import load_der_x509_certificate

from ..login.conftest import Door, door, new_nip, running, self_signed
from ..login.quick import let_in

__all__ = ["Firm", "door", "running"]

NAMESPACE = "http://crd.gov.pl/wzor/2025/06/25/13775/"
SELLER = "5265877635"
BUYER = "1111111111"
TODAY = date(2026, 11, 23)


def fa3(
    *,
    seller: str = SELLER,
    buyer: str = f"<NIP>{BUYER}</NIP>",
    number: str = "FV/1/2026",
    day: str = "2026-11-23",
    kind: str = "VAT",
    currency: str = "PLN",
    amounts: str = "<P_13_1>100.00</P_13_1><P_14_1>23.00</P_14_1>",
    gross: str = "123.00",
    self_invoicing: bool = False,
    third: str = "",
    authorized: str = "",
    attachment: str = "",
    item: str = "Usługa",
    head: str = '<?xml version="1.0" encoding="UTF-8"?>',
) -> bytes:
    """One line at 23 %, schema valid as it stands."""
    return f"""{head}
<Faktura xmlns="{NAMESPACE}">
<Naglowek><KodFormularza kodSystemowy="FA (3)" wersjaSchemy="1-0E">FA</KodFormularza>
<WariantFormularza>3</WariantFormularza><DataWytworzeniaFa>2026-11-23T08:00:00Z</DataWytworzeniaFa></Naglowek>
<Podmiot1><DaneIdentyfikacyjne><NIP>{seller}</NIP><Nazwa>Sprzedawca</Nazwa></DaneIdentyfikacyjne>
<Adres><KodKraju>PL</KodKraju><AdresL1>Polna 1</AdresL1></Adres></Podmiot1>
<Podmiot2><DaneIdentyfikacyjne>{buyer}<Nazwa>Nabywca</Nazwa></DaneIdentyfikacyjne>
<Adres><KodKraju>PL</KodKraju><AdresL1>Leśna
2</AdresL1></Adres><JST>2</JST><GV>2</GV></Podmiot2>{third}{authorized}
<Fa><KodWaluty>{currency}</KodWaluty><P_1>{day}</P_1><P_2>{number}</P_2>{amounts}<P_15>{gross}</P_15>
<Adnotacje><P_16>2</P_16><P_17>{"1" if self_invoicing else "2"}</P_17><P_18>2</P_18><P_18A>2</P_18A>
<Zwolnienie><P_19N>1</P_19N></Zwolnienie><NoweSrodkiTransportu><P_22N>1</P_22N></NoweSrodkiTransportu>
<P_23>2</P_23><PMarzy><P_PMarzyN>1</P_PMarzyN></PMarzy></Adnotacje><RodzajFaktury>{kind}</RodzajFaktury>
<FaWiersz><NrWierszaFa>1</NrWierszaFa><P_7>{item}</P_7><P_8A>szt</P_8A><P_8B>1</P_8B><P_9A>100.00</P_9A>
<P_11>100.00</P_11><P_12>23</P_12></FaWiersz></Fa>{attachment} </Faktura>""".encode()


ATTACHMENT = (
    "<Zalacznik><BlokDanych><ZNaglowek>Dane</ZNaglowek><MetaDane><ZKlucz>a</ZKlucz><ZWartosc>b</ZWartosc></MetaDane>"
    "<Tekst><Akapit>Treść</Akapit></Tekst></BlokDanych></Zalacznik>"
)


@pytest.fixture
def build() -> Callable[..., bytes]:
    """`fa3`, for the test modules."""
    return fa3


@pytest.fixture
def attachment() -> str:
    """A `Zalacznik` element."""
    return ATTACHMENT


@dataclass(kw_only=True)
class Firm:
    """A firm's own program at the emulator's door: it encrypts by itself and looks at raw answers."""

    door: Door
    nip: str
    token: str

    def get(self, path: str, **more: Any) -> httpx2.Response:
        return self.door.call("GET", path, self.token, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> httpx2.Response:
        return self.door.call("POST", path, self.token, json=body, **more)

    def opening(self, **changes: Any) -> dict[str, Any]:
        """Body of ``POST /sessions/online``; its key is `KEY`, its IV `IV`."""
        published = self.door.call("GET", "/security/public-key-certificates").json()
        found = next(each for each in published if "SymmetricKeyEncryption" in each["usage"])
        certificate = load_der_x509_certificate(base64.b64decode(found["certificate"]))
        key = certificate.public_key()
        assert isinstance(key, RSAPublicKey)
        oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
        encryption = {
            "encryptedSymmetricKey": b64(key.encrypt(KEY, oaep)),
            "initializationVector": b64(IV),
            "publicKeyId": found["publicKeyId"],
        }
        form = {"systemCode": "FA (3)", "schemaVersion": "1-0E", "value": "FA"}
        return {"formCode": form, "encryption": encryption | changes.pop("encryption", {})} | changes

    def open(self, **more: Any) -> str:
        answer = self.post("/sessions/online", self.opening(), **more)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["referenceNumber"])

    def sending(self, xml: bytes, **changes: Any) -> dict[str, Any]:
        """Body of ``POST /sessions/online/{reference}/invoices``."""
        sealed = seal(xml)
        return {
            "invoiceHash": sha256(xml),
            "invoiceSize": len(xml),
            "encryptedInvoiceHash": sha256(sealed),
            "encryptedInvoiceSize": len(sealed),
            "encryptedInvoiceContent": b64(sealed),
        } | changes

    def send(self, session: str, xml: bytes, **changes: Any) -> str:
        answer = self.post(f"/sessions/online/{session}/invoices", self.sending(xml, **changes))
        assert answer.status_code == 202, answer.text
        return str(answer.json()["referenceNumber"])

    def status(self, session: str, invoice: str) -> dict[str, Any]:
        answer = self.get(f"/sessions/{session}/invoices/{invoice}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def issue(self, session: str, **options: Any) -> dict[str, Any]:
        """Send one invoice of ours, accepted; its status with the XML beside it."""
        xml = fa3(**{"seller": self.nip, "day": yesterday(), **options})
        status = self.status(session, self.send(session, xml))
        assert status["status"]["code"] == 200, status
        return status | {"xml": xml}

    def close(self, session: str) -> None:
        answer = self.post(f"/sessions/online/{session}/close")
        assert answer.status_code == 204, answer.text


KEY, IV = b"k" * 32, b"i" * 16


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def sha256(data: bytes) -> str:
    return b64(hashlib.sha256(data).digest())


def seal(xml: bytes) -> bytes:
    """AES-256-CBC with PKCS#7, under `KEY` and `IV`."""
    padder = PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(KEY), modes.CBC(IV)).encryptor()
    return encryptor.update(padder.update(xml) + padder.finalize()) + encryptor.finalize()


def yesterday() -> str:
    """An issue date that is past in every time zone."""
    return (datetime.now(UTC) - timedelta(days=1)).date().isoformat()


def problem(answer: httpx2.Response) -> tuple[int, str, list[str]]:
    """Code, text and details of a refused request, in KSeF's older format."""
    assert answer.status_code == 400, answer.text
    (found,) = answer.json()["exception"]["exceptionDetailList"]
    return found["exceptionCode"], found["exceptionDescription"], found.get("details", [])


def forbidden(answer: httpx2.Response) -> str:
    """``reasonCode`` of a 403."""
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    return str(answer.json()["reasonCode"])


@pytest.fixture
def enter(door: Door) -> Callable[..., Firm]:
    """Log in as the owner of a NIP: a new one, unless it is said."""

    def make(nip: str | None = None) -> Firm:
        nip = nip or new_nip()
        access, _ = let_in(door, self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip))
        return Firm(door=door, nip=nip, token=access)

    return make


@pytest.fixture
def firm(enter: Callable[..., Firm]) -> Firm:
    return enter()
