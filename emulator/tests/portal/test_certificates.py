"""Certificates in the portal without a browser: what the server itself refuses, and that nobody sees another's."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from ksef_emulator.intake.polish_time import polish_day

from ..login.conftest import Door, new_key
from .conftest import Browser

HERE = "/portal/certyfikaty"


def request(**changes: str) -> str:
    values = {
        "C": (NameOID.COUNTRY_NAME, "PL"),
        "G": (NameOID.GIVEN_NAME, "Anna"),
        "S": (NameOID.SURNAME, "Nowak"),
        "N": (NameOID.SERIAL_NUMBER, "PNOPL-85041212344"),
        "CN": (NameOID.COMMON_NAME, "Anna Nowak"),
    }
    name = [x509.NameAttribute(oid, changes.get(key, value)) for key, (oid, value) in values.items()]
    key = new_key()
    csr = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(name)).sign(key, hashes.SHA256())
    return base64.b64encode(csr.public_bytes(Encoding.DER)).decode()


@pytest.fixture
def ask(browser: Browser, door: Door) -> Any:
    browser.log_in()

    def send(**changes: str) -> httpx2.Response:
        today = polish_day(door.emulator.clock.now()).isoformat()
        fields = {"name": "Komputer w biurze", "usage": "Authentication", "start": today, "csr": request()}
        return browser.post(f"{HERE}/wniosek", data=fields | changes)

    return send


def serial(door: Door, name: str) -> str:
    with door.emulator.store.transaction() as db:
        query = "SELECT serial FROM certificates WHERE name = ? ORDER BY id DESC"
        return str(db.execute(query, (name,)).fetchone()[0])


def test_issued_and_downloaded(ask: Any, browser: Browser, door: Door) -> None:
    assert "Zakończono pomyślnie" in ask(name="Żółty laptop").text
    answer = browser.get(f"{HERE}/{serial(door, 'Żółty laptop')}.crt")
    certificate = x509.load_pem_x509_certificate(answer.content)
    assert f"{certificate.serial_number:016X}" == serial(door, "Żółty laptop")
    assert "filename*=UTF-8''%C5%BB%C3%B3%C5%82ty%20laptop.crt" in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "Ala"}, "od 5 do 100 znaków"),
        ({"name": "Nazwa <b>"}, "od 5 do 100 znaków"),
        ({"usage": "Both"}, "przeznaczenie"),
        ({"start": "wczoraj"}, "datę początku"),
        ({"start": "2020-01-01"}, "najpóźniej za 90 dni"),
        ({"csr": "!!!"}, "Kod 25004"),
        ({"csr": base64.b64encode(b"nic").decode()}, "Kod 25004"),
        ({"csr": request(CN="Ktoś Inny")}, "Kod 25003"),
    ],
)
def test_refused(ask: Any, changes: dict[str, str], said: str) -> None:
    answer = ask(**changes)
    assert answer.status_code == 400
    assert said in answer.text


def test_too_far_ahead(ask: Any, door: Door) -> None:
    today = polish_day(door.emulator.clock.now())
    assert ask(start=(today + timedelta(days=91)).isoformat()).status_code == 400
    assert "Zakończono" in ask(name="Za kwartał", start=(today + timedelta(days=89)).isoformat()).text


def test_a_strangers_certificate_is_not_there(ask: Any, door: Door, another: Browser) -> None:
    ask(name="Tylko moje")
    mine = serial(door, "Tylko moje")
    another.log_in("1234563218", "-3")  # no permission in that context: not logged in at all
    assert "Zaloguj się do Modułu" in another.get(f"{HERE}/{mine}.crt").text
    another.post("/portal/logowanie/gov", data={"kind": "Nip", "value": "7771234567"})
    assert b"BEGIN CERTIFICATE" not in another.get(f"{HERE}/{mine}.crt").content


def test_revoked_once(ask: Any, browser: Browser, door: Door) -> None:
    ask(name="Do unieważnienia")
    page = f"{HERE}/{serial(door, 'Do unieważnienia')}/uniewaznij"
    assert browser.post(page, data={"reason": "Bo tak"}).status_code == 400
    assert "Certyfikat unieważniony" in browser.post(page, data={"reason": "KeyCompromise"}).text
    assert browser.post(page, data={"reason": "KeyCompromise"}).status_code == 400
    text = browser.get(f"{HERE}?status=Revoked&name=unieważnienia").text
    assert "Unieważniony" in text


@pytest.mark.parametrize(
    "query", ["page=0", "page=99999999", "page=a&size=7", "status=Nic&usage=Nic", "serial=%00"]
)
def test_any_question_of_the_list(browser: Browser, query: str) -> None:
    browser.log_in()
    assert browser.get(f"{HERE}?{query}").status_code == 200


def test_absent(browser: Browser) -> None:
    browser.log_in()
    for path in ("/wniosek/20261123-CE-0000000000-0000000000-00", "/0000000000000000.crt", "/ABC/uniewaznij"):
        assert browser.get(HERE + path).status_code == 404
