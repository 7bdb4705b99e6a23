"""The app of contacts."""

from __future__ import annotations

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    """Contractors of a company."""

    name = "liczydlo.contacts"
