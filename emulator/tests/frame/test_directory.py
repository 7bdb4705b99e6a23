"""Operations are looked up, and what is no operation still finds its way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ksef_emulator import server
from ksef_emulator.api.directory import Directory
from ksef_emulator.api.wire.operations import OPERATIONS
from ksef_emulator.emulator import Emulator
from starlette.testclient import TestClient

from ..valid_bodies import PATHS


@pytest.fixture(scope="module")
def app() -> Iterator[Any]:
    emulator = Emulator()
    yield server.public(emulator)
    emulator.close()


def test_the_directory_has_every_operation_that_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Directory] = []

    def directory(*arguments: Any) -> Directory:
        made.append(Directory(*arguments))
        return made[-1]

    monkeypatch.setattr(server, "Directory", directory)
    emulator = Emulator()
    served = TestClient(server.public(emulator)).get("/docs/v2/openapi.json").json()["paths"]
    emulator.close()
    missing = [
        f"{each.method} {each.path}"
        for each in OPERATIONS
        if each.method.lower() in served.get(each.path, {}) and id(each) not in made[0].routes
    ]
    assert not missing


@pytest.mark.parametrize("prefix", ["/v2", "/api/v2"])
def test_both_prefixes_lead_to_the_same(app: Any, prefix: str) -> None:
    client = TestClient(app)
    assert client.post(f"{prefix}/auth/challenge").status_code == 200
    refused = client.get(f"{prefix}/sessions/{PATHS['referenceNumber']}")
    assert (refused.status_code, refused.json()["instance"]) == (
        401,
        f"{prefix}/sessions/{PATHS['referenceNumber']}",
    )


def test_what_is_no_operation(app: Any) -> None:
    client = TestClient(app)
    wrong = client.put("/v2/auth/challenge")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    assert client.get("/v2/nothing").status_code == 404
    assert client.get("/latarnia/status").status_code == 200


def test_no_token_is_told_before_a_wrong_body(app: Any) -> None:
    client = TestClient(app)
    refused = client.post(
        "/v2/sessions/online", content=b'{"half', headers={"Content-Type": "application/json"}
    )
    assert refused.status_code == 401
    assert client.post("/v2/testdata/person", content=b'{"half').status_code == 400
