#!/usr/bin/env python3
"""The one entry for people: ``python3 dev.py demo | test | check | bench``.

Needs Python 3.11 or newer and nothing else: it makes ``.venv`` beside this file, installs the exact,
hash-checked versions of ``requirements*.lock`` there, and runs the rest inside.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import inspect
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST, NEWEST = (3, 11), (3, 14)


def stop(message: str) -> None:
    """End with one clear line instead of a traceback."""
    sys.exit(f"dev.py: {message}")


def run(*command: str | Path, folder: Path = ROOT) -> int:
    """Run a command, in the project's folder, and give its exit code; Ctrl-C belongs to the child."""
    process = subprocess.Popen([str(part) for part in command], cwd=folder)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def make_venv() -> None:
    """Create ``.venv``; a Debian without ``python3-venv`` gets told what to install."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        stop(f"needs Python 3.11 to 3.14; this is {sys.version.split()[0]}")
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        stop(f"this Python has no 'venv' module; on Debian or Ubuntu run: sudo apt install {package}")
    import venv  # noqa: PLC0415 - absent on a bare Debian, which the line above reports

    print("Preparing .venv (once) …", flush=True)
    venv.EnvBuilder(with_pip=True, clear=VENV.exists()).create(VENV)


def install(lock: str) -> None:
    """Bring ``.venv`` to exactly what ``lock`` names; nothing happens when it is there already.

    The mark holds the digest of the lock and of both package descriptions, and the Python that made it.
    """
    digest = hashlib.sha256(repr(sys.version_info[:3]).encode())
    for name in (lock, "app/pyproject.toml", "emulator/pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    digest.update(str(ROOT).encode())
    mark = VENV / f"{lock}.installed"
    if PYTHON.exists() and mark.exists() and mark.read_text() == digest.hexdigest():
        return
    if not PYTHON.exists() or subprocess.run([PYTHON, "-c", ""], check=False, capture_output=True).returncode:
        make_venv()
    print(f"Installing what {lock} names …", flush=True)
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-input")
    if run(*pip, "--no-compile", "--require-hashes", "-r", ROOT / lock):
        stop("the installation failed; pip's own message stands above")
    # Compiled on all processors, while the next step waits: pip does it on one, package by package.
    compiling = subprocess.Popen([PYTHON, "-m", "compileall", "-qq", "-j", "0", VENV / "lib"])
    if run(*pip, "--no-deps", "--no-build-isolation", "-e", ROOT / "app", "-e", ROOT / "emulator"):
        stop("our own two packages could not be installed; pip's own message stands above")
    compiling.wait()  # a file of a package that no Python compiles is its own matter
    mark.write_text(digest.hexdigest())


def missing_for_tests() -> list[str]:
    """Name what this machine lacks for the whole suite: Debian's package and what it is for."""
    postgresql = list(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb")
    found = {
        "chromium-headless-shell or chromium (browser tests)": shutil.which("chromium-headless-shell")
        or shutil.which("chromium")
        or shutil.which("chromium-browser"),
        "postgresql (the same tests on PostgreSQL)": postgresql,
        "dovecot-imapd (letters that come back)": shutil.which(
            "dovecot", path=f"{os.environ['PATH']}:/usr/sbin"
        ),
        "gettext (whether translations are complete)": shutil.which("msgfmt"),
        "curl (whether the documentation's commands run)": shutil.which("curl"),
        "openssl (key files as other programs write them)": shutil.which("openssl"),
        "../shared (the official OpenAPI, XSDs and examples)": (ROOT.parent / "shared" / "spec").is_dir(),
    }
    return [name for name, there in found.items() if not there]


def test(arguments: list[str]) -> int:
    """Run every test that this machine can on SQLite, and each statement of the application's on PostgreSQL too.

    Arguments go to pytest, and only what they name is run: dev.py test app/tests/sales -x
    Everything on PostgreSQL: dev.py test -p tests.servers app/tests -m "not browser and not pure"
    """
    install("requirements-dev.lock")
    missing = missing_for_tests()
    for name in missing:
        print(f"Missing here: {name}", flush=True)
    if missing and os.environ.get("CI") == "true":
        stop("under CI=true nothing may be missing")
    if arguments:
        return run(PYTHON, "-m", "pytest", *arguments)
    # Rewritten tests and our own sources are compiled once, before all, and not by each of dozens of processes.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # Tests wait for browsers and servers a third of their time: two workers more than processors.
    processors = os.cpu_count() or 1
    # In small portions: a worker that waits for a browser would keep hundreds of tests from the others.
    pytest = (PYTHON, "-m", "pytest", "--maxschedchunk", "20", "-n")
    with tempfile.TemporaryDirectory() as notes:
        os.environ["LICZYDLO_TESTS_STATEMENTS"] = notes
        failed = run(*pytest, str(processors + 2), "-p", "tests.compiled", "-p", "tests.statements")
        if not any(name.startswith("postgresql") for name in missing):
            print("On PostgreSQL, each statement that these tests executed:", flush=True)
            names = subprocess.check_output([PYTHON, "-m", "tests.statements", notes], cwd=ROOT)
            chosen = Path(notes) / "chosen"
            chosen.write_bytes(names)
            failed = run(*pytest, str(processors + 1), "-p", "tests.servers", f"@{chosen}") or failed
    return failed


def check(arguments: list[str]) -> int:
    """Style, types and import rules: ruff, djangofmt, strict mypy, import-linter, side by side.

    Arguments go to ruff's check: dev.py check --fix
    """
    install("requirements-dev.lock")
    djangofmt = PYTHON.parent / "djangofmt"
    commands = (
        (PYTHON, "-m", "mypy", "app/src/liczydlo"),
        (PYTHON, "-m", "mypy", "--cache-dir=.mypy_cache/emulator", "emulator/src/ksef_emulator"),
        (PYTHON, "-m", "ruff", "check", *arguments, "."),
        (PYTHON, "-m", "ruff", "format", "--check", "."),
        (djangofmt, "--check", "app/src"),
        (
            djangofmt,
            "--check",
            "--profile",
            "jinja",
            "emulator/src",
            *ROOT.glob("app/src/liczydlo/*/jinja2/*/*.html"),
        ),
        (PYTHON, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
    )
    started = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for command in commands
    ]
    for process in started:
        print(process.communicate()[0], end="", flush=True)
    return max(process.returncode for process in started)


def bench(arguments: list[str]) -> int:
    """Run the benchmarks of ``benchmarks/`` one after another, or those that are named: dev.py bench prints."""
    install("requirements-dev.lock")
    names = arguments or sorted(path.stem for path in (ROOT / "benchmarks").glob("[a-z]*.py"))
    return max([run(PYTHON, ROOT / "benchmarks" / f"{name}.py") for name in names], default=0)


def demo(arguments: list[str]) -> int:
    """Emulator and application with two demo firms that send real invoices before your eyes.

    --once                 end after the run; exit code 0 only if all arrived
    --scenario failure     KSeF is away: from the announcement to the last late invoice
    --invoices DIR         send these FA(3) files instead
    --renumber             give each file's P_2 a unique ending first
    --out DIR              where XML, UPO, PDF and results.json go (demo-output)
    --port N               the application's port (8080)
    --emulator-port N      the emulator's port (8090)
    --control-port N       the emulator's control panel's port (8091)
    """
    install("requirements.lock")
    return run(PYTHON, "-m", "liczydlo.demo", *arguments, folder=Path.cwd())  # DIR is where the caller is


COMMANDS = {"demo": demo, "test": test, "check": check, "bench": bench}


def main() -> int:
    """Read the command and hand over the rest of the line to it; ``--help`` is answered here, without ``.venv``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="|".join(COMMANDS))
    for name, command in COMMANDS.items():
        words = (command.__doc__ or "").strip()
        commands.add_parser(
            name,
            help=words.splitlines()[0],
            description=inspect.cleandoc(words),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            usage=f"dev.py {name} [arguments]",
        )
    known, rest = parser.parse_known_args(sys.argv[1:])
    return COMMANDS[known.command](rest)


if __name__ == "__main__":
    sys.exit(main())
