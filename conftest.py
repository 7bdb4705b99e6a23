"""What every test of the repository shares: the machine parts that a marked test needs, and how it does without."""

from __future__ import annotations

import functools
import gc
import os
import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpcore2
import hypothesis
import pytest
from ksef_emulator.model.identity.ca import Authority

from tests import chromium, keys
from tests.processes import shared_folder

ROOT = Path(__file__).parent
SHARED = ROOT.parent / "shared"

NEEDS = {
    "browser": ("Debian's chromium", chromium.executable),
    "curl": ("curl, which the documentation's commands use", lambda: shutil.which("curl")),
    "dovecot": (
        "Debian's dovecot-imapd",
        lambda: shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin"),
    ),
    "openssl": ("openssl, which writes key files as other programs do", lambda: shutil.which("openssl")),
    "shared": ("the official files in ../shared", (SHARED / "spec").is_dir),
    "gettext": ("gettext's msgfmt and xgettext", lambda: shutil.which("msgfmt") and shutil.which("xgettext")),
}

# A busy machine is no fault of what is tested: no time limit on examples, and the first waits for Unicode's tables.
hypothesis.settings.register_profile(
    "liczydlo", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("liczydlo")


@pytest.hookimpl(trylast=True)  # pytest-django puts what needs no database last
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest come first, that none is alone at the end: migrations from an empty database, which take half a
    minute, then those that wait for processes.

    Skip, by the name of a marker or a fixture, what this machine cannot run; under ``CI=true`` ``dev.py test`` refuses
    to begin.
    """
    items.sort(
        key=lambda item: (
            "empty_database" not in getattr(item, "fixturenames", ()),
            not item.path.is_relative_to(ROOT / "tests"),
        )
    )
    absent = {marker: what for marker, (what, there) in NEEDS.items() if not there()}
    for item in items:
        for marker, what in absent.items():
            if item.get_closest_marker(marker) or marker in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason=f"this machine lacks {what}"))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was collected stays to the end: looking again and again whether it is garbage takes a seventh of a run.

    The little of it that is garbage stays too: to look for it once takes half a second of each process.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of official files beside the repository; its tests carry ``@pytest.mark.shared``."""
    return SHARED


def pytest_configure() -> None:
    """The process that was called makes the folder of the run; its workers inherit the name.

    Until all is collected nothing is garbage, and looking for some takes a sixth of collecting.
    """
    shared_folder()
    gc.disable()


@pytest.fixture(autouse=True, scope="session")
def quick_keys() -> Iterator[None]:
    """Emulators get their keys from the run's (`tests.keys`)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Authority, "make_key", staticmethod(keys.another))
        yield


@pytest.fixture(autouse=True, scope="session")
def one_trust_store() -> Iterator[None]:
    """HTTP clients of tests share the system's trust in certificates: reading it costs each 40 ms of processor time,
    and nearly all of them speak plain HTTP to this machine."""
    read = httpcore2.default_ssl_context
    once = functools.cache(read)

    def context(*, _trust_env: bool = True) -> ssl.SSLContext:
        chosen = _trust_env and ("SSL_CERT_FILE" in os.environ or "SSL_CERT_DIR" in os.environ)
        return read(_trust_env=True) if chosen else once(_trust_env=False)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpcore2, "default_ssl_context", context)
        yield
