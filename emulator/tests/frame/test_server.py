"""The wires: prefixes, error formats, the request log, and what every answer says about itself."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from ksef_emulator.config import Config
from ksef_emulator.emulator import Emulator
from ksef_emulator.http import listening
from ksef_emulator.testing import Running, running_emulator

PROBLEM = {"X-Error-Format": "problem-details"}


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with running_emulator() as one:
        yield one


@pytest.fixture
def call(running: Running) -> Iterator[Any]:
    with httpx2.Client(trust_env=False, base_url=running.url) as http:
        yield http.request


@pytest.mark.parametrize("prefix", ["/v2", "/api/v2"])
def test_both_prefixes(prefix: str, call: Any) -> None:
    assert call("POST", f"{prefix}/auth/challenge").status_code == 200
    assert call("GET", f"{prefix}/auth/sessions").status_code == 401


def test_every_answer_says_that_it_is_not_ksef(call: Any) -> None:
    for answer in (call("POST", "/v2/auth/challenge"), call("GET", "/nothing")):
        assert "nie jest to KSeF" in answer.headers["x-ksef-emulator"]


def test_a_test_warning_comes_back(call: Any) -> None:
    warning = "[W1]: Zażółć gęślą jaźń".encode()
    answer = call("POST", "/v2/auth/challenge", headers={"X-Test-System-Warning": warning})
    assert answer.headers["x-system-warning"] == "[W1]: Zazolc gesla jazn"


class TestErrors:
    def test_the_older_format_is_the_usual_one(self, call: Any) -> None:
        answer = call("POST", "/v2/auth/xades-signature", content=b"<a/>")
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/json"
        (detail,) = answer.json()["exception"]["exceptionDetailList"]
        assert (detail["exceptionCode"], detail["exceptionDescription"]) == (9102, "Brak podpisu.")
        assert answer.json()["exception"]["timestamp"]

    @pytest.mark.parametrize("headers", [PROBLEM, {"Accept": "application/problem+json"}])
    def test_problem_details_when_asked(self, headers: dict[str, str], call: Any) -> None:
        answer = call("POST", "/v2/auth/xades-signature", content=b"<a/>", headers=headers)
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        body = answer.json()
        assert body["errors"] == [{"code": 9102, "description": "Brak podpisu."}]
        assert (body["title"], body["status"]) == ("Bad Request", 400)
        assert body["instance"] == "/v2/auth/xades-signature"
        assert {"detail", "timestamp", "traceId"} <= body.keys()

    @pytest.mark.parametrize("headers", [{}, PROBLEM])
    def test_unauthorized_is_always_problem_details(self, headers: dict[str, str], call: Any) -> None:
        answer = call("GET", "/v2/auth/sessions", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["detail"] == "Wymagane jest uwierzytelnienie."

    def test_what_is_not_there(self, call: Any) -> None:
        assert call("GET", "/v2/nothing").status_code == 404
        wrong = call("GET", "/v2/auth/challenge")
        assert wrong.status_code == 401  # GET /auth/{referenceNumber} has the same shape
        assert call("PUT", "/v2/auth/challenge").status_code == 405
        assert call("PUT", "/v2/auth/challenge").headers["allow"]

    def test_every_wrong_field_at_once(self, call: Any) -> None:
        answer = call("POST", "/v2/testdata/person", json={"nip": "1", "description": 5})
        (detail,) = answer.json()["exception"]["exceptionDetailList"]
        assert detail["exceptionCode"] == 21405
        fields = {line.partition(":")[0] for line in detail["details"]}
        assert {"nip", "pesel", "description"} <= fields

    def test_what_is_not_json(self, call: Any) -> None:
        headers = {"Content-Type": "application/json"}
        answer = call("POST", "/v2/testdata/person", content=b'{"nip":', headers=headers)
        (detail,) = answer.json()["exception"]["exceptionDetailList"]
        assert detail["exceptionCode"] == 21001

    def test_a_failure_of_ours(
        self, running: Running, call: Any, monkeypatch: pytest.MonkeyPatch, undescribed: list[str]
    ) -> None:
        def broken() -> None:
            raise RuntimeError("a secret")

        monkeypatch.setattr(running.emulator.auth.challenges, "new", broken)
        answer = call("POST", "/v2/auth/challenge")
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert len(undescribed) == 1
        undescribed.clear()


def test_the_log_of_requests(running: Running, call: Any) -> None:
    running.emulator.requests.clear()
    call("POST", "/v2/auth/challenge")
    call("POST", "/v2/auth/xades-signature?verifyCertificateChain=true", content=b"<a/>")
    first, second = running.emulator.requests.entries()
    assert (first.method, first.path, first.status, first.problem) == (
        "POST",
        "/v2/auth/challenge",
        200,
        None,
    )
    assert (second.path, second.status, second.problem) == ("/v2/auth/xades-signature", 400, 9102)
    assert first.client == "127.0.0.1"
    assert first.milliseconds >= 0


def test_public_keys(call: Any) -> None:
    import base64
    import hashlib

    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    keys = call("GET", "/v2/security/public-key-certificates").json()
    assert sorted(key["usage"] for key in keys) == [["KsefTokenEncryption"], ["SymmetricKeyEncryption"]]
    for key in keys:
        der = base64.b64decode(key["certificate"])
        public = x509.load_der_x509_certificate(der).public_key()
        spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        assert base64.b64decode(key["certificateId"]) == hashlib.sha256(der).digest()
        assert base64.b64decode(key["publicKeyId"]) == hashlib.sha256(spki).digest()
        assert key["validFrom"] < key["validTo"]


def test_a_reset_forgets_logins_and_keeps_keys(running: Running, call: Any) -> None:
    before = call("GET", "/v2/security/public-key-certificates").json()
    running.emulator.reset()
    assert call("GET", "/v2/security/public-key-certificates").json() == before
    assert call("POST", "/v2/auth/challenge").status_code == 200


def test_a_data_directory_keeps_the_keys(tmp_path: Path) -> None:
    ids = []
    for _ in range(2):
        emulator = Emulator(Config(data_dir=tmp_path / "data"))
        ids.append([key.key_id for key in emulator.keys.published])
        emulator.close()
    assert ids[0] == ids[1]


def test_two_at_once() -> None:
    with running_emulator() as one, running_emulator() as other:
        assert one.url != other.url
        assert httpx2.post(f"{one.url}/v2/auth/challenge", trust_env=False).is_success
        assert httpx2.post(f"{other.url}/v2/auth/challenge", trust_env=False).is_success


def test_idle_connections_outlive_those_in_clients_pools() -> None:
    """Java keeps its idle connections for 30 s, .NET for 60 s, Rust and Go for 90 s."""
    app: Any = None
    with contextlib.closing(listening.listen("127.0.0.1", 0)) as opened:
        server = listening._server(listening.Listener(app=app, socket=opened))
    assert server.config.timeout_keep_alive > 120
