"""Tests that need both programs: end to end, browser, crash, contract."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ksef_emulator.config import Config
from ksef_emulator.testing import Running, running_emulator

from tests.processes import Application, migrated


@pytest.fixture(scope="session")
def ksef() -> Iterator[Running]:
    """An emulator for all tests of a worker. Nobody is limited: the installations of all of them are one firm, whose
    hour would be used up by the first few."""
    with running_emulator(Config(rate_limits="off")) as running:
        yield running


@pytest.fixture(scope="session")
def connected_template(ksef: Running, tmp_path_factory: pytest.TempPathFactory) -> Application:
    """An installation with one firm, connected in both tabs; copied for each test."""
    template = Application(folder=tmp_path_factory.mktemp("template"), emulator=ksef.url)
    shutil.copytree(migrated(), template.folder, dirs_exist_ok=True)
    done = template.drive("connect", ksef.control_url)
    assert done.returncode == 0, done.stderr
    return template


@pytest.fixture
def installation(connected_template: Application, tmp_path: Path) -> Callable[[], Application]:
    """Makes a connected installation of its own."""

    def make() -> Application:
        folder = tmp_path / "data"
        shutil.copytree(connected_template.folder, folder)
        return Application(folder=folder, emulator=connected_template.emulator)

    return make
