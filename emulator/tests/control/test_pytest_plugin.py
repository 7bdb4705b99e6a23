"""The fixture ``ksef_emulator`` in a project of somebody else's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[2] / "src"
TESTS = """
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

addresses = []


def challenge(ksef_emulator):
    return urllib.request.urlopen(urllib.request.Request(ksef_emulator.api + "/auth/challenge", method="POST"))


def test_something(ksef_emulator):
    addresses.append(ksef_emulator.api)
    assert challenge(ksef_emulator).status == 200
    assert [each.path for each in ksef_emulator.requests] == ["/v2/auth/challenge"]
    ksef_emulator.seed(persons=[{"nip": "1112223344", "pesel": "85041212344"}])
    seal = ksef_emulator.certificate(kind="seal", nip="1112223344", name="Firma")
    assert "BEGIN PRIVATE KEY" in seal.privateKey
    ksef_emulator.clock.move(timedelta(days=9))
    ksef_emulator.faults.set("cut")
    with pytest.raises(OSError):
        challenge(ksef_emulator)


def test_another_finds_nothing_of_it(ksef_emulator):
    assert addresses == [ksef_emulator.api], "but the server is the same"
    assert ksef_emulator.requests == ()
    assert abs(ksef_emulator.clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert ksef_emulator.emulator.subjects.person("1112223344") is None
    assert challenge(ksef_emulator).status == 200
"""
CONFIGURED = """
import pytest


@pytest.fixture(scope="session")
def ksef_emulator_config():
    from ksef_emulator.config import Config

    return Config(public_url="https://ksef.example")


def test_it(ksef_emulator):
    assert ksef_emulator.emulator.config.base == "https://ksef.example"
"""
IDLE = """
import sys


def test_nothing_is_loaded():
    assert "ksef_emulator.pytest_plugin" in sys.modules
    assert not {name.partition(".")[0] for name in sys.modules} & {"fastapi", "uvicorn", "cryptography", "lxml"}
"""


@pytest.mark.parametrize(("source", "count"), [(TESTS, 2), (CONFIGURED, 1), (IDLE, 1)])
def test_in_a_project_of_its_own(source: str, count: int, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_it.py").write_text(source)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "ksef_emulator.pytest_plugin", str(tmp_path)],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(SOURCES),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_ADDOPTS": "",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"{count} passed" in run.stdout
