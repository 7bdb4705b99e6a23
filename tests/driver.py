"""What tests do inside the application, as a process of its own: ``python tests/driver.py connect|issue …``.

The environment says which data folder and which emulator; Django is set up as the application does it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import django

NIP = "9991000105"


def connect(control: str) -> None:
    """Migrate, make a person and a firm, get its certificates from the emulator and connect it in both tabs."""
    from django.conf import settings
    from django.core.management import call_command
    from liczydlo.companies.models import User
    from liczydlo.demo import firms
    from liczydlo.ksef import environments

    call_command("migrate", interactive=False, verbosity=0)
    owner = User.objects.create_user("ala@example.com", "Kwiecień-plecień 2026", name="Ala Nowak")
    ministry = firms.Ministry(
        environment=environments.emulator(settings.LICZYDLO_EMULATOR_URL), control=control
    )
    firms.connect(firms.COMPANY, ministry, owner)


def issue(path: str, mode: str = "online") -> None:
    """Issue a ready file in the firm's name; prints its row and digest."""
    from liczydlo.companies.models import Company
    from liczydlo.sales import services

    invoice = services.issue(Company.objects.get(), Path(path).read_bytes(), mode=mode)  # type: ignore[arg-type]
    print(json.dumps({"id": invoice.pk, "sha256": invoice.sha256}))


if __name__ == "__main__":
    django.setup()
    {"connect": connect, "issue": issue}[sys.argv[1]](*sys.argv[2:])
