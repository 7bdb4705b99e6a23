"""Folders of files that the database only names."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path


class Folder:
    """A folder in the data directory; without one a temporary folder, made when it is first asked for."""

    def __init__(self, data: Path | None, name: str) -> None:
        """``data`` is the data directory, or None."""
        self._kept = None if data is None else data / name
        self._lock = threading.Lock()  # two requests may be the first
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    @property
    def path(self) -> Path:
        """Where the files lie."""
        if self._kept is not None:
            self._kept.mkdir(parents=True, exist_ok=True)
            return self._kept
        with self._lock:
            if self._temporary is None:
                self._temporary = tempfile.TemporaryDirectory(prefix="ksef-emulator-")
            return Path(self._temporary.name)

    @property
    def is_there(self) -> bool:
        """Whether there can be any files in it."""
        return self._kept is not None or self._temporary is not None

    def close(self) -> None:
        """Remove a temporary folder."""
        if self._temporary is not None:
            self._temporary.cleanup()
