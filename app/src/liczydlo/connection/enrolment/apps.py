"""The app of „Połącz w 3 krokach"."""

from __future__ import annotations

from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    """The short way into KSeF: one signature, and the program gets both certificates itself."""

    name = "liczydlo.connection.enrolment"
    label = "ksef_enrolment"

    def ready(self) -> None:
        """Make the job known to workers."""
        from liczydlo.connection.enrolment import job  # noqa: F401, PLC0415 - models come first
