"""The app of outages."""

from __future__ import annotations

from django.apps import AppConfig


class OfflineConfig(AppConfig):
    """Outages as rows, filled by a job from Latarnia."""

    name = "liczydlo.offline"

    def ready(self) -> None:
        """Make the job known to workers."""
        from liczydlo.offline import job  # noqa: F401, PLC0415 - apps come first
