"""The emulator at whose door these tests stand, its clients, and a browser at the control panel."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from ..invoicing.conftest import enter
from ..login.conftest import Door, door, owner, running
from ..portal.conftest import Browser

__all__ = ["door", "enter", "owner", "running"]


@pytest.fixture
def desk(door: Door) -> Iterator[Browser]:
    """A browser without scripts at the panel of an emulator that has just begun anew."""
    door.emulator.reset()
    with httpx2.Client(base_url=door.running.control_url, trust_env=False, timeout=20) as http:
        yield Browser(http=http)
    door.emulator.reset()
