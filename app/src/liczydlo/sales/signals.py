"""What features that stand beside the life of an invoice may want to know of it."""

from __future__ import annotations

from django.dispatch import Signal

moved = Signal()
"""Invoices took a step; sent with ``step`` and ``invoices``, in the transaction that stores it."""
