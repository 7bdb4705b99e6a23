"""The app of documents."""

from __future__ import annotations

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Invoices' bytes, and the index over them."""

    name = "liczydlo.documents"

    def ready(self) -> None:
        """Guard what is written once."""
        from liczydlo import guards  # noqa: PLC0415 - models come first
        from liczydlo.documents.guards import GUARDS  # noqa: PLC0415

        guards.protect(self, GUARDS)
