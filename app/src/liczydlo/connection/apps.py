"""The app that connects a company with KSeF."""

from __future__ import annotations

from django.apps import AppConfig


class ConnectionConfig(AppConfig):
    """Certificates, keys at rest, logins."""

    name = "liczydlo.connection"

    def ready(self) -> None:
        """What failed for want of a connection is tried again when there is one, also by a change of environment."""
        from liczydlo.companies.signals import environment_changed  # noqa: PLC0415
        from liczydlo.connection.signals import connected  # noqa: PLC0415 - models come first
        from liczydlo.connection.waiting import once_connected, once_moved  # noqa: PLC0415

        connected.connect(once_connected, dispatch_uid="connection")
        environment_changed.connect(once_moved, dispatch_uid="connection")
