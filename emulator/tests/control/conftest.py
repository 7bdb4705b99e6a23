"""The emulator at whose door these tests stand, its clients, and a browser at the control panel."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest
from ksef_emulator.testing import Running

from ..invoicing.conftest import enter
from ..login.conftest import Door, door, owner, running
from ..portal.conftest import Browser

__all__ = ["door", "enter", "owner", "running"]


@pytest.fixture(scope="session")
def _http(running: Running) -> Iterator[httpx2.Client]:
    """One for all tests: to make one takes longer than most of them."""
    with httpx2.Client(base_url=running.control_url, trust_env=False, timeout=20) as http:
        yield http


@pytest.fixture
def desk(door: Door, _http: httpx2.Client) -> Iterator[Browser]:
    """A browser without scripts at the panel of an emulator that has just begun anew."""
    door.emulator.reset()
    _http.cookies.clear()
    yield Browser(http=_http)
    door.emulator.reset()
