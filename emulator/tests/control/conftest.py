"""The emulator at whose door these tests stand, its clients, and a browser at the control panel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest
from ksef_emulator.testing import Running

from ..invoicing.conftest import enter
from ..login.conftest import Door, owner, running
from ..portal.conftest import Browser

__all__ = ["enter", "owner", "running"]


@pytest.fixture(scope="session")
def _clients(running: Running) -> Iterator[tuple[httpx2.Client, httpx2.Client]]:
    """Of the public and of the control port, for all tests: to make one takes longer than most of them."""
    with (
        httpx2.Client(trust_env=False, timeout=20) as public,
        httpx2.Client(base_url=running.control_url, trust_env=False, timeout=20) as control,
    ):
        yield public, control


@pytest.fixture
def door(running: Running, _clients: tuple[httpx2.Client, httpx2.Client]) -> Iterator[Door]:
    yield Door(running=running, http=_clients[0])
    running.emulator.clock.reset()
    running.emulator.metadata.lag = timedelta()


@pytest.fixture
def desk(door: Door, _clients: tuple[httpx2.Client, httpx2.Client]) -> Iterator[Browser]:
    """A browser without scripts at the panel of an emulator that has just begun anew."""
    door.emulator.reset()
    _clients[1].cookies.clear()
    yield Browser(http=_clients[1])
    door.emulator.reset()
