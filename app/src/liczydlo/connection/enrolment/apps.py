"""The app of „Połącz w 3 krokach"."""

from __future__ import annotations

from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    """The short way into KSeF: one signature, and the program gets both certificates itself."""

    name = "liczydlo.connection.enrolment"
    label = "ksef_enrolment"
