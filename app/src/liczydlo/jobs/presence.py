"""Which processes are alive: each keeps a locked file in the data folder, and the kernel unlocks it when it dies.

So the work of a killed process is taken over at once on the same machine; elsewhere its lease has to run out.
"""

from __future__ import annotations

import os
import threading
import uuid
from pathlib import Path
from typing import IO

from django.conf import settings

try:
    import fcntl
except ImportError:  # not on Windows: there a lease has to run out
    fcntl = None  # type: ignore[assignment]

_own: dict[int, tuple[str, IO[bytes]]] = {}
_first = threading.Lock()


def _folder() -> Path:
    folder = Path(settings.LICZYDLO_DATA) / "workers"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def me() -> str:
    """The name of this process among the holders of claims; a forked child gets one of its own."""
    pid = os.getpid()
    with _first:
        if pid not in _own:
            name = uuid.uuid4().hex
            unseen = _folder() / f".{name}"
            file = unseen.open("wb")
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            unseen.rename(_folder() / name)  # seen only when locked, or it would look dead for a moment
            _own[pid] = (name, file)
        return _own[pid][0]


def is_dead(holder: str) -> bool:
    """Whether a holder surely lives no more; of another machine's nothing is known, so it counts as alive."""
    if fcntl is None or not holder.isalnum() or holder == me():
        return False
    path = _folder() / holder
    try:
        file = path.open("r+b")
    except FileNotFoundError:
        return False
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def forget(holder: str) -> None:
    """Remove the file of a dead process."""
    (_folder() / holder).unlink(missing_ok=True)


def sweep_files() -> int:
    """Remove the files of processes that died holding nothing; the count of them.

    A file whose process still holds a lease in the database is kept until the lease has been taken over.
    """
    from liczydlo.jobs.models import Job  # noqa: PLC0415 - models come after the apps are ready

    holding = set(Job.objects.exclude(holder="").values_list("holder", flat=True))
    dead = [path.name for path in _folder().iterdir() if path.name not in holding and is_dead(path.name)]
    for name in dead:
        forget(name)
    return len(dead)
