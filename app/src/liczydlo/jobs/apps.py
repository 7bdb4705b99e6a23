"""The app of background work."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Jobs, claims, the dispatcher."""

    name = "liczydlo.jobs"
