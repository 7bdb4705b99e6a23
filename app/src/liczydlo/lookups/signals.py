"""What features above may want to know; both are sent in the transaction that stores it, with ``company``."""

from __future__ import annotations

from django.dispatch import Signal

answered = Signal()
"""A service has answered; with ``answers``, a list of ``Answer``."""
switched_on = Signal()
"""A firm has switched a service on; with ``service``."""
