"""The app of everything that pages share."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, static files, template tags, errors, health."""

    name = "liczydlo.web"
