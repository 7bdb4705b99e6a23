"""The one entry for people: what ``dev.py`` says on a machine that lacks something, and the rules it holds."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT

pytestmark = pytest.mark.pure
SOURCES = ("app/src", "emulator/src", ".")


def python(code: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run code beside ``dev.py`` in a process of its own."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in SOURCES)}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_import_rules_hold() -> None:
    """The document and the client know nothing of Django; the two sides of the protocol share no code."""
    done = python("from importlinter.cli import lint_imports_command; lint_imports_command()")
    assert done.returncode == 0, done.stdout


def test_a_python_without_venv_gets_one_line() -> None:
    done = python(
        "import importlib.util as u; find = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'ensurepip' else find(name, *a)\n"
        "import dev; dev.make_venv()"
    )
    assert done.returncode == 1
    assert "sudo apt install python3." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("version", [(3, 10, 12), (3, 15, 0)])
def test_another_python_gets_one_line(version: tuple[int, int, int]) -> None:
    done = python(f"import sys; sys.version_info = {version}\nimport dev; dev.make_venv()")
    assert done.returncode == 1
    assert "needs Python 3.11 to 3.14" in done.stderr
    assert "Traceback" not in done.stderr


def test_under_ci_nothing_may_be_missing() -> None:
    done = python(
        "import os; os.environ['CI'] = 'true'\n"
        "import dev; dev.install = lambda lock: None\n"
        "dev.missing_for_tests = lambda: ['redis-server']; dev.test([])"
    )
    assert done.returncode == 1
    assert "Missing here: redis-server" in done.stdout


def test_the_readme_names_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "python3 dev.py demo" in readme
    assert "python3 dev.py test" in readme


def test_every_lock_is_hashed_and_exact() -> None:
    """Plain pip reads both with ``--require-hashes``; the development lock holds everything that the other does."""
    locks = {}
    for name in ("requirements.lock", "requirements-dev.lock"):
        entries = (ROOT / name).read_text().replace("\\\n", " ").splitlines()
        expected = [line for line in entries if line and not line.startswith("#")]
        assert all("==" in line and "--hash=sha256:" in line for line in expected), name
        locks[name] = {line.split()[0] for line in expected}
    assert locks["requirements.lock"] <= locks["requirements-dev.lock"]


@pytest.mark.parametrize("command", ["", "demo", "test", "check", "bench"])
def test_help_is_answered_at_once_without_a_venv(command: str, tmp_path: Path) -> None:
    """A copy of ``dev.py`` alone: nothing to install from, and nothing is made."""
    (tmp_path / "dev.py").write_bytes((ROOT / "dev.py").read_bytes())
    arguments = [part for part in (command, "--help") if part]
    done = subprocess.run(
        [sys.executable, "dev.py", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 0 and done.stdout.startswith("usage: dev.py"), done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["dev.py"]


def test_the_help_of_the_demo_names_its_options() -> None:
    """``dev.py`` cannot import the demo before ``.venv`` is there, so it says them itself."""
    from liczydlo.demo.__main__ import cli
    from typer.main import get_command

    import dev

    theirs = {option for one in get_command(cli).params for option in one.opts} - {"--help"}
    assert theirs == set(re.findall(r"^ +(--[a-z-]+)", dev.demo.__doc__ or "", re.MULTILINE))
