"""The app that keeps the trail."""

from __future__ import annotations

from django.apps import AppConfig


class TrailConfig(AppConfig):
    """Who did what to a company's connection with KSeF; kept so that it cannot be edited."""

    name = "liczydlo.trail"
