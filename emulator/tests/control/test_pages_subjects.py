"""Test persons, firms, signatures and permissions on pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from ksef_emulator.model.access.permissions import Permission
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.model.identity.subjects import Subject, SubjectType

from ..login.conftest import Door, Identity, self_signed
from ..portal.conftest import Browser

LIST = "/panel/podmioty"
PERSON, FIRM, SIGNATURE, GRANT = (
    f"{LIST}/{each}" for each in ("osoba", "firma", "certyfikat", "uprawnienia")
)
ZOFIA = {"first": "Zofia", "last": "Gżegżółka", "pesel": "92030100180"}
NIP, GROUP, UNIT = "9543126879", "9992000202", "5217994952"


class TestPersons:
    def test_with_a_firm(self, desk: Browser, door: Door) -> None:
        answer = desk.post(PERSON, data=ZOFIA | {"nip": "954-312-68-79", "bailiff": "1"})
        assert answer.url.path == LIST
        assert "Dodana osoba: Zofia Gżegżółka" in answer.text
        assert "komornik" in answer.text
        person = door.emulator.subjects.person(NIP)
        assert (person.pesel, person.bailiff, person.deceased) == (ZOFIA["pesel"], True, False)
        assert any(item.name == "Zofia Gżegżółka" for item in door.emulator.people.all())

    def test_without_a_firm(self, desk: Browser, door: Door) -> None:
        desk.post(PERSON, data=ZOFIA)
        assert not door.emulator.subjects.persons()
        again = desk.post(PERSON, data=ZOFIA)
        assert again.status_code == 400
        assert "już jest na liście" in again.text

    @pytest.mark.parametrize(
        "change",
        [
            {"first": ""},
            {"last": "x" * 31},
            {"pesel": "92030100181"},
            {"pesel": "44000000004"},  # a right checksum, no month
            {"nip": "9543126878"},
            {"bailiff": "1"},
            {"dead": "1"},
        ],
    )
    def test_refused_in_place(self, change: dict[str, str], desk: Browser, door: Door) -> None:
        answer = desk.post(PERSON, data=ZOFIA | change)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
        assert len(door.emulator.people.all()) == 3

    def test_a_nip_of_another_register(self, desk: Browser, door: Door) -> None:
        desk.post(FIRM, data={"type": "JST", "nip": NIP, "name": "Gmina Bursztyn"})
        answer = desk.post(PERSON, data=ZOFIA | {"nip": NIP})
        assert "Kod 30001" in answer.text
        assert len(door.emulator.people.all()) == 3, "all or nothing"


class TestFirms:
    def test_an_ordinary_one_with_an_owner(self, desk: Browser, door: Door) -> None:
        answer = desk.post(FIRM, data={"nip": NIP, "name": "Żółw i Spółka", "owner": "90011500129"})
        assert "Żółw i Spółka" in answer.text
        maria = Subject(type=SubjectType.PESEL, value="90011500129")
        context = Context(type=ContextType.NIP, value=NIP)
        assert Permission.INVOICE_WRITE in door.emulator.permissions.of(context, maria)

    def test_only_a_name(self, desk: Browser) -> None:
        assert "Żółw i Spółka" in desk.post(FIRM, data={"nip": NIP, "name": "Żółw i Spółka"}).text

    @pytest.mark.parametrize("kind", ["VatGroup", "JST"])
    def test_with_units(self, kind: str, desk: Browser, door: Door) -> None:
        units = f"{UNIT} Szkoła nr 1\n\n777-123-45-67\n"
        desk.post(FIRM, data={"type": kind, "nip": GROUP, "name": "Grupa Bursztyn", "units": units})
        assert door.emulator.subjects.taxpayer(GROUP).type == kind
        assert {subunit.nip for subunit in door.emulator.subjects.subunits(GROUP)} == {UNIT, "7771234567"}
        assert "Szkoła nr 1" in desk.get(LIST).text

    @pytest.mark.parametrize(
        "change",
        [
            {"nip": "9992000203"},
            {"name": "Ala"},
            {"owner": "1"},
            {"units": f"{UNIT} Szkoła"},
            {"type": "EnforcementAuthority", "units": f"{UNIT} Szkoła"},
            {"type": "JST", "units": "Szkoła nr 1"},
            {"type": "Kingdom"},
        ],
    )
    def test_refused_in_place(self, change: dict[str, str], desk: Browser, door: Door) -> None:
        answer = desk.post(FIRM, data={"nip": GROUP, "name": "Grupa Bursztyn"} | change)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
        assert door.emulator.subjects.taxpayer(GROUP) is None


class TestSignatures:
    def test_p12_of_a_person(self, desk: Browser, door: Door) -> None:
        desk.post(PERSON, data=ZOFIA | {"nip": NIP})
        answer = desk.post(SIGNATURE, data=ZOFIA | {"kind": "pesel", "password": "Hasło-123"})
        assert "certyfikat.p12" in answer.headers["content-disposition"]
        bundle = load_pkcs12(answer.content, "Hasło-123".encode())
        assert bundle.cert is not None
        assert "PNOPL-92030100180" in bundle.cert.certificate.subject.rfc4514_string()
        made: Any = Identity(key=bundle.key, certificate=bundle.cert.certificate)
        assert door.tokens(made, ("Nip", NIP), query="?verifyCertificateChain=true")

    @pytest.mark.parametrize(
        ("kind", "data"),
        [
            ("nip", {"first": "Zofia", "last": "Wąż", "nip": NIP}),
            ("seal", {"name": "Żółw i Spółka", "nip": NIP}),
            ("foreigner", {"first": "Erika", "last": "Müller"}),
            ("foreign-seal", {"name": "Müller GmbH"}),
        ],
    )
    def test_pem(self, kind: str, data: dict[str, str], desk: Browser) -> None:
        answer = desk.post(SIGNATURE, data={"kind": kind, "format": "pem", "key": "RSA"} | data)
        assert answer.status_code == 200, answer.text
        key = load_pem_private_key(answer.content, None)
        assert key.public_key() == x509.load_pem_x509_certificate(answer.content).public_key()

    def test_one_that_has_expired(self, desk: Browser) -> None:
        data = ZOFIA | {"kind": "pesel", "format": "pem", "until": "2020-01-01T00:00"}
        made = x509.load_pem_x509_certificate(desk.post(SIGNATURE, data=data).content)
        assert made.not_valid_after_utc == datetime(2019, 12, 31, 23, tzinfo=UTC), "midnight in Warsaw"

    @pytest.mark.parametrize(
        "change",
        [
            {"password": ""},
            {"pesel": "1"},
            {"first": ""},
            {"kind": "seal", "name": "", "nip": NIP},
            {"kind": "seal", "name": "Żółw", "nip": "1"},
            {"until": "kiedyś"},
            {"until": "1970-01-01T00:00"},
        ],
    )
    def test_refused_in_place(self, change: dict[str, str], desk: Browser) -> None:
        data = ZOFIA | {"kind": "pesel", "password": "Tajne-hasło"} | change
        answer = desk.post(SIGNATURE, data=data)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
        assert "Tajne-hasło" not in answer.text

    def test_filled_from_the_list(self, desk: Browser) -> None:
        page = desk.get(f"{SIGNATURE}?kind=seal&nip={NIP}&name=%C5%BB%C3%B3%C5%82w").text
        assert re.search(r'value="seal"\s+checked', page)
        assert 'value="Żółw"' in page


class TestPermissions:
    def test_given(self, desk: Browser, door: Door) -> None:
        data: Any = {
            "context": NIP,
            "type": "Nip",
            "value": GROUP,
            "permission": ["InvoiceRead", "InvoiceWrite"],
        }
        answer = desk.post(GRANT, data=data)
        assert "Wystawianie faktur" in answer.text
        assert door.tokens(self_signed(serial_number=f"TINPL-{GROUP}"), ("Nip", NIP))

    @pytest.mark.parametrize(
        "change",
        [
            {"context": "1"},
            {"value": "1"},
            {"type": "Pesel"},
            {"type": "Fingerprint"},
            {"permission": ""},
            {"permission": "Owner"},
        ],
    )
    def test_refused_in_place(self, change: dict[str, str], desk: Browser, door: Door) -> None:
        data = {"context": NIP, "type": "Nip", "value": GROUP, "permission": "InvoiceRead"} | change
        answer = desk.post(GRANT, data=data)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
        assert not door.emulator.permissions.grants.find()
