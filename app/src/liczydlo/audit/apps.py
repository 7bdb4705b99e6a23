"""The app that keeps the audit log."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what to a company's connection with KSeF; kept so that it cannot be edited."""

    name = "liczydlo.audit"

    def ready(self) -> None:
        """Keep it append-only in the database too."""
        from liczydlo import guards  # noqa: PLC0415 - apps come first
        from liczydlo.audit.guards import GUARDS  # noqa: PLC0415

        guards.protect(self, GUARDS)
