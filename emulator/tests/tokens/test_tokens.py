"""KSeF tokens: made, seen, used to log in, revoked; and what each of these refuses."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509 import load_der_x509_certificate
from ksef_emulator.model.progress import Progress
from ksef_emulator.model.subjects import Subject, SubjectType

from ..login.conftest import Door, code, door, new_nip, running, self_signed

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
        assert rest["continuationToken"] is None

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

    def test_another_providers_context(self, door: Door) -> None:
        seal = self_signed(common_name="PPL123457", organization="Inny")
        assert code(door.submit(seal, ("PeppolId", "PPL123458"))) == 21115


def test_a_certificates_life_can_be_cut_short(door: Door, firm: Firm) -> None:
    until = (door.emulator.clock.now() + timedelta(hours=1)).isoformat()
    unknown = door.call(
        "PUT", "/testdata/certificates/0123456789ABCDEF", firm.access, json={"validTo": until}
    )
    assert code(unknown) == 25008
