"""The app of „Czy jestem gotowy?"."""

from __future__ import annotations

from django.apps import AppConfig


class ReadinessConfig(AppConfig):
    """One page that tries everything that work with KSeF needs."""

    name = "liczydlo.connection.readiness"
    label = "ksef_readiness"
