"""What other features may want to know of a company's connection."""

from __future__ import annotations

from django.dispatch import Signal

connected = Signal()
"""A company is connected, or its login may do more than before; sent with ``company``, after it is stored."""

certificates_listed = Signal()
"""KSeF said what it thinks of certificates of a company: sent with ``company``, its ``environment``, ``statuses`` by
serial number („Active", „Blocked", „Revoked", „Expired") and ``at``."""

certificate_void = Signal()
"""What depends on a certificate that KSeF no longer honours? Sent with ``company`` and ``serial``; a receiver answers
with a ``certificates.status.Hit`` or None."""
