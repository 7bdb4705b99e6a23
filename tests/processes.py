"""The application as real processes on real ports, for tests that start, kill and look at it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.servers import free_port

ROOT = Path(__file__).parent.parent
PATIENCE = 60.0  # seconds for anything that a process has to do by itself


def environment(folder: Path, emulator: str, **more: str) -> dict[str, str]:
    """What the application reads: this data folder and this emulator, and nothing of the caller's settings."""
    foreign = ("LICZYDLO_", "DATABASE_URL", "REDIS_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "liczydlo.settings",
        "LICZYDLO_DATA": str(folder),
        "LICZYDLO_EMULATOR_URL": emulator,
        "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("app/src", "emulator/src")),
        **more,
    }


@dataclass(frozen=True, kw_only=True)
class Application:
    """One installation of the application: its data folder and its KSeF."""

    folder: Path
    emulator: str

    def drive(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command of ``driver.py`` to its end; ``more`` are further environment variables."""
        return subprocess.run(
            [sys.executable, str(ROOT / "tests" / "driver.py"), *arguments],
            env=environment(self.folder, self.emulator, LICZYDLO_WORKER="off", **more),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def serve(self, **more: str) -> tuple[subprocess.Popen[bytes], str]:
        """Start ``liczydlo serve``; the process and the address that it will answer at."""
        port = free_port()
        with (self.folder / "serve.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "liczydlo", "serve", "--port", str(port)],
                env=environment(self.folder, self.emulator, **more),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return process, f"http://127.0.0.1:{port}"

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Look into the database from outside."""
        with sqlite3.connect(self.folder / "liczydlo.sqlite3", timeout=30) as db:
            return db.execute(query, values).fetchall()


def await_health(address: str, process: subprocess.Popen[bytes]) -> None:
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
