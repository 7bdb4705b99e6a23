"""The app of KSeF's certificates: asking for them, listing, renewing, revoking."""

from __future__ import annotations

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """Certificates that the program asks for itself."""

    name = "liczydlo.connection.certificates"
    label = "ksef_certificates"
