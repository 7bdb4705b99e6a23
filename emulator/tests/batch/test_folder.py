"""Folders of files: parts and packages when several requests come first, and what is left when a process is killed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ksef_emulator import folders
from ksef_emulator.folders import Folder, remove_abandoned
from ksef_emulator.intake.schemas import FA3, Schemas


def test_whoever_comes_first_all_get_the_same_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parallel uploads of a batch's parts: each had a temporary folder of its own, and one was gone at once."""
    together, make = threading.Barrier(4), folders.tempfile.TemporaryDirectory

    def slowly(*args: Any, **options: Any) -> Any:
        made = make(*args, **options)
        threading.Event().wait(0.02)  # another thread's turn
        return made

    monkeypatch.setattr(folders.tempfile, "TemporaryDirectory", slowly)
    folder = Folder(None, "parts")
    assert not folder.is_there

    def ask(_: int) -> Path:
        together.wait()
        return folder.path

    with ThreadPoolExecutor(4) as pool:
        paths = set(pool.map(ask, range(4)))
    assert len(paths) == 1 and folder.is_there and paths.pop().is_dir()
    folder.close()


def test_in_a_data_directory_it_stays(tmp_path: Path) -> None:
    folder = Folder(tmp_path, "parts")
    assert folder.is_there and folder.path == tmp_path / "parts"
    folder.close()
    assert (tmp_path / "parts").is_dir()


_ONE_WITH_A_FOLDER = """
import sys, time
from ksef_emulator.folders import Folder
folder = Folder(None, "parts")
print(folder.path, flush=True)
time.sleep(60)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The temporary directory of this test's processes."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield tmp_path


def test_the_folder_of_a_killed_emulator_goes_with_the_next_one(temporary: Path) -> None:
    """Killed processes left their folders behind for good."""
    command = [sys.executable, "-c", _ONE_WITH_A_FOLDER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        left = Path(process.stdout.readline().strip())
        os.utime(left, (0, 0))
        remove_abandoned()
        assert left.is_dir(), "its process lives"
        process.kill()
    (left / "part").write_bytes(b"x")
    os.utime(left, (0, 0))
    other = temporary / "ksef-emulator-data"
    other.mkdir()
    os.utime(other, (0, 0))
    folder = Folder(None, "parts")
    assert folder.path.is_dir() and not left.exists() and other.is_dir()
    folder.close()


def test_nothing_stays_where_schemas_were_compiled(temporary: Path) -> None:
    """A folder of schemas stayed for as long as its process, and for good when that was killed."""
    schemas = Schemas()
    schemas.prepare(FA3)
    assert list(temporary.iterdir()) == []
