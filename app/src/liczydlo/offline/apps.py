"""The app of outages."""

from __future__ import annotations

from django.apps import AppConfig


class OfflineConfig(AppConfig):
    """Outages as rows, filled by a job from Latarnia."""

    name = "liczydlo.offline"

    def ready(self) -> None:
        """Make the job known to workers, and let a new connection, perhaps the first of its environment, wake it."""
        from liczydlo.connection.signals import connected  # noqa: PLC0415 - models come first
        from liczydlo.offline import job  # noqa: PLC0415 - apps come first

        connected.connect(job.once_connected, dispatch_uid="offline")
