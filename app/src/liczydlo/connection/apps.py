"""The app that connects a company with KSeF."""

from __future__ import annotations

from django.apps import AppConfig


class ConnectionConfig(AppConfig):
    """Certificates, keys at rest, logins."""

    name = "liczydlo.connection"

    def ready(self) -> None:
        """What failed for want of a connection is tried again when there is one."""
        from liczydlo.connection.signals import connected  # noqa: PLC0415 - models come first
        from liczydlo.connection.waiting import once_connected  # noqa: PLC0415

        connected.connect(once_connected, dispatch_uid="connection")
