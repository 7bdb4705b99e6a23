"""The app that connects a company with KSeF."""

from __future__ import annotations

from django.apps import AppConfig


class ConnectionConfig(AppConfig):
    """Certificates, keys at rest, logins."""

    name = "liczydlo.connection"
