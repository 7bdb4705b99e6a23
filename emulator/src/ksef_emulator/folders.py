"""Folders of files that the database only names."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path

try:
    import fcntl
except ImportError:  # not on Windows: what a killed emulator leaves there stays
    fcntl = None  # type: ignore[assignment]

PREFIX = "ksef-emulator-files-"
_YOUNG = 60.0  # seconds: a folder made so lately may not be locked yet


class Folder:
    """A folder in the data directory; without one a temporary folder, made when it is first asked for.

    A temporary folder is locked while its process lives, and the next emulator removes those whose process was killed.
    """

    def __init__(self, data: Path | None, name: str) -> None:
        """``data`` is the data directory, or None."""
        self._permanent = None if data is None else data / name
        self._lock = threading.Lock()  # two requests may be the first
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._held: int | None = None  # descriptor of the locked folder

    @property
    def path(self) -> Path:
        """Where the files lie."""
        if self._permanent is not None:
            self._permanent.mkdir(parents=True, exist_ok=True)
            return self._permanent
        with self._lock:
            if self._temporary is None:
                remove_abandoned()
                self._temporary = tempfile.TemporaryDirectory(prefix=PREFIX)
                self._held = _held(Path(self._temporary.name))
            return Path(self._temporary.name)

    @property
    def is_there(self) -> bool:
        """Whether there can be any files in it."""
        return self._permanent is not None or self._temporary is not None

    def close(self) -> None:
        """Remove a temporary folder."""
        if self._temporary is not None:
            self._temporary.cleanup()
        if self._held is not None:
            os.close(self._held)
            self._held = None


def remove_abandoned() -> None:
    """Remove temporary folders of this user that no living process holds."""
    if fcntl is None:
        return
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # somebody else's, or gone meanwhile
            status = folder.lstat()
            if status.st_uid != os.geteuid() or time.time() - status.st_mtime < _YOUNG:
                continue
            if (held := _held(folder)) is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(held)


def _held(folder: Path) -> int | None:
    """Lock a folder until the descriptor is closed or the process dies; None where it is locked. Raises OSError."""
    if fcntl is None:
        return None
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
