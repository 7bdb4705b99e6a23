"""The addresses of the KSeF that a company chose."""

from __future__ import annotations

from django.conf import settings

from liczydlo import ksef
from liczydlo.companies.models import Environment


def environment_of(choice: Environment) -> ksef.Environment:
    """The addresses of one KSeF."""
    real = {Environment.TEST: ksef.TEST, Environment.DEMO: ksef.DEMO, Environment.PRODUKCJA: ksef.PRODUKCJA}
    return real.get(choice) or ksef.emulator(settings.LICZYDLO_EMULATOR_URL)
