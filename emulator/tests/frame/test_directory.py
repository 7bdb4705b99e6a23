"""Operations are looked up, and what is no operation still finds its way."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ksef_emulator.api.contract.operations import OPERATIONS
from ksef_emulator.emulator import Emulator
from ksef_emulator.http import server
from starlette.testclient import TestClient

from ..valid_bodies import PATHS


@pytest.fixture(scope="module")
def app() -> Iterator[Any]:
    emulator = Emulator()
    yield server.public(emulator)
    emulator.close()


def test_every_part_answers_the_operations_of_its_tags(app: Any) -> None:
    """And not FastAPI's own 404 or 405, which would say that a tag leads to the wrong module."""
    client = TestClient(app)
    for operation in OPERATIONS:
        path = operation.path.format_map(PATHS)
        answer = client.request(operation.method, f"/v2{path}")
        assert answer.status_code in ((200, 400, 401) if operation.anonymous else (401,)), operation


def test_nothing_of_the_api_is_loaded_before_it_is_asked() -> None:
    code = (
        "import sys\n"
        "from ksef_emulator.emulator import Emulator\n"
        "from ksef_emulator.http.server import public\n"
        "from starlette.testclient import TestClient\n"
        "client = TestClient(public(Emulator()))\n"
        "loaded = lambda: [name for name in ('auth', 'tokens') if f'ksef_emulator.api.{name}' in sys.modules]\n"
        "print(loaded(), client.post('/v2/auth/challenge').status_code, loaded(), end=' ')\n"
        "print(*(name for name in ('typer', 'signxml') if name in sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(Path(server.__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["[]", "200", "['auth']"]


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
