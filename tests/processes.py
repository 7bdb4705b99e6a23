"""The application as real processes on real ports, for tests that start, kill and look at it."""

from __future__ import annotations

import atexit
import fcntl
import functools
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx2
import psycopg

from tests.servers import free_port
from tests.warm import Process, Warm

ROOT = Path(__file__).parent.parent
PATIENCE = 180.0  # seconds for anything that a process has to do by itself, on a machine with much else to do


@functools.cache
def shared_folder() -> Path:
    """A folder that all workers of a test run share; it goes away with the process that made it."""
    if named := os.environ.get("LICZYDLO_TESTS_SHARED"):
        return Path(named)
    folder = Path(tempfile.mkdtemp(prefix="liczydlo-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["LICZYDLO_TESTS_SHARED"] = str(folder)
    return folder


def environment(folder: Path, emulator: str, **more: str) -> dict[str, str]:
    """What the application reads: this data folder and this emulator, and nothing of the caller's settings."""
    foreign = ("LICZYDLO_", "DATABASE_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "liczydlo.settings",
        "LICZYDLO_DATA": str(folder),
        "LICZYDLO_EMULATOR_URL": emulator,
        "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("app/src", "emulator/src")),
        **more,
    }


@functools.cache
def warm() -> Warm:
    """The process of this test run from which those of all its workers are forked."""
    folder = shared_folder() / "warm-data"
    folder.mkdir(mode=0o700, exist_ok=True)
    return Warm(shared_folder() / "warm", environment(folder, "http://127.0.0.1:1"))


@functools.cache
def migrated() -> Path:
    """A data folder that ``liczydlo serve`` has brought up to date and nobody has used; to be copied.

    One for all workers of a run: bringing a database up to date takes longer than most files of tests do.
    """
    folder = shared_folder() / "migrated"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            made = folder.with_suffix(".new")
            made.mkdir(mode=0o700)
            done = Application(folder=made, emulator="http://127.0.0.1:1").drive("migrate")
            assert done.returncode == 0, done.stderr
            made.rename(folder)
    return folder


@functools.cache
def migrated_postgresql(server: str) -> str:
    """The name of an up-to-date database of ``server``, a URL of its ``postgres``; workers copy it."""
    name = "liczydlo_migrated"
    folder = shared_folder() / name
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            made = folder.with_suffix(".new")
            made.mkdir(mode=0o700)
            address = server.removesuffix("/postgres") + "/" + name
            done = Application(folder=made, emulator="http://127.0.0.1:1").drive(
                "migrate", DATABASE_URL=address
            )
            assert done.returncode == 0, done.stderr
            made.rename(folder)
    return name


@dataclass(frozen=True, kw_only=True)
class Application:
    """One installation of the application: its data folder and its KSeF."""

    folder: Path
    emulator: str

    def drive(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command of ``driver.py`` to its end; ``more`` are further environment variables."""
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            process = warm().start(
                [str(ROOT / "tests" / "driver.py"), *arguments],
                environment(self.folder, self.emulator, LICZYDLO_WORKER="off", **more),
                out.fileno(),
                err.fileno(),
            )
            code = process.wait(PATIENCE)
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(arguments, code, out.read(), err.read())

    def serve(self, **more: str) -> tuple[Process, str]:
        """Start ``liczydlo serve``; the process and the address that it will answer at."""
        port = free_port()
        with (self.folder / "serve.log").open("ab") as log:
            process = warm().start(
                ["-m", "liczydlo", "serve", "--port", str(port)],
                environment(self.folder, self.emulator, **more),
                log.fileno(),
                log.fileno(),
            )
        return process, f"http://127.0.0.1:{port}"

    def work(self, command: str, **more: str) -> Process:
        """Start a worker by a command of ``driver.py``."""
        with (self.folder / "worker.log").open("ab") as log:
            return warm().start(
                [str(ROOT / "tests" / "driver.py"), command],
                environment(self.folder, self.emulator, **more),
                log.fileno(),
                log.fileno(),
            )

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Look into the database from outside."""
        with sqlite3.connect(self.folder / "liczydlo.sqlite3", timeout=30) as db:
            return db.execute(query, values).fetchall()


def await_health(address: str, process: Process) -> None:
    """Until the application answers; fails when it ends first."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, "the application ended"
        try:
            if httpx2.get(f"{address}/health", timeout=2, trust_env=False).is_success:
                return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise AssertionError("the application does not answer")
