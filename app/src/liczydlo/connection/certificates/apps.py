"""The app of KSeF's certificates: asking for them, listing, renewing, revoking."""

from __future__ import annotations

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """Certificates that the program asks for itself."""

    name = "liczydlo.connection.certificates"
    label = "ksef_certificates"

    def ready(self) -> None:
        """Make the job known to workers, and let a new connection wake it."""
        from liczydlo.connection.certificates import job  # noqa: PLC0415 - models come first
        from liczydlo.connection.signals import connected  # noqa: PLC0415

        connected.connect(job.once_connected, dispatch_uid="certificates")
