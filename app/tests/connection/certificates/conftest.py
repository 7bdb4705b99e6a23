"""Fixtures of the company's certificates: a connected firm and a worker."""

from __future__ import annotations

from typing import Any

import pytest

from app.tests.sales.world import Worker, connect, firm, let_in, wire

__all__ = ["firm", "wire"]


@pytest.fixture
def worker() -> Worker:
    return Worker("certificates")


@pytest.fixture
def connected(firm: Any, ksef_files: Any, wire: Any, emulator: Any) -> Any:
    """The firm with both certificates."""
    let_in(firm, ksef_files, emulator)
    connect(firm, ksef_files, "Offline")
    wire.seen.clear()
    return firm


@pytest.fixture
def base(connected: Any) -> str:
    return f"/firmy/{connected.pk}/ustawienia/ksef/certyfikaty/"
