"""Fixtures of the purchases' tests."""

from app.tests.sales.world import connected, firm, receiver, sender, wire

__all__ = ["connected", "firm", "receiver", "sender", "wire"]
