"""Real processes of the application that need not import a thousand modules each: they are forked from a warm one.

``python tests/warm.py SOCKET`` imports the application with its models and views, under settings that nobody uses, and
forks a process for every connection: a JSON line says what to run, with which environment; the connection carries the
output's file descriptors, the process' id, and at the end its status. What runs reads its settings anew, is a process
like any other, with a session of its own, and may be killed. All workers of a test run share one warm process, which
ends when its socket goes away with the folder of the run.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

PATIENCE: Final = 60.0  # seconds
WATCH: Final = 1.0  # seconds between two looks whether the socket is still there


class Process:
    """A forked process, with as much of ``subprocess.Popen`` as the tests use."""

    def __init__(self, line: socket.socket) -> None:
        """``line`` is the connection that tells its id and, later, its status."""
        self._line = line
        self._text = line.makefile("r")
        self.pid = int(self._text.readline())
        self.returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Until it has ended; minus the signal when one ended it. Raises ``subprocess.TimeoutExpired``."""
        if self.returncode is None:
            self._line.settimeout(timeout)
            try:
                status = int(self._line.recv(32))
            except (TimeoutError, BlockingIOError) as error:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0) from error
            self.returncode = os.waitstatus_to_exitcode(status)
            self._text.close()
            self._line.close()
        return self.returncode

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        """SIGKILL, if it still runs."""
        self._send(signal.SIGKILL)

    def terminate(self) -> None:
        """SIGTERM, if it still runs."""
        self._send(signal.SIGTERM)

    def _send(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


class Warm:
    """The warm process: forks what :meth:`start` asks for, until its socket is gone."""

    def __init__(self, path: Path, environment: dict[str, str]) -> None:
        """``path`` is its socket; it is begun unless it is there, with the module path of ``environment``."""
        self._socket = path
        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                process = subprocess.Popen([sys.executable, __file__, str(path)], env=environment)
                deadline = time.monotonic() + PATIENCE
                while not path.exists():
                    assert process.poll() is None and time.monotonic() < deadline, "no warm process"
                    time.sleep(0.02)

    def start(self, argv: list[str], environment: dict[str, str], out: int, err: int) -> Process:
        """Run ``python -m NAME …`` or ``python FILE.py …``: ``argv`` is what follows; descriptors take the output."""
        line = socket.socket(socket.AF_UNIX)
        line.connect(str(self._socket))
        order = json.dumps({"argv": argv, "environment": environment, "folder": str(Path.cwd())})
        socket.send_fds(line, [f"{order}\n".encode()], [out, err])
        return Process(line)


def load() -> None:
    """Import all that a server imports, and make what every process would make of the package's own files."""
    import django
    from django.conf import settings
    from django.contrib.auth.hashers import Argon2PasswordHasher
    from django.db.migrations.loader import MigrationLoader
    from django.urls import get_resolver

    django.setup()
    get_resolver()._populate()
    middleware = (name.rpartition(".")[0] for name in settings.MIDDLEWARE)
    for name in ("granian.server", "typer", "liczydlo.demo.firms", "django.core.wsgi", *middleware):
        importlib.import_module(name)
    MigrationLoader(None, ignore_no_migrations=True)
    draw()
    # Argon2 as in life, with the least memory that it takes: at its real cost a log-in is a quarter of a second
    Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.time_cost, Argon2PasswordHasher.parallelism = (
        8,
        1,
        1,
    )
    gc.freeze()  # what is shared stays so


def draw() -> None:
    """Parse the templates and translations, and compile the schema, which are the same under any settings."""
    from django.apps import apps
    from django.template.loader import get_template
    from django.utils import translation
    from liczydlo.fa3 import xsd
    from liczydlo.fa3.source import NAMESPACE
    from liczydlo.web.templatetags.liczydlo import icon
    from lxml import etree

    for app in apps.get_app_configs():
        folder = Path(app.path) / "templates"
        for file in folder.rglob("*.*") if app.name.startswith("liczydlo.") else ():
            get_template(file.relative_to(folder).as_posix())
    for language in ("pl", "en"):
        with translation.override(language):
            translation.gettext("")
    xsd.of_tree(etree.ElementTree(etree.fromstring(f'<Faktura xmlns="{NAMESPACE}"/>')))
    icon("check")


def forget_settings() -> None:
    """In a forked process: its own environment decides, and nothing that was made of other settings stays."""
    from django.conf import settings
    from django.core.cache import caches
    from django.db import connections
    from django.utils.functional import empty

    for handler in (connections, caches):
        for alias in list(handler):
            if hasattr(handler._connections, alias):
                del handler[alias]
        del handler.settings  # type: ignore[attr-defined]
        handler._settings = None
    del sys.modules[settings.SETTINGS_MODULE]
    settings._wrapped = empty


def serve(path: str) -> dict[str, Any]:
    """Take connections; returns, in the forked process alone, what that is to run."""
    load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are not waited for
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{path}.new")
    listener.listen(64)
    Path(f"{path}.new").rename(path)
    listener.settimeout(WATCH)
    while True:
        try:
            line, _ = listener.accept()
        except TimeoutError:
            if Path(path).exists():
                continue
            sys.exit()  # the run is over; what was forked goes on
        line.setblocking(True)
        if os.fork() == 0:
            listener.close()
            return keep(line)
        line.close()


def keep(line: socket.socket) -> dict[str, Any]:
    """Fork the process itself and tell its status when it has ended; returns in the process itself alone."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    text, descriptors, _, _ = socket.recv_fds(line, 1 << 20, 2)
    while not text.endswith(b"\n"):
        text += line.recv(1 << 20)
    child = os.fork()
    if child == 0:
        line.close()
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for target, given in enumerate(descriptors, start=1):
            os.dup2(given, target)
            os.close(given)
        return json.loads(text)  # type: ignore[no-any-return]
    for given in descriptors:
        os.close(given)
    line.sendall(f"{child}\n".encode())
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(OSError):  # nobody waits any more
        line.sendall(str(status).encode())
    os._exit(0)


if __name__ == "__main__":
    order = serve(sys.argv[1])
    forget_settings()
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    if order["argv"][0] == "-m":
        sys.argv = order["argv"][1:]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = order["argv"]
        runpy.run_path(sys.argv[0], run_name="__main__")
