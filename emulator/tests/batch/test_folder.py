"""The folder of parts and packages, when several requests come first at the same time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ksef_emulator import folders
from ksef_emulator.folders import Folder


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
