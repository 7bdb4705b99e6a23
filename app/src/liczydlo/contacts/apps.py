"""The app of contacts."""

from __future__ import annotations

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    """Contractors of a company."""

    name = "liczydlo.contacts"

    def ready(self) -> None:
        """Make the job known that deletes files which nobody stored."""
        from liczydlo.contacts.importing import uploads  # noqa: F401, PLC0415 - registers it; models come first
