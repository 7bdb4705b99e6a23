"""What other features may want to know of a company's connection."""

from __future__ import annotations

from django.dispatch import Signal

connected = Signal()
"""A company has proved a certificate and is connected; sent with ``company``, after it is stored."""
