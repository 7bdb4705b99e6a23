"""The app of background work."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Jobs, claims, the queue and the sweep."""

    name = "liczydlo.jobs"
