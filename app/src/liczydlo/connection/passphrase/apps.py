"""The app of the owner's passphrase."""

from __future__ import annotations

from django.apps import AppConfig


class PassphraseConfig(AppConfig):
    """Keys that open only for a working session."""

    name = "liczydlo.connection.passphrase"
    label = "ksef_passphrase"

    def ready(self) -> None:
        """Who logs out closes what they opened."""
        from django.contrib.auth.signals import user_logged_out  # noqa: PLC0415 - models come first

        from liczydlo.connection.passphrase import services  # noqa: PLC0415

        user_logged_out.connect(services.once_logged_out, dispatch_uid="passphrase")
