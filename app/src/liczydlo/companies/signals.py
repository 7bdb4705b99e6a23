"""What other features may want to know of a company's data."""

from __future__ import annotations

from django.dispatch import Signal
from django.http import HttpRequest

from liczydlo.companies.models import Company, User

environment_changed = Signal()
"""A company works with another KSeF now; sent with ``company``, in the transaction that stores it."""

acted = Signal()
"""Somebody did something that the audit log keeps; sent in the transaction that stores it, by :func:`report`."""


def report(
    company: Company, action: str, *, request: HttpRequest, by: User | None = None, **details: str
) -> None:
    """Send ``acted``: ``action`` is a value of ``audit.actions.Action``, the rest as ``audit.log`` takes it.

    The audit log stands above this package, so it listens instead of being called.
    """
    acted.send(sender=Company, company=company, action=action, request=request, by=by, details=details)
