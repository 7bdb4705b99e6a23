"""KSeF tokens: made, seen, used to log in, revoked; and what each of these refuses."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate
from ksef_emulator.model.access.grants import Grant, Identifier, Kind
from ksef_emulator.model.access.permissions import Permission
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.model.identity.subjects import Subject, SubjectType
from ksef_emulator.model.time.progress import Progress

from ..login.conftest import Door, code, door, new_nip, running, self_signed
from ..login.test_logins import issued

__all__ = ["door", "running"]
OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
SHA1 = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)


@dataclass(kw_only=True)
class Firm:
    """Its owner, logged in with a signature."""

    door: Door
    nip: str
    access: str

    def make(self, *permissions: str, description: str = "Program do faktur", token: str = "") -> Any:
        body = {"permissions": permissions or ("InvoiceRead", "InvoiceWrite"), "description": description}
        answer = self.door.call("POST", "/tokens", token or self.access, json=body)
        return answer if answer.status_code != 202 else answer.json()

    def encrypted(self, text: str, how: Any = OAEP) -> dict[str, str]:
        published = self.door.call("GET", "/security/public-key-certificates").json()
        found = next(each for each in published if "KsefTokenEncryption" in each["usage"])
        key = load_der_x509_certificate(base64.b64decode(found["certificate"])).public_key()
        sealed = key.encrypt(text.encode(), how)  # type: ignore[union-attr, call-arg]
        return {"encryptedToken": base64.b64encode(sealed).decode(), "publicKeyId": found["publicKeyId"]}

    def begin(self, token: str, *, ahead: int = 0, how: Any = OAEP, **changes: Any) -> httpx2.Response:
        given = self.door.call("POST", "/auth/challenge").json()
        body = {
            "challenge": given["challenge"],
            "contextIdentifier": {"type": "Nip", "value": self.nip},
            **self.encrypted(f"{token}|{given['timestampMs'] + ahead}", how),
        }
        return self.door.call("POST", "/auth/ksef-token", json=body | changes)

    def status(self, token: str, **changes: Any) -> dict[str, Any]:
        answer = self.begin(token, **changes)
        assert answer.status_code == 202, answer.text
        return self.door.status(answer)

    def log_in(self, token: str) -> str:
        answer = self.begin(token)
        assert self.door.status(answer)["code"] == 200
        return str(self.door.redeem(answer).json()["accessToken"]["token"])


@pytest.fixture
def firm(door: Door) -> Firm:
    nip = new_nip()
    access, _ = door.tokens(self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip))
    return Firm(door=door, nip=nip, access=access)


def test_a_token_logs_in_with_its_own_permissions_only(firm: Firm) -> None:
    made = firm.make("InvoiceRead")
    reference, context, secret = made["token"].split("|")
    assert reference == made["referenceNumber"]
    assert context == f"nip-{firm.nip}"
    assert len(secret) == 64
    access = firm.log_in(made["token"])
    (item,) = firm.door.call("GET", "/auth/sessions", access).json()["items"][:1]
    assert item["authenticationMethod"] == "Token"
    assert item["authenticationMethodInfo"]["category"] == "Token"
    refused = firm.door.call("POST", "/sessions/online", access, json={})
    assert refused.status_code == 403
    assert refused.json()["security"]["presentPermissions"] == ["InvoiceRead"]


def test_a_token_is_active_when_it_is_ready(door: Door, firm: Firm) -> None:
    door.emulator.ksef_tokens.progress, usual = Progress(polls=1), door.emulator.ksef_tokens.progress
    try:
        made = firm.make()
        assert firm.status(made["token"]) == {
            "code": 450,
            "description": "Uwierzytelnianie zakończone niepowodzeniem z powodu błędnego tokenu",
            "details": ["Token nieaktywny"],
        }
        path = f"/tokens/{made['referenceNumber']}"
        assert door.call("GET", path, firm.access).json()["status"] == "Active"
        assert firm.status(made["token"])["code"] == 200
        assert door.call("DELETE", path, firm.access).status_code == 204
        listed = door.call("GET", "/tokens", firm.access).json()["tokens"][0]
        assert listed["status"] == "Revoking"
        assert "lastUseDate" in listed
        assert firm.status(made["token"])["details"] == ["Token unieważniony"]
        assert door.call("GET", path, firm.access).json()["status"] == "Revoked"
    finally:
        door.emulator.ksef_tokens.progress = usual


class TestWrongTokens:
    """Status 450, each with its reason."""

    def detail(self, status: dict[str, Any]) -> str:
        assert status["code"] == 450
        (found,) = status["details"]
        return str(found)

    def test_unknown(self, firm: Firm) -> None:
        text = firm.make()["token"]
        assert (
            self.detail(firm.status(text[:-1] + ("0" if text[-1] != "0" else "1"))) == "Nieprawidłowy token"
        )

    def test_another_time(self, firm: Firm) -> None:
        assert self.detail(firm.status(firm.make()["token"], ahead=1)) == "Nieprawidłowy czas tokena"

    def test_without_a_time(self, firm: Firm) -> None:
        body = firm.encrypted(firm.make()["token"].replace("|", "-"))
        assert self.detail(firm.status("x", **body)) == "Nieprawidłowe kodowanie tokena"

    def test_another_padding(self, firm: Firm) -> None:
        assert self.detail(firm.status(firm.make()["token"], how=SHA1)) == "Nieprawidłowe szyfrowanie tokena"

    def test_not_encrypted(self, firm: Firm) -> None:
        plain = base64.b64encode(firm.make()["token"].encode()).decode()
        assert self.detail(firm.status("x", encryptedToken=plain)) == "Nieprawidłowe szyfrowanie tokena"

    def test_another_context(self, firm: Firm) -> None:
        other = new_nip()
        status = firm.status(firm.make()["token"], contextIdentifier={"type": "Nip", "value": other})
        assert self.detail(status) == f"Token nie może być użyty w kontekście {other}"

    def test_an_author_without_permissions(self, door: Door, firm: Firm) -> None:
        person = Subject(type=SubjectType.PESEL, value="85041212344")
        body = {
            "contextIdentifier": {"type": "Nip", "value": firm.nip},
            "authorizedIdentifier": {"type": "Pesel", "value": person.value},
            "permissions": [{"description": "Faktury", "permissionType": "InvoiceWrite"}],
        }
        assert door.call("POST", "/testdata/permissions", json=body).status_code == 200
        access, _ = door.tokens(self_signed(serial_number="PNOPL-85041212344"), ("Nip", firm.nip))
        made = firm.make("InvoiceWrite", token=access)
        assert firm.status(made["token"])["code"] == 200
        del body["permissions"]
        door.call("POST", "/testdata/permissions/revoke", json=body)
        assert firm.status(made["token"])["code"] == 415


def test_a_key_that_is_not_ours(firm: Firm) -> None:
    unknown = base64.b64encode(bytes(32)).decode()
    assert code(firm.begin(firm.make()["token"], publicKeyId=unknown)) == 21470


def test_a_challenge_is_used_once(firm: Firm) -> None:
    given = firm.door.call("POST", "/auth/challenge").json()
    sealed = firm.encrypted(f"{firm.make()['token']}|{given['timestampMs']}")
    body = {
        "challenge": given["challenge"],
        "contextIdentifier": {"type": "Nip", "value": firm.nip},
        **sealed,
    }
    assert firm.door.call("POST", "/auth/ksef-token", json=body).status_code == 202
    assert code(firm.door.call("POST", "/auth/ksef-token", json=body)) == 21111


class TestRefusals:
    def test_more_than_one_has(self, door: Door, firm: Firm) -> None:
        refused = firm.make("InvoiceRead", "EnforcementOperations")
        assert code(refused) == 26001
        (line,) = refused.json()["exception"]["exceptionDetailList"][0]["details"]
        assert "EnforcementOperations" in line
        assert "InvoiceRead" not in line

    def test_a_token_makes_no_token(self, firm: Firm) -> None:
        access = firm.log_in(firm.make()["token"])
        refused = firm.make("InvoiceRead", token=access)
        assert refused.status_code == 403
        assert refused.json()["reasonCode"] == "auth-method-not-allowed"

    def test_a_token_asks_for_no_certificate(self, door: Door, firm: Firm) -> None:
        access = firm.log_in(firm.make()["token"])
        assert code(door.call("GET", "/certificates/enrollments/data", access)) == 25001

    @pytest.mark.parametrize(
        "body",
        [
            {"permissions": [], "description": "Bez uprawnień"},
            {"permissions": ["Owner"], "description": "Właściciel"},
            {"permissions": ["InvoiceRead"], "description": "Abcd"},
            {"permissions": ["InvoiceRead"]},
        ],
    )
    def test_a_wrong_question(self, door: Door, firm: Firm, body: dict[str, Any]) -> None:
        assert code(door.call("POST", "/tokens", firm.access, json=body)) == 21405

    def test_another_firms_token(self, door: Door, firm: Firm) -> None:
        made = firm.make()
        nip = new_nip()
        stranger, _ = door.tokens(self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip))
        path = f"/tokens/{made['referenceNumber']}"
        for method in ("GET", "DELETE"):
            assert door.call(method, path, stranger).status_code == 403
        assert door.call("GET", "/tokens", stranger).json()["tokens"] == []
        assert firm.status(made["token"])["code"] == 200


class TestListing:
    def test_filters_and_pages(self, door: Door, firm: Firm) -> None:
        for number in range(12):
            firm.make(description=f"Token numer {number:02}")
        first = door.call("GET", "/tokens", firm.access).json()
        assert [each["description"][-2:] for each in first["tokens"]] == [f"{n:02}" for n in range(11, 1, -1)]
        headers = {"x-continuation-token": first["continuationToken"]}
        rest = door.call("GET", "/tokens", firm.access, headers=headers).json()
        assert [each["description"][-2:] for each in rest["tokens"]] == ["01", "00"]
        assert "continuationToken" not in rest

        firm.make(description="Nowy token, kiedy ktoś czyta")
        again = door.call("GET", "/tokens", firm.access, headers=headers).json()
        assert [each["description"][-2:] for each in again["tokens"]] == ["01", "00"]

        def found(**query: Any) -> int:
            return len(door.call("GET", "/tokens", firm.access, params=query).json()["tokens"])

        assert found(description="numer 07") == 1
        assert found(status="Revoked") == 0
        assert found(status=["Active", "Pending"], authorIdentifier=firm.nip) == 10
        assert found(authorIdentifierType="Pesel") == 0

    def test_a_token_sees_and_revokes_itself_alone(self, door: Door, firm: Firm) -> None:
        own, other = firm.make(), firm.make()
        access = firm.log_in(own["token"])
        listed = door.call("GET", "/tokens", access).json()["tokens"]
        assert [each["referenceNumber"] for each in listed] == [own["referenceNumber"]]
        assert door.call("DELETE", f"/tokens/{other['referenceNumber']}", access).status_code == 403
        assert door.call("DELETE", f"/tokens/{own['referenceNumber']}", access).status_code == 204
        assert firm.status(own["token"])["details"] == ["Token unieważniony"]

    @pytest.mark.parametrize("wrong", ["x", "bnVsbA==", "LTE="])
    def test_a_wrong_page(self, door: Door, firm: Firm, wrong: str) -> None:
        answer = door.call("GET", "/tokens", firm.access, headers={"x-continuation-token": wrong})
        assert code(answer) == 21418


def test_the_text_of_a_token_is_not_kept(door: Door, firm: Firm) -> None:
    secret = firm.make()["token"].rpartition("|")[2]
    with door.emulator.store.transaction() as db:
        rows = [tuple(row) for row in db.execute("SELECT * FROM ksef_tokens")]
    assert not any(secret in str(value) for row in rows for value in row)


def test_a_blocked_context(door: Door, firm: Firm) -> None:
    made = firm.make()
    body = {"contextIdentifier": {"type": "Nip", "value": firm.nip}}
    assert door.call("POST", "/testdata/context/block", json=body).status_code == 200
    assert firm.status(made["token"])["code"] == 480
    submitted = door.submit(self_signed(serial_number=f"TINPL-{firm.nip}"), ("Nip", firm.nip))
    assert door.status(submitted)["code"] == 480
    assert door.call("POST", "/testdata/context/unblock", json=body).status_code == 200
    assert firm.status(made["token"])["code"] == 200
    wrong = {"contextIdentifier": {"type": "Nip", "value": "1"}}
    assert code(door.call("POST", "/testdata/context/block", json=wrong)) == 21405


def test_the_addresses_of_a_policy(door: Door, firm: Firm) -> None:
    made = firm.make()
    answer = firm.begin(made["token"], authorizationPolicy={"allowedIps": {"ip4Masks": ["10.0.0.0/8"]}})
    access = door.redeem(answer).json() if door.status(answer)["code"] == 200 else {}
    refused = door.call("GET", "/auth/sessions", access["accessToken"]["token"])
    assert refused.status_code == 403
    assert refused.json()["reasonCode"] == "ip-not-allowed"


class TestPeppol:
    def provider(self, door: Door, identifier: str, name: str = "Dostawca") -> httpx2.Response:
        seal = self_signed(common_name=identifier, organization=name)
        return door.submit(seal, ("PeppolId", identifier))

    def test_the_first_login_registers(self, door: Door) -> None:
        submitted = self.provider(door, "PPL123456")
        assert door.status(submitted)["code"] == 200
        access = door.redeem(submitted).json()["accessToken"]["token"]
        assert door.status(self.provider(door, "PPL123456"))["code"] == 200
        found = door.call("GET", "/peppol/query", access).json()
        assert [each["id"] for each in found["peppolProviders"]].count("PPL123456") == 1
        refused = door.call(
            "POST", "/tokens", access, json={"permissions": ["InvoiceRead"], "description": "Token"}
        )
        assert code(refused) == 26002

    def test_some_are_always_there_and_can_log_in(self, door: Door, firm: Firm) -> None:
        query = "/peppol/query?pageSize=10"
        found = door.call("GET", query, firm.access).json()["peppolProviders"]
        standing = [each for each in found if each["id"].startswith("PPL9900")]
        assert [each["id"] for each in standing] == ["PPL990001", "PPL990002"]
        assert door.status(self.provider(door, "PPL990001", "Inna nazwa"))["code"] == 200
        again = door.call("GET", query, firm.access).json()["peppolProviders"]
        assert [each["id"] for each in again].count("PPL990001") == 1

    def test_another_providers_context(self, door: Door) -> None:
        seal = self_signed(common_name="PPL123457", organization="Inny")
        assert code(door.submit(seal, ("PeppolId", "PPL123458"))) == 21117

    def test_a_firm_in_a_providers_context(self, door: Door, firm: Firm) -> None:
        owner = self_signed(serial_number=f"TINPL-{firm.nip}")
        assert code(door.submit(owner, ("PeppolId", "PPL123458"))) == 21117

    def test_a_provider_in_a_firms_context(self, door: Door, firm: Firm) -> None:
        seal = self_signed(common_name="PPL123457", organization="Dostawca")
        assert code(door.submit(seal, ("Nip", firm.nip))) == 21115
        by_fingerprint = door.submit(seal, ("Nip", firm.nip), subject="certificateFingerprint")
        assert door.status(by_fingerprint)["code"] == 415


class TestAfterwards:
    """What happens to a login after it succeeded."""

    def test_a_token_revoked_before_its_tokens_were_taken(self, door: Door, firm: Firm) -> None:
        made = firm.make()
        answer = firm.begin(made["token"])
        assert door.status(answer)["code"] == 200
        assert door.call("DELETE", f"/tokens/{made['referenceNumber']}", firm.access).status_code == 204
        refused = door.redeem(answer)
        assert code(refused) == 21301
        assert "Token KSeF został unieważniony." in refused.text

    def test_a_token_revoked_before_a_refresh(self, door: Door, firm: Firm) -> None:
        made = firm.make()
        body = door.redeem(firm.begin(made["token"])).json()
        access, refresh = body["accessToken"]["token"], body["refreshToken"]["token"]
        assert door.call("POST", "/auth/token/refresh", refresh).status_code == 200
        door.call("DELETE", f"/tokens/{made['referenceNumber']}", firm.access)
        refused = door.call("POST", "/auth/token/refresh", refresh)
        assert code(refused) == 21301
        assert "Token KSeF został unieważniony." in refused.text
        assert door.call("GET", "/auth/sessions", access).status_code == 200  # until it runs out

    def test_a_context_blocked_before_a_refresh(self, door: Door, firm: Firm) -> None:
        _, refresh = door.tokens(self_signed(serial_number=f"TINPL-{firm.nip}"), ("Nip", firm.nip))
        body = {"contextIdentifier": {"type": "Nip", "value": firm.nip}}
        assert door.call("POST", "/testdata/context/block", json=body).status_code == 200
        refused = door.call("POST", "/auth/token/refresh", refresh)
        assert code(refused) == 21301
        assert "(480)" in refused.text

    def test_a_person_who_died(self, door: Door) -> None:
        nip, pesel = new_nip(), "44051401359"
        identity = self_signed(serial_number=f"PNOPL-{pesel}")
        person = {"nip": nip, "pesel": pesel, "isBailiff": False, "description": "Osoba"}
        assert door.call("POST", "/testdata/person", json=person).status_code == 200
        _, refresh = door.tokens(identity, ("Nip", nip))
        answer = door.submit(identity, ("Nip", nip))
        assert door.call("POST", "/testdata/person/remove", json={"nip": nip}).status_code == 200
        dead = door.call("POST", "/testdata/person", json=person | {"isDeceased": True})
        assert dead.status_code == 200
        assert door.status(answer) == {
            "code": 470,
            "description": "Uwierzytelnianie zakończone niepowodzeniem",
            "details": ["Próba wykorzystania metod autoryzacyjnych osoby zmarłej"],
        }
        assert code(door.redeem(answer)) == 21308
        assert code(door.call("POST", "/auth/token/refresh", refresh)) == 21308

    def test_a_login_is_told_of_for_seven_days(self, door: Door, firm: Firm) -> None:
        answer = door.submit(self_signed(serial_number=f"TINPL-{firm.nip}"), ("Nip", firm.nip))
        body = answer.json()
        path, token = f"/auth/{body['referenceNumber']}", body["authenticationToken"]["token"]
        door.emulator.clock.move(timedelta(hours=1))
        assert door.call("GET", path, token).status_code == 401
        door.emulator.clock.move(timedelta(days=7))
        gone = door.call("GET", path, token)
        assert gone.status_code == 410
        assert gone.headers["content-type"] == "application/problem+json"
        assert door.call("GET", path, token[:-4] + "AAAA").status_code == 401


class TestEllipticCurves:
    """With an EC key published, as ``/keys/rotate`` of the control API can: the Ministry's clients know two ways."""

    @pytest.fixture
    def published(self, door: Door) -> Iterator[ec.EllipticCurvePublicKey]:
        def rotated(algorithm: str) -> None:
            wanted = {"kind": "emergency", "usage": "KsefTokenEncryption", "algorithm": algorithm}
            answer = door.http.post(f"{door.running.control_url}/keys/rotate", json=wanted)
            assert answer.status_code == 201, answer.text

        rotated("EC")
        listed = door.call("GET", "/security/public-key-certificates").json()
        (found,) = [each for each in listed if "KsefTokenEncryption" in each["usage"]]
        yield load_der_x509_certificate(base64.b64decode(found["certificate"])).public_key()  # type: ignore[misc]
        rotated("RSA")

    def sealed(self, key: ec.EllipticCurvePublicKey, text: str, *, java: bool) -> bytes:
        own = ec.generate_private_key(ec.SECP256R1())
        secret, nonce = own.exchange(ec.ECDH(), key), os.urandom(12)
        aes = AESGCM(secret if java else hashlib.sha256(secret).digest())
        found = aes.encrypt(nonce, text.encode(), None)
        spki = own.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return spki + nonce + (found if java else found[-16:] + found[:-16])

    def begin(self, firm: Firm, token: str, seal: Any) -> httpx2.Response:
        given = firm.door.call("POST", "/auth/challenge").json()
        body = {
            "challenge": given["challenge"],
            "contextIdentifier": {"type": "Nip", "value": firm.nip},
            "encryptedToken": base64.b64encode(seal(f"{token}|{given['timestampMs']}")).decode(),
        }
        return firm.door.call("POST", "/auth/ksef-token", json=body)

    @pytest.mark.parametrize("java", [True, False])
    def test_both_ways(self, door: Door, firm: Firm, published: Any, java: bool) -> None:
        answer = self.begin(firm, firm.make()["token"], lambda text: self.sealed(published, text, java=java))
        assert door.status(answer)["code"] == 200

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda data: b"",
            lambda data: data[:50],
            lambda data: data[:-1],
            lambda data: data[:-1] + bytes([data[-1] ^ 1]),
            lambda data: b"\x30\x82" + data[2:],
            lambda data: data[:60] + bytes(31) + data[91:],
            lambda data: os.urandom(256),
        ],
    )
    def test_what_is_not_encrypted_so(self, door: Door, firm: Firm, published: Any, spoil: Any) -> None:
        text = firm.make()["token"]
        answer = self.begin(firm, text, lambda text: spoil(self.sealed(published, text, java=True)))
        assert door.status(answer)["details"] == ["Nieprawidłowe szyfrowanie tokena"]


class TestCertificates:
    def issued(self, door: Door, firm: Firm) -> tuple[Any, str]:
        identity = self_signed(serial_number=f"TINPL-{firm.nip}")
        mine = issued(door, identity, ("Nip", firm.nip), "Authentication")
        return mine, f"{mine.certificate.serial_number:016X}"

    def test_blocked_while_it_is_revoked(self, door: Door, firm: Firm) -> None:
        mine, serial = self.issued(door, firm)
        door.emulator.certificates.progress, usual = Progress(polls=2), door.emulator.certificates.progress
        try:
            assert door.call("POST", f"/certificates/{serial}/revoke", firm.access).status_code == 204
            wanted = {"certificateSerialNumber": serial, "status": "Blocked"}
            found = door.call("POST", "/certificates/query", firm.access, json=wanted).json()["certificates"]
            assert [each["status"] for each in found] == ["Blocked"]
            status = door.status(door.submit(mine, ("Nip", firm.nip)))
            assert (status["code"], status["details"]) == (460, ["Certyfikat zawieszony"])
            assert code(door.call("POST", f"/certificates/{serial}/revoke", firm.access)) == 25009
            found = door.call("POST", "/certificates/query", firm.access).json()["certificates"]
            assert [each["status"] for each in found] == ["Revoked"]
            status = door.status(door.submit(mine, ("Nip", firm.nip)))
            assert (status["code"], status["details"]) == (460, ["Certyfikat odwołany"])
        finally:
            door.emulator.certificates.progress = usual

    def test_a_life_cut_short(self, door: Door, firm: Firm) -> None:
        mine, serial = self.issued(door, firm)
        path, now = f"/testdata/certificates/{serial}", door.emulator.clock.now()
        assert door.call("PUT", path, json={"validTo": now.isoformat()}).status_code == 401
        late = (now + timedelta(days=3000)).isoformat()
        assert code(door.call("PUT", path, firm.access, json={"validTo": late})) == 21405
        until = (now + timedelta(hours=1)).isoformat()
        assert door.call("PUT", path, firm.access, json={"validTo": until}).status_code == 200
        assert door.status(door.submit(mine, ("Nip", firm.nip)))["code"] == 200
        door.emulator.clock.move(timedelta(hours=2))
        status = door.status(door.submit(mine, ("Nip", firm.nip)))
        assert (status["code"], status["details"]) == (460, ["Nieważny certyfikat"])

    def test_a_strangers_life(self, door: Door, firm: Firm) -> None:
        _, serial = self.issued(door, firm)
        until = (door.emulator.clock.now() + timedelta(hours=1)).isoformat()
        nip = new_nip()
        stranger, _ = door.tokens(self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip))
        for path in (serial, "0123456789ABCDEF"):
            answer = door.call("PUT", f"/testdata/certificates/{path}", stranger, json={"validTo": until})
            assert code(answer) == 25008


def test_an_employees_certificate_that_names_the_employer(door: Door, firm: Firm) -> None:
    """A person's certificate with VATPL of an organisation is no seal (podpis-xades.md: a seal has no surname)."""
    employee = self_signed(
        serial_number="PNOPL-92010112345", organization_identifier=f"VATPL-{firm.nip}", surname="Nowak"
    )
    status = door.status(door.submit(employee, ("Nip", firm.nip)))
    assert status["code"] == 415


class TestContexts:
    def given(self, door: Door, subject: Subject, context: Context, *permissions: Permission) -> None:
        where = Identifier(type=context.type, value=context.value)
        who = Identifier(type=subject.type, value=subject.value)
        door.emulator.permissions.grants.add(
            [
                Grant(
                    kind=Kind.PERSON,
                    context=where,
                    giver=where,
                    subject=who,
                    author=who,
                    permission=permission,
                    description="Uprawnienie w teście",
                )
                for permission in permissions
            ]
        )

    def test_a_unit_has_tokens_of_its_own(self, door: Door, firm: Firm) -> None:
        unit = Context(type=ContextType.INTERNAL_ID, value=f"{firm.nip}-12345")
        self.given(door, Subject(type=SubjectType.NIP, value=firm.nip), unit, Permission.INVOICE_READ)
        access, _ = door.tokens(self_signed(serial_number=f"TINPL-{firm.nip}"), (unit.type, unit.value))
        made = firm.make("InvoiceRead", token=access)
        shown = door.call("GET", f"/tokens/{made['referenceNumber']}", access).json()
        assert shown["contextIdentifier"] == {"type": "InternalId", "value": unit.value}
        here = {"type": "InternalId", "value": unit.value}
        assert firm.status(made["token"], contextIdentifier=here)["code"] == 200
        assert firm.status(made["token"])["details"] == [f"Token nie może być użyty w kontekście {firm.nip}"]
        assert door.call("GET", f"/tokens/{made['referenceNumber']}", firm.access).status_code == 403

    def test_a_foreign_entity_has_none(self, door: Door, firm: Firm) -> None:
        abroad = Context(type=ContextType.NIP_VAT_UE, value=f"{firm.nip}-DE123456789")
        foreigner = self_signed(serial_number="PASDE-123456")
        subject = Subject(type=SubjectType.FINGERPRINT, value=foreigner.fingerprint)
        self.given(door, subject, abroad, Permission.INVOICE_READ)
        access, _ = door.tokens(foreigner, (abroad.type, abroad.value), subject="certificateFingerprint")
        refused = firm.make("InvoiceRead", token=access)
        assert code(refused) == 26002
        details = refused.json()["exception"]["exceptionDetailList"][0]["details"]
        assert details == ["Aktualny typ kontekstu: NipVatUe. Dozwolone: Nip, InternalId."]
        problem = door.call(
            "POST",
            "/tokens",
            access,
            json={"permissions": ["InvoiceRead"], "description": "Token"},
            headers={"X-Error-Format": "problem-details"},
        )
        assert problem.headers["content-type"] == "application/problem+json"
        assert problem.json()["errors"][0]["code"] == 26002
