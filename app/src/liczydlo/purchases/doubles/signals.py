"""What features above may have to move when two purchases become one."""

from __future__ import annotations

from django.dispatch import Signal

joining = Signal()
"""A typed cost is about to become the invoice from KSeF, in the transaction, before the two are locked; with ``cost``
and ``invoice``. A receiver moves what refers to the cost and returns how much of the invoice is settled then; it may
raise ``NotChanged``."""
