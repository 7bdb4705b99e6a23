"""``liczydlo manage rotate_master_key``: a new master key; the data keys are wrapped anew, the secrets not touched."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from liczydlo.connection import keyring, vault


class Command(BaseCommand):
    """Rotation, in the key file or with keys given by the environment; safe to be interrupted and run again."""

    help = "Make a new master key and rewrap every secret with it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--rewrap-only",
            action="store_true",
            help="do not make a key: rewrap with the first of LICZYDLO_MASTER_KEY, or finish an interrupted rotation",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's protocol
        """Put a new key in front, rewrap, forget the old ones."""
        try:
            if not options["rewrap_only"]:
                if not keyring.is_in_file():
                    raise CommandError(
                        "The master key comes from the environment. Put the new key first in LICZYDLO_MASTER_KEY, the"
                        " old one after a comma, restart, and run this again with --rewrap-only."
                    )
                keyring.put_in_front(secrets.token_bytes(keyring.KEY_BYTES))
            done = vault.rotate()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        except vault.VaultError as error:
            raise CommandError(
                f"A secret could not be opened ({error.code}); the old keys are kept."
            ) from error
        if keyring.is_in_file():
            keyring.keep_only_current()
        self.stdout.write(f"Rewrapped: {done}.")
