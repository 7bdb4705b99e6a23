"""The app of everything that pages share."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class WebConfig(AppConfig):
    """Templates, static files, template tags, errors, health."""

    name = "liczydlo.web"

    def ready(self) -> None:
        """Read every feature's texts; have ``migrate`` make the table of a cache that the database keeps."""
        autodiscover_modules("catalogue")
        post_migrate.connect(_make_cache_table, sender=self)


def _make_cache_table(*, using: str, **_: object) -> None:
    call_command("createcachetable", database=using, verbosity=0)
