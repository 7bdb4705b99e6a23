"""The app that keeps the audit log."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what to a company's connection with KSeF; kept so that it cannot be edited."""

    name = "liczydlo.audit"

    def ready(self) -> None:
        """Keep it append-only in the database too; log what people do with companies and members."""
        from liczydlo import guards  # noqa: PLC0415 - apps come first
        from liczydlo.audit.guards import GUARDS  # noqa: PLC0415
        from liczydlo.audit.services import log_act  # noqa: PLC0415
        from liczydlo.companies.signals import acted  # noqa: PLC0415

        guards.protect(self, GUARDS)
        acted.connect(log_act, dispatch_uid="audit")
