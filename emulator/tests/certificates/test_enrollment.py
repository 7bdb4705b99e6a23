"""From the data of a certificate request to the certificate: what comes, what is refused, how many."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from ksef_emulator.model.time.progress import Progress

from ..login.conftest import Door, Identity, code, new_key, new_nip, self_signed
from .requests import OIDS, client, csr

__all__ = ["client"]


class TestData:
    def test_of_a_person(self, client: Any) -> None:
        firm = client()
        assert firm.data == {
            "commonName": "Jan Żółć",
            "countryName": "PL",
            "givenName": "Jan",
            "surname": "Żółć",
            "serialNumber": f"TINPL-{firm.nip}",
        }

    def test_of_a_seal(self, client: Any) -> None:
        nip = new_nip()
        firm = client(self_signed(organization_identifier=f"VATPL-{nip}"), nip)
        assert firm.data == {
            "commonName": "Jan Żółć",
            "countryName": "PL",
            "organizationName": "Firma",
            "organizationIdentifier": f"VATPL-{nip}",
        }

    def test_two_given_names_come_and_go_as_one(self, client: Any) -> None:
        nip, key = new_nip(), new_key()
        values = [
            (NameOID.COUNTRY_NAME, "PL"),
            (NameOID.COMMON_NAME, "Jan Maria Żółć"),
            (NameOID.GIVEN_NAME, "Jan"),
            (NameOID.GIVEN_NAME, "Maria"),
            (NameOID.SURNAME, "Żółć"),
            (NameOID.SERIAL_NUMBER, f"TINPL-{nip}"),
        ]
        name = x509.Name([x509.NameAttribute(oid, value) for oid, value in values])
        now = datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        made = made.serial_number(7).not_valid_before(now - timedelta(days=1))
        certificate = made.not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
        firm = client(Identity(key=key, certificate=certificate), nip)
        assert firm.data["givenName"] == "Jan Maria"
        assert firm.issued()

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/limits"),
            ("GET", "/enrollments/data"),
            ("POST", "/enrollments"),
            ("GET", "/enrollments/20250604-CE-461EA5B000-537A6BA15D-D7"),
            ("POST", "/retrieve"),
            ("POST", "/0123456789ABCDEF/revoke"),
            ("POST", "/query"),
        ],
    )
    def test_nobody_without_a_token(self, method: str, path: str, door: Door) -> None:
        assert door.call(method, f"/certificates{path}").status_code == 401


class TestRequest:
    @pytest.mark.parametrize("kind", ["EC", "RSA"])
    @pytest.mark.parametrize("usage", ["Authentication", "Offline"])
    def test_the_certificate_that_comes(self, kind: str, usage: str, client: Any) -> None:
        firm, key = client(), new_key()
        if kind == "RSA":  # not the one that other tests share: one key is one subject's
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        before = datetime.now(UTC).replace(microsecond=0)
        answer = firm.enrol(csr(key, firm.data), certificateType=usage)
        assert answer.status_code == 202
        body = answer.json()
        assert len(body["referenceNumber"]) == 36
        assert datetime.fromisoformat(body["timestamp"]) >= before
        status = firm.status(body["referenceNumber"])
        assert status["status"] == {"code": 200, "description": "Wniosek obsłużony (certyfikat wygenerowany)"}
        serial = status["certificateSerialNumber"]
        (result,) = firm.retrieve(serial)
        assert (result["certificateName"], result["certificateType"]) == ("Komputer w biurze", usage)
        certificate = x509.load_der_x509_certificate(base64.b64decode(result["certificate"]))
        assert f"{certificate.serial_number:016X}" == serial == result["certificateSerialNumber"]
        assert _spki(certificate.public_key()) == _spki(key.public_key())
        assert sorted(certificate.subject, key=str) == sorted(firm.identity.certificate.subject, key=str)
        allowed = certificate.extensions.get_extension_for_class(x509.KeyUsage)
        assert allowed.critical
        assert allowed.value.digital_signature is (usage == "Authentication")
        assert allowed.value.content_commitment is (usage == "Offline")
        assert certificate.not_valid_before_utc >= before
        life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
        assert life <= timedelta(days=730)

    def test_it_opens_the_same_door(self, client: Any, door: Door) -> None:
        firm, key = client(), new_key()
        (result,) = firm.retrieve(firm.issued(csr=base64.b64encode(csr(key, firm.data)).decode()))
        pair = Identity(
            key=key, certificate=x509.load_der_x509_certificate(base64.b64decode(result["certificate"]))
        )
        again = client(pair, firm.nip)
        assert again.data == firm.data
        (listed,) = again.query()
        assert listed["lastUseDate"]

    @pytest.mark.parametrize("algorithm", [hashes.SHA256, hashes.SHA384, hashes.SHA512])
    def test_digests(self, algorithm: Any, client: Any) -> None:
        firm = client()
        assert firm.enrol(csr(new_key(), firm.data, algorithm())).status_code == 202

    def test_it_is_not_there_at_once(self, client: Any, door: Door) -> None:
        firm = client()
        certificates = door.emulator.certificates
        progress = certificates.progress
        try:
            certificates.progress = Progress(polls=2)
            reference = firm.enrol().json()["referenceNumber"]
        finally:
            certificates.progress = progress
        first = firm.status(reference)
        assert first["status"] == {"code": 100, "description": "Wniosek przyjęty do realizacji"}
        assert first.get("certificateSerialNumber") is None
        assert firm.query() == []
        assert firm.status(reference)["status"]["code"] == 200
        assert len(firm.query()) == 1

    def test_from_another_day(self, client: Any) -> None:
        firm = client()
        start = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=0)
        firm.issued(validFrom=start.isoformat())
        (listed,) = firm.query()
        assert datetime.fromisoformat(listed["validFrom"]) == start

    def test_never_from_the_past(self, client: Any) -> None:
        firm, before = client(), datetime.now(UTC).replace(microsecond=0)
        firm.issued(validFrom="2020-01-01T00:00:00Z")
        (listed,) = firm.query()
        assert datetime.fromisoformat(listed["validFrom"]) >= before

    def test_too_far_away(self, client: Any) -> None:
        start = datetime.now(UTC) + timedelta(days=91)
        assert code(client().enrol(validFrom=start.isoformat())) == 21405


class TestRefusals:
    @pytest.mark.parametrize(
        "change",
        [
            {"commonName": "Ktoś inny"},
            {"serialNumber": "TINPL-9999999999"},
            {"organizationName": "Firma"},
            {"surname": None},
        ],
        ids=["other value", "other number", "one more", "one less"],
    )
    def test_other_data(self, change: dict[str, str | None], client: Any) -> None:
        firm = client()
        data = {word: value for word, value in (firm.data | change).items() if value is not None}
        assert code(firm.enrol(csr(new_key(), data))) == 25003

    def test_an_attribute_that_ksef_does_not_know(self, client: Any, monkeypatch: Any) -> None:
        firm = client()
        monkeypatch.setitem(OIDS, "email", NameOID.EMAIL_ADDRESS)
        assert code(firm.enrol(csr(new_key(), firm.data | {"email": "a@example.pl"}))) == 25003

    def test_not_a_request(self, client: Any) -> None:
        firm = client()
        assert code(firm.enrol(b"nonsense")) == 25004
        assert code(firm.enrol(csr="####")) == 21405  # not even Base64

    def test_a_request_signed_by_another_key(self, client: Any) -> None:
        firm = client()
        der = bytearray(csr(new_key(), firm.data))
        der[-1] ^= 1
        assert code(firm.enrol(bytes(der))) == 25004

    @pytest.mark.parametrize(
        "key",
        [
            lambda: new_key("RSA1024"),
            lambda: ec.generate_private_key(ec.SECP384R1()),
            lambda: rsa.generate_private_key(public_exponent=65537, key_size=1536),
        ],
        ids=["RSA 1024", "P-384", "RSA 1536"],
    )
    def test_keys_that_are_not_taken(self, key: Callable[[], Any], client: Any) -> None:
        firm = client()
        assert code(firm.enrol(csr(key(), firm.data))) == 25010

    def test_a_digest_that_is_not_taken(self, client: Any) -> None:
        firm = client()
        assert code(firm.enrol(csr(new_key(), firm.data, hashes.SHA224()))) == 25011

    @pytest.mark.parametrize(
        "changes",
        [
            {"certificateName": "abcd"},
            {"certificateName": "a" * 101},
            {"certificateName": "Nazwa!"},
            {"certificateName": "Nazwa\n"},
            {"certificateType": "Both"},
            {"csr": None},
            {"validFrom": "jutro"},
        ],
    )
    def test_fields(self, changes: dict[str, Any], client: Any) -> None:
        assert code(client().enrol(**changes)) == 21405

    def test_without_a_name_nothing_can_be_asked_for(self, client: Any, door: Door) -> None:
        nip, key = new_nip(), new_key()
        name = x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, f"TINPL-{nip}")])
        now = datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        made = made.serial_number(7).not_valid_before(now - timedelta(days=1))
        certificate = made.not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
        firm = client(Identity(key=key, certificate=certificate), nip)
        assert code(firm.call("GET", "/enrollments/data")) == 25001
        der = csr(new_key(), {"serialNumber": f"TINPL-{nip}"})
        assert code(firm.enrol(der)) == 25002

    def test_a_reference_that_nobody_has(self, client: Any) -> None:
        firm = client()
        unknown = "/enrollments/20250604-CE-461EA5B000-537A6BA15D-D7"
        assert code(firm.call("GET", unknown)) == 25005
        assert code(firm.call("GET", "/enrollments/short")) == 21405

    def test_a_key_of_somebody_else(self, client: Any) -> None:
        firm, thief, key = client(), client(), new_key()
        assert firm.issued(csr=base64.b64encode(csr(key, firm.data)).decode())
        assert firm.issued(csr=base64.b64encode(csr(key, firm.data)).decode()), "one's own key may come again"
        answer = thief.enrol(csr(key, thief.data))
        assert answer.status_code == 202
        reference = answer.json()["referenceNumber"]
        status = thief.status(reference)
        assert status["status"] == {
            "code": 400,
            "description": "Wniosek odrzucony",
            "details": ["Klucz publiczny został już certyfikowany przez inny podmiot."],
        }
        assert status.get("certificateSerialNumber") is None
        assert thief.query() == []
        assert thief.call("GET", "/limits").json()["enrollment"]["remaining"] == 299
        assert code(firm.call("GET", f"/enrollments/{reference}")) == 25005


class TestLimits:
    def test_of_a_nip(self, client: Any) -> None:
        firm = client()
        fresh = {
            "canRequest": True,
            "enrollment": {"remaining": 300, "limit": 300},
            "certificate": {"remaining": 100, "limit": 100},
        }
        assert firm.call("GET", "/limits").json() == fresh
        serial = firm.issued()
        firm.call("POST", f"/{serial}/revoke")
        after = firm.call("GET", "/limits").json()
        assert (after["enrollment"]["remaining"], after["certificate"]["remaining"]) == (299, 100)

    def test_of_a_person(self, client: Any, door: Door) -> None:
        nip, pesel = new_nip(), "90010112349"
        person = {"nip": nip, "pesel": pesel, "isBailiff": False, "description": "JDG testowa"}
        door.call("POST", "/testdata/person", json=person)
        one = client(self_signed(serial_number=f"PNOPL-{pesel}"), nip)
        serials = [one.issued() for _ in range(6)]
        assert code(one.enrol()) == 25007
        assert one.call("GET", "/limits").json()["canRequest"] is False
        for serial in serials:
            assert one.call("POST", f"/{serial}/revoke").status_code == 204
            one.call("POST", f"/{one.issued()}/revoke")
        assert code(one.enrol()) == 25006
        door.call("POST", "/testdata/person/remove", json={"nip": nip})


def _spki(key: Any) -> bytes:
    return bytes(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
