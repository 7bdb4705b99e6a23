"""The control port, Latarnia and the landing page."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from ksef_emulator.login.holder import holder

from ..login.conftest import Door, Identity, code, new_nip

PESEL = "85041212344"
PERSON = {"kind": "person", "givenName": "Anna", "surname": "Nowicka-Żółć", "pesel": PESEL}


@pytest.fixture
def panel(door: Door) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=door.running.control_url, trust_env=False) as http:
        yield http


def pair(answer: httpx2.Response, password: bytes | None = None) -> Identity:
    """The key and certificate of an answer, which must belong together."""
    assert answer.status_code == 201, answer.text
    body = answer.json()
    certificate = x509.load_pem_x509_certificate(body["certificate"].encode())
    key = load_pem_private_key(body["privateKey"].encode(), password)
    assert key.public_key() == certificate.public_key()
    return Identity(key=key, certificate=certificate)


class TestCertificates:
    def test_a_person_logs_in(self, panel: Any, door: Door) -> None:
        made, nip = pair(panel.post("/certificates", json=PERSON)), new_nip()
        assert isinstance(made.key, ec.EllipticCurvePrivateKey)
        person = {"nip": nip, "pesel": PESEL, "isBailiff": False, "description": "JDG testowa"}
        assert door.call("POST", "/testdata/person", json=person).is_success
        assert door.tokens(made, ("Nip", nip), query="?verifyCertificateChain=true")
        door.call("POST", "/testdata/person/remove", json={"nip": nip})

    def test_a_person_by_nip(self, panel: Any, door: Door) -> None:
        nip = new_nip()
        expected = {"kind": "person", "givenName": "Anna", "surname": "Nowak", "nip": nip}
        assert door.tokens(pair(panel.post("/certificates", json=expected)), ("Nip", nip))

    @pytest.mark.parametrize("name", ["Firma sp. z o.o.", "Przędsiębiorstwo Żółćąęś " * 10])
    def test_a_seal_logs_in(self, name: str, panel: Any, door: Door) -> None:
        nip = new_nip()
        made = pair(panel.post("/certificates", json={"kind": "seal", "nip": nip, "name": name}))
        result = holder(made.certificate)
        assert result is not None
        assert (result.subject.value, result.is_seal) == (nip, True)
        assert door.tokens(made, ("Nip", nip), query="?verifyCertificateChain=true")

    def test_with_a_password(self, panel: Any) -> None:
        answer = panel.post("/certificates", json=PERSON | {"key": "RSA", "password": "Hasło-123"})
        made = pair(answer, "Hasło-123".encode())
        assert isinstance(made.key, rsa.RSAPrivateKey)
        bundle = load_pkcs12(base64.b64decode(answer.json()["pkcs12"]), "Hasło-123".encode())
        assert bundle.cert is not None
        assert bundle.cert.certificate == made.certificate
        with pytest.raises(ValueError, match=r"."):
            load_pem_private_key(answer.json()["privateKey"].encode(), b"other")

    @pytest.mark.parametrize(
        "change",
        [
            {"kind": "robot"},
            {"pesel": None},
            {"nip": "1111111111"},
            {"pesel": "123"},
            {"givenName": ""},
            {"key": "DSA"},
            {"password": ""},
            {"valid": True},
        ],
    )
    def test_refusals(self, change: dict[str, Any], panel: Any) -> None:
        assert code(panel.post("/certificates", json=PERSON | change)) == 21405

    def test_a_refusal_does_not_repeat_the_password(self, panel: Any) -> None:
        answer = panel.post("/certificates", json=PERSON | {"password": "x" * 129})
        assert "xxx" not in answer.text


class TestClock:
    def test_moved_set_and_right_again(self, panel: Any) -> None:
        def now(body: dict[str, Any]) -> datetime:
            answer = panel.post("/clock", json=body)
            assert answer.status_code == 200, answer.text
            return datetime.fromisoformat(answer.json()["now"])

        assert now({"move": 86400}) > datetime.now(UTC) + timedelta(hours=23)
        moment = datetime(2026, 2, 1, 7, tzinfo=UTC)
        assert moment <= now({"set": "2026-02-01T08:00:00+01:00"}) < moment + timedelta(minutes=1)
        assert datetime.fromisoformat(panel.get("/clock").json()["now"]).year == 2026
        assert abs(now({"reset": True}) - datetime.now(UTC)) < timedelta(minutes=1)

    @pytest.mark.parametrize(
        "body", [{}, {"move": 1, "reset": True}, {"set": "2026-02-01T08:00:00"}, {"move": 1e300}, {"on": 1}]
    )
    def test_refusals(self, body: dict[str, Any], panel: Any) -> None:
        assert code(panel.post("/clock", json=body)) == 21405


def test_health(panel: Any, door: Door) -> None:
    body = panel.get("/health").json()
    assert (body["status"], body["base"]) == ("ok", door.running.url)


def test_requests_newest_first_and_without_secrets(panel: Any, door: Door) -> None:
    door.call("GET", "/auth/sessions", "a-secret-token")
    door.call("POST", "/testdata/person?x=hidden", json={"nip": "secret"})
    answer = panel.get("/requests?limit=2")
    newest, before = answer.json()["requests"]
    assert (newest["method"], newest["path"], newest["status"]) == ("POST", "/v2/testdata/person", 400)
    assert newest["problem"] == 21405
    assert (before["path"], before["status"]) == ("/v2/auth/sessions", 401)
    assert "secret" not in answer.text
    assert "hidden" not in answer.text
    assert code(panel.get("/requests?limit=0")) == 21405


def test_reset_forgets_people_and_keeps_keys(panel: Any, door: Door) -> None:
    nip = new_nip()
    made = pair(panel.post("/certificates", json=PERSON))
    keys = door.call("GET", "/security/public-key-certificates").json()
    person = {"nip": nip, "pesel": PESEL, "isBailiff": False, "description": "JDG testowa"}
    assert door.call("POST", "/testdata/person", json=person).is_success
    panel.post("/clock", json={"move": 3600})
    assert panel.post("/reset").status_code == 204
    assert panel.get("/requests").json() == {"requests": []}
    assert door.call("POST", "/testdata/person", json=person).is_success, "the register is empty"
    assert door.call("GET", "/security/public-key-certificates").json() == keys
    assert door.tokens(made, ("Nip", nip), query="?verifyCertificateChain=true")
    door.call("POST", "/testdata/person/remove", json={"nip": nip})


def test_a_page_of_another_address_turns_nothing(panel: Any, door: Door) -> None:
    for method, path in (("POST", "/reset"), ("POST", "/certificates"), ("GET", "/requests")):
        answer = panel.request(method, path, headers={"Origin": "https://example.com"})
        assert answer.status_code == 403
    assert panel.get("/health", headers={"Origin": door.running.control_url}).status_code == 200


def test_the_public_port_has_no_controls(door: Door) -> None:
    for path in ("/reset", "/certificates", "/clock", "/requests"):
        assert door.http.post(door.running.url + path).status_code == 404


@pytest.mark.parametrize("lang", ["pl", "en"])
def test_pages(lang: str, panel: Any, door: Door) -> None:
    titles = {
        "pl": ("Panel sterowania", "Strona główna Krajowego Systemu e-Faktur"),
        "en": ("Control panel", "National e-Invoicing System: home"),
    }
    control = panel.get("/", params={"lang": lang})
    landing = door.http.get(f"{door.running.url}/portal?lang={lang}")
    for page, title in zip((control, landing), titles[lang], strict=True):
        assert page.status_code == 200
        assert title in page.text
        assert f"{door.running.url}/" in page.text
        assert "Emulator – " in page.text
    assert panel.get("/portal/emulator.css").status_code == 200


def test_latarnia(door: Door) -> None:
    status = door.http.get(door.running.url + "/latarnia/status")
    assert (status.status_code, status.json()) == (200, {"status": "AVAILABLE"})
    messages = door.http.get(door.running.url + "/latarnia/messages")
    assert (messages.status_code, json.loads(messages.text)) == (200, [])
