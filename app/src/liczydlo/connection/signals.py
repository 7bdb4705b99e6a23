"""What other features may want to know of a company's connection."""

from __future__ import annotations

from django.dispatch import Signal

connected = Signal()
"""A company is connected, or its login may do more than before; sent with ``company``, after it is stored."""
