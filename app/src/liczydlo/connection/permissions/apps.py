"""The app of permissions in KSeF."""

from __future__ import annotations

from django.apps import AppConfig


class PermissionsConfig(AppConfig):
    """Who may do what in KSeF in the company's name."""

    name = "liczydlo.connection.permissions"
    label = "ksef_permissions"
