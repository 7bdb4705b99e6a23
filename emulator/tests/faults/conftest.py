"""The door, a firm behind it, and the control port; everything is as at the beginning before each test."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest
from ksef_emulator.faults import Faults

from ..batch.conftest import sender
from ..invoicing.conftest import Firm, enter, firm
from ..login.conftest import Door, door, owner, running

__all__ = ["Door", "Firm", "door", "enter", "firm", "owner", "running", "sender"]


@pytest.fixture
def panel(door: Door) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=door.running.control_url, trust_env=False, timeout=20) as http:
        yield http


@pytest.fixture(autouse=True)
def faults(door: Door) -> Iterator[Faults]:
    """The emulator's."""
    door.emulator.reset()
    yield door.emulator.faults
    door.emulator.reset()
