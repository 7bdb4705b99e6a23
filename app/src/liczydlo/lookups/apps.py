"""The app of questions to public services."""

from __future__ import annotations

from django.apps import AppConfig


class LookupsConfig(AppConfig):
    """Biała lista, NBP and VIES; GUS comes by the same tables."""

    name = "liczydlo.lookups"

    def ready(self) -> None:
        """Make the job known."""
        from liczydlo.lookups import job  # noqa: F401, PLC0415 - registers it; models come first
