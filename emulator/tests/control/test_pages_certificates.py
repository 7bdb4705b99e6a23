"""Certificates about to expire: the list, the clock before the end, blocking and revoking."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from ksef_emulator.model.identity.certificate import CertificateStatus
from ksef_emulator.model.identity.subjects import Subject, SubjectType

from ..login.conftest import Door
from ..portal.conftest import Browser

HERE = "/panel/certyfikaty"
OWNER = Subject(type=SubjectType.PESEL, value="85041212344")


@pytest.fixture
def serial(desk: Browser, door: Door) -> str:
    """An issued certificate's number."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Anna Nowak")])
    key = ec.generate_private_key(ec.SECP256R1())
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    made = door.emulator.certificates.enrol(
        OWNER,
        name="Certyfikat z portalu",
        usage="Authentication",
        request=request,
        valid_from=door.emulator.clock.now(),
    )
    (result,) = door.emulator.certificates.everybodys()
    assert result.reference == made.reference
    return str(result.serial)


def status(door: Door, serial: str) -> Any:
    return door.emulator.certificates.by_serial(serial).status(door.emulator.clock.now())


def test_none(desk: Browser) -> None:
    assert "KSeF nie wydał jeszcze certyfikatu" in desk.get(HERE).text


def test_days_left_by_the_emulators_clock(serial: str, desk: Browser, door: Door) -> None:
    assert any(f"{days} dni" in desk.get(HERE).text for days in (729, 730))
    page = desk.get(HERE).text
    week = re.findall(r'name="to"\s+value="([^"]+)"', page)[0]
    answer = desk.post("/panel/zegar", on=HERE, data={"to": week, "back": HERE})
    assert answer.url.path == HERE
    assert any(f"{days} dni" in answer.text for days in (6, 7))
    left = door.emulator.certificates.by_serial(serial).valid_to - door.emulator.clock.now()
    assert abs(left - timedelta(days=7)) < timedelta(minutes=1)


def test_a_day_after_the_end(serial: str, desk: Browser, door: Door) -> None:
    page = desk.get(f"{HERE}/{serial}").text
    after = page.split('name="to" value="')[4].split('"')[0]
    assert "Wygasły" in desk.post("/panel/zegar", data={"to": after, "back": HERE}).text
    assert status(door, serial) is CertificateStatus.EXPIRED


def test_revoked(serial: str, desk: Browser, door: Door) -> None:
    answer = desk.post(f"{HERE}/{serial}", data={"what": "revoke", "reason": "KeyCompromise"})
    assert "jest unieważniony" in answer.text
    assert status(door, serial) is CertificateStatus.REVOKED
    again = desk.post(f"{HERE}/{serial}", on=HERE, data={"what": "revoke", "reason": "KeyCompromise"})
    assert again.status_code == 400


def test_blocked_until_it_is_revoked(serial: str, desk: Browser, door: Door) -> None:
    desk.post(f"{HERE}/{serial}", data={"what": "block", "reason": "Unspecified"})
    door.emulator.clock.move(timedelta(days=1))
    desk.http.put("/progress", json={})
    assert status(door, serial) is CertificateStatus.BLOCKED
    assert "Zablokowany" in desk.get(HERE).text
    desk.post(f"{HERE}/{serial}", data={"what": "revoke", "reason": "Superseded"})
    assert status(door, serial) is CertificateStatus.REVOKED


@pytest.mark.parametrize("change", [{"reason": "Anger"}, {"what": "burn"}, {"reason": ""}])
def test_refusals(change: dict[str, str], serial: str, desk: Browser, door: Door) -> None:
    data = {"what": "revoke", "reason": "Unspecified"} | change
    assert desk.post(f"{HERE}/{serial}", data=data).status_code == 400
    assert status(door, serial) is CertificateStatus.ACTIVE


def test_no_such_certificate(desk: Browser) -> None:
    assert desk.get(f"{HERE}/0123456789ABCDEF").status_code == 404
    answer = desk.post(f"{HERE}/0123456789ABCDEF", on="/panel/zegar", data={"what": "revoke"})
    assert answer.status_code == 404
