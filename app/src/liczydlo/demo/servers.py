"""The two programs as a user starts them: each a process of its own, with data that goes away with the demo."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2

PATIENCE = 60.0  # seconds to wait for a program's first answer
_PAUSE = 0.05  # seconds between two looks
_LINES = 12  # of a program's log, shown when it does not start


class NotStarted(Exception):
    """The demo cannot run here; the text is one line for people."""


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Loopback TCP ports: of the application, of the emulator and of its control panel."""

    application: int = 8080
    emulator: int = 8090
    control: int = 8091

    def refuse_taken(self) -> None:
        """Raises NotStarted, naming the port and the option that chooses another."""
        for name, option in (
            ("application", "--port"),
            ("emulator", "--emulator-port"),
            ("control", "--control-port"),
        ):
            port = getattr(self, name)
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError as error:
                    raise NotStarted(
                        f"port {port} is taken (or not ours to open); stop what listens there, or choose another: "
                        f"{option} {port + 1000}"
                    ) from error


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the programs answer."""

    application: str
    emulator: str
    control: str


@dataclass(kw_only=True)
class Servers:
    """Emulator and application, running while the ``with`` block lasts. ``folder`` takes their data and logs."""

    ports: Ports
    folder: Path
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict, repr=False)

    @property
    def addresses(self) -> Addresses:
        """Their base addresses, without a trailing slash."""
        base = "http://127.0.0.1"
        return Addresses(
            application=f"{base}:{self.ports.application}",
            emulator=f"{base}:{self.ports.emulator}",
            control=f"{base}:{self.ports.control}",
        )

    def environment(self) -> dict[str, str]:
        """What the application reads: its own data folder and this emulator with its clock, whatever the caller set."""
        ours = {
            "DJANGO_SETTINGS_MODULE": "liczydlo.settings",
            "LICZYDLO_DATA": str(self.folder / "application"),
            "LICZYDLO_EMULATOR_URL": self.addresses.emulator,
            "LICZYDLO_EMULATOR_CLOCK": self.addresses.control,
        }
        foreign = ("LICZYDLO_", "DATABASE_URL", "DJANGO_")
        return {name: value for name, value in os.environ.items() if not name.startswith(foreign)} | ours

    def __enter__(self) -> Self:
        """Start both and wait for their first answers. Raises NotStarted with the end of the log."""
        self.ports.refuse_taken()
        emulator = ("ksef_emulator", "--port", self.ports.emulator, "--control-port", self.ports.control)
        try:
            self._start("emulator", *emulator)
            self._start("application", "liczydlo", "serve", "--port", self.ports.application)
            self._await("emulator", f"{self.addresses.control}/health")
            self._await("application", f"{self.addresses.application}/health")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End what was started, the application first, so that it does not miss its KSeF."""
        for process in reversed(self._processes.values()):
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()

    def log(self, name: str) -> Path:
        """Where a program writes what it has to say."""
        return self.folder / f"{name}.log"

    def _start(self, name: str, *arguments: str | int) -> None:
        with self.log(name).open("wb") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", *map(str, arguments)],
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is ours; we end them in order
            )

    def _await(self, name: str, health: str) -> None:
        """Raises NotStarted when the program ends, or does not answer in time."""
        process, deadline = self._processes[name], time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < deadline:
            try:
                if httpx2.get(health, timeout=2.0, trust_env=False).status_code == httpx2.codes.OK:
                    return
            except httpx2.TransportError:
                time.sleep(_PAUSE)  # not listening yet
        lines = self.log(name).read_text(errors="replace").splitlines()[-_LINES:]
        raise NotStarted("\n    ".join([f"the {name} did not start; the end of its log:", *lines]))


def stop_on_sigterm() -> None:
    """Let SIGTERM end the demo as Ctrl-C does, so that it leaves no program behind."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
