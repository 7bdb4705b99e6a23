"""The app that connects a company with KSeF."""

from __future__ import annotations

from django.apps import AppConfig


class ConnectionConfig(AppConfig):
    """Certificates, keys at rest, permissions, tokens, logins."""

    name = "liczydlo.connection"

    def ready(self) -> None:
        """Make the jobs known to workers, and let a new connection wake what waited for one."""
        from django.contrib.auth.signals import user_logged_out  # noqa: PLC0415 - models come first

        from liczydlo.companies.signals import environment_changed  # noqa: PLC0415
        from liczydlo.connection import waiting  # noqa: PLC0415
        from liczydlo.connection.certificates import job  # noqa: PLC0415
        from liczydlo.connection.changes import job as _changes  # noqa: F401, PLC0415
        from liczydlo.connection.passphrase import services as passphrase  # noqa: PLC0415
        from liczydlo.connection.permissions import own  # noqa: PLC0415
        from liczydlo.connection.signals import connected  # noqa: PLC0415

        connected.connect(waiting.once_connected, dispatch_uid="connection")
        connected.connect(job.once_connected, dispatch_uid="certificates")
        connected.connect(own.once_connected, dispatch_uid="permissions")
        environment_changed.connect(waiting.once_moved, dispatch_uid="connection")
        user_logged_out.connect(passphrase.once_logged_out, dispatch_uid="passphrase")
