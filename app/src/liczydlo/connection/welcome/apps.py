"""The app of the pages before a connection."""

from __future__ import annotations

from django.apps import AppConfig


class WelcomeConfig(AppConfig):
    """What KSeF is for, and its beginning."""

    name = "liczydlo.connection.welcome"
    label = "ksef_welcome"
