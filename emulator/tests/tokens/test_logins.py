"""Logins by a KSeF token: what is encrypted and how, which are refused, and what ends one."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate
from ksef_emulator.model.identity.subjects import Subject, SubjectType

from ..login.conftest import Door, code, new_nip, self_signed
from .conftest import Firm

SHA1 = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)


class TestWrongTokens:
    """Status 450, each with its reason."""

    def detail(self, status: dict[str, Any]) -> str:
        assert status["code"] == 450
        (result,) = status["details"]
        return str(result)

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
            expected = {"kind": "emergency", "usage": "KsefTokenEncryption", "algorithm": algorithm}
            answer = door.http.post(f"{door.running.control_url}/keys/rotate", json=expected)
            assert answer.status_code == 201, answer.text

        rotated("EC")
        listed = door.call("GET", "/security/public-key-certificates").json()
        (result,) = [item for item in listed if "KsefTokenEncryption" in item["usage"]]
        yield load_der_x509_certificate(base64.b64decode(result["certificate"])).public_key()  # type: ignore[misc]
        rotated("RSA")

    def sealed(self, key: ec.EllipticCurvePublicKey, text: str, *, java: bool) -> bytes:
        own = ec.generate_private_key(ec.SECP256R1())
        secret, nonce = own.exchange(ec.ECDH(), key), os.urandom(12)
        aes = AESGCM(secret if java else hashlib.sha256(secret).digest())
        result = aes.encrypt(nonce, text.encode(), None)
        spki = own.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return spki + nonce + (result if java else result[-16:] + result[:-16])

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
