"""What other features may want to know of a company's data."""

from __future__ import annotations

from django.dispatch import Signal

environment_changed = Signal()
"""A company works with another KSeF now; sent with ``company``, in the transaction that stores it."""
