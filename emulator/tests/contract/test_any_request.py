"""Whatever is asked, by a stranger or by a firm: never a failure of ours, always an answer as described.

schemathesis makes the requests from the OpenAPI that the emulator serves: valid ones, and wrong ones in every place.
The answers are held against the official file by ``emulator/tests/conftest.py``, as in every test.
"""

from __future__ import annotations

import base64
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ksef_emulator.api.contract.operations import OPERATIONS, Operation
from ksef_emulator.testing import Running
from schemathesis.checks import not_a_server_error

from ..login.conftest import Door, door, new_nip, running, self_signed
from ..login.quick import let_in

__all__ = ["door", "running"]

EXAMPLES = 8
"""Requests of each operation; the whole takes about half a minute."""


schemathesis.openapi.format(
    "byte",
    (st.binary(min_size=32, max_size=32) | st.binary(max_size=64)).map(
        lambda raw: base64.b64encode(raw).decode()
    ),
)  # half of them as long as a digest, which schemathesis would hardly ever hit by chance


@pytest.fixture(scope="session")
def described(running: Running) -> Any:
    """The emulator's own OpenAPI."""
    return schemathesis.openapi.from_url(f"{running.url}/docs/v2/openapi.json")


@pytest.fixture
def token(door: Door) -> str:
    """A firm's own."""
    nip = new_nip()
    access, _ = let_in(door, self_signed(serial_number=f"TINPL-{nip}"), ("Nip", nip))
    return access


@pytest.mark.parametrize("operation", OPERATIONS, ids=[f"{each.method} {each.path}" for each in OPERATIONS])
def test_any_request(operation: Operation, described: Any, token: str) -> None:
    @given(described[operation.path][operation.method].as_strategy())
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: schemathesis.Case) -> None:
        for headers in ({"Authorization": f"Bearer {token}"}, {}):
            case.validate_response(case.call(headers=headers), checks=[not_a_server_error])

    ask()
