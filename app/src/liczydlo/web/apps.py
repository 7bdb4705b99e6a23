"""The app of everything that pages share."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


class WebConfig(AppConfig):
    """Templates, static files, template tags, errors, health."""

    name = "liczydlo.web"

    def ready(self) -> None:
        """Have ``migrate`` make the table of a cache that the database keeps."""
        post_migrate.connect(_make_cache_table, sender=self)


def _make_cache_table(*, using: str, **_: object) -> None:
    call_command("createcachetable", database=using, verbosity=0)
