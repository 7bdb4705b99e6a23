"""The app of permissions in KSeF."""

from __future__ import annotations

from django.apps import AppConfig


class PermissionsConfig(AppConfig):
    """Who may do what in KSeF in the company's name."""

    name = "liczydlo.connection.permissions"
    label = "ksef_permissions"

    def ready(self) -> None:
        """Make the job known to workers, and let a new connection wake it."""
        from liczydlo.connection.permissions import own  # noqa: PLC0415 - models come first
        from liczydlo.connection.signals import connected  # noqa: PLC0415

        connected.connect(own.once_connected, dispatch_uid="permissions")
