"""What every test of the repository shares: the machine parts that a marked test needs, and how it does without."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parent
SHARED = ROOT.parent / "shared"

NEEDS = {
    "browser": ("Debian's chromium", lambda: shutil.which("chromium") or shutil.which("chromium-browser")),
    "curl": ("curl, which the documentation's commands use", lambda: shutil.which("curl")),
    "openssl": ("openssl, which writes key files as other programs do", lambda: shutil.which("openssl")),
    "shared": ("the official files in ../shared", (SHARED / "spec").is_dir),
    "gettext": ("gettext's msgfmt and xgettext", lambda: shutil.which("msgfmt") and shutil.which("xgettext")),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, by name, what this machine cannot run; under ``CI=true`` ``dev.py test`` refuses to begin."""
    absent = {marker: what for marker, (what, there) in NEEDS.items() if not there()}
    for item in items:
        for marker, what in absent.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=f"this machine lacks {what}"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of official files beside the repository; its tests carry ``@pytest.mark.shared``."""
    return SHARED
