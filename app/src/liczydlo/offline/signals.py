"""What features above may want to know of outages."""

from __future__ import annotations

from django.dispatch import Signal

outages_changed = Signal()
"""An outage began, ended or was corrected; sent with ``environment``, after the rows are committed."""
