"""The app of KSeF tokens and logins."""

from __future__ import annotations

from django.apps import AppConfig


class TokensConfig(AppConfig):
    """KSeF tokens made and revoked, and the logins that are alive."""

    name = "liczydlo.connection.tokens"
    label = "ksef_tokens"
