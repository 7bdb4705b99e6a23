"""The app of ZAW-FA."""

from __future__ import annotations

from django.apps import AppConfig


class ZawFaConfig(AppConfig):
    """The way of a company that has no seal."""

    name = "liczydlo.connection.zawfa"
    label = "ksef_zawfa"
