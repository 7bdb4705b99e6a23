"""A pytest plugin (``-p tests.servers``): a PostgreSQL of this run's own, for the application's tests.

It is Debian's, on a free loopback port, with its data in a folder that goes away. Under root it runs as an
unprivileged user, for PostgreSQL refuses root (which is also why ``pytest-postgresql`` cannot start it there). Its
address is set as ``DATABASE_URL`` before Django reads its settings; pytest-xdist's workers inherit it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

_started: list[subprocess.Popen[bytes]] = []
_folders: list[Path] = []
PATIENCE = 30.0  # seconds to wait for a server's first answer


def free_port() -> int:
    """A loopback TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _folder(owner: str | None) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="liczydlo-servers-"))
    _folders.append(folder)
    if owner:
        shutil.chown(folder, owner)
    return folder


def _unprivileged() -> str | None:
    """The user that servers run as: ourselves, or, when we are root, whichever of these exists."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def _await(answers: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not answers():
        if time.monotonic() > deadline:
            pytest.exit(f"{what} did not start within {PATIENCE:.0f} s", returncode=3)
        time.sleep(0.05)  # a foreign process has no clock of ours to turn


def start_postgresql() -> str:
    """Start PostgreSQL; returns its ``DATABASE_URL``."""
    user = _unprivileged()
    result = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    binaries = result[-1].parent if result else Path(str(shutil.which("initdb"))).parent
    folder, port = _folder(user), free_port()
    data = folder / "data"
    cluster = [binaries / "initdb", "-D", data, "-U", "liczydlo", "-A", "trust", "-N"]
    encoding = ["-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run([*cluster, *encoding], check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)
    quick = (
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        f"unix_socket_directories={folder}",
    )
    options = [part for setting in quick for part in ("-c", setting)]
    log = (folder / "log").open("wb")
    _started.append(
        subprocess.Popen(
            [binaries / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), *options],
            user=user, cwd=folder, stdout=log, stderr=log,
        )
    )  # fmt: skip
    ready = [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-U", "liczydlo"]
    _await(lambda: subprocess.run(ready, check=False).returncode == 0, "PostgreSQL")
    return f"postgresql://liczydlo@127.0.0.1:{port}/postgres"


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start it once, in the process that was called; its xdist workers only inherit the address."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["DATABASE_URL"] = start_postgresql()


def pytest_unconfigure() -> None:
    """End the server and remove its folder."""
    for process in _started:
        process.terminate()
    for process in _started:
        process.wait(timeout=PATIENCE)
    for folder in _folders:
        shutil.rmtree(folder, ignore_errors=True)
