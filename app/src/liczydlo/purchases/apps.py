"""The app of purchases."""

from __future__ import annotations

from django.apps import AppConfig


class PurchasesConfig(AppConfig):
    """Invoices that the company receives."""

    name = "liczydlo.purchases"

    def ready(self) -> None:
        """Make the receiving job known to workers."""
        from liczydlo.purchases import inbox  # noqa: F401, PLC0415 - registers the job; models come first
