"""The app of the way in by KSeF token."""

from __future__ import annotations

from django.apps import AppConfig


class TokenWayConfig(AppConfig):
    """A company connected by a KSeF token instead of a certificate."""

    name = "liczydlo.connection.token_way"
    label = "ksef_token_way"
