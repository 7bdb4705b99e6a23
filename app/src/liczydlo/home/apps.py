"""The app of the dashboard."""

from __future__ import annotations

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """The front page of a company."""

    name = "liczydlo.home"
