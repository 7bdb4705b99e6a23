"""Fixtures of the company's certificates: a connected firm and a worker."""

from __future__ import annotations

from typing import Any

import pytest

from app.tests.sales.world import Worker, connect, firm, wire

__all__ = ["firm", "wire"]


@pytest.fixture
def worker() -> Worker:
    return Worker("certificates")


@pytest.fixture
def connected(firm: Any, ksef_files: Any, wire: Any) -> Any:
    """The firm with both certificates."""
    connect(firm, ksef_files, "Authentication", "Offline")
    wire.seen.clear()
    return firm


@pytest.fixture
def base(connected: Any) -> str:
    return f"/firmy/{connected.pk}/ustawienia/ksef/certyfikaty/"
