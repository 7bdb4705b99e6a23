"""Fixtures of the outages' tests."""

from app.tests.sales.world import connected, firm, wire

__all__ = ["connected", "firm", "wire"]
