"""The documentation says what is true: links lead somewhere, the diagram is the code's, every dependency has its
reason, and its commands run."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from liczydlo.sales.states import diagram

from tests.processes import ROOT, await_health, environment
from tests.servers import free_port

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("*/README.md")])
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_NAME = re.compile(r"^[A-Za-z0-9._-]+")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = [
        target
        for target in _LINK.findall(page.read_text(encoding="utf-8"))
        if not target.startswith(("http://", "https://", "#", "mailto:"))
        and not (page.parent / target.partition("#")[0]).exists()
    ]
    assert not broken


def test_the_diagram_is_the_table_of_states() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    (drawn,) = re.findall(r"```mermaid\n(.*?)```", page, re.DOTALL)
    assert drawn == diagram()


def test_the_map_names_files_and_functions_that_exist() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    walks = page.partition("## Two walks")[2].partition("## Where a new thing goes")[0]
    named = re.findall(r"`((?:liczydlo|ksef_emulator)/[\w/]+(?:\.py)?)`((?: (?:and )?`\w+`)*)", walks)
    assert len(named) > 15
    for path, functions in named:
        program = "app" if path.startswith("liczydlo") else "emulator"
        file = ROOT / program / "src" / path
        assert file.exists(), path
        for function in re.findall(r"`(\w+)`", functions):
            assert re.search(rf"def {function}\(", file.read_text(encoding="utf-8")), (
                f"{path} has no {function}"
            )


def test_every_dependency_has_its_reason() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.partition("## Dependencies")[2].partition("\n## ")[0]
    explained = set(re.findall(r"^\| ([a-z0-9][a-z0-9-]*) \| ", table, re.MULTILINE))
    wanted: set[str] = set()
    for folder in ("app", "emulator"):
        project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
        wanted |= {_name(line) for line in project["dependencies"]}
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    wanted |= {_name(line) for group in groups.values() for line in group}
    assert wanted == explained - {"dependency"}


def _name(requirement: str) -> str:
    found = _NAME.match(requirement)
    assert found
    return found[0].lower()


def blocks(page: str) -> list[str]:
    """The blocks of a page that are marked to be run: ```sh run."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(r"```sh run\n(.*?)```", text, re.DOTALL)


def _command(tmp_path: Path, name: str) -> Path:
    """A folder with a command as its distribution would install it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / name
    module = name.replace("-", "_")
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
    command.chmod(0o755)
    return folder


@pytest.mark.curl
def test_the_commands_of_the_emulators_guide_run(tmp_path: Path) -> None:
    """Started as the guide says, then every block, one after another, in one folder."""
    port, control = free_port(), free_port()
    others = {":8090": port, ":8091": control, "9443": free_port(), "9444": free_port()}
    started = subprocess.Popen(
        [sys.executable, "-m", "ksef_emulator", "--port", str(port), "--control-port", str(control)],
        env=environment(tmp_path, ""),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    surroundings = environment(tmp_path, "") | {
        "PATH": f"{_command(tmp_path, 'ksef-emulator')}:{os.environ['PATH']}"
    }
    try:
        await_health(f"http://127.0.0.1:{control}", started)
        found = blocks("emulator.md")
        assert len(found) >= 3
        for block in found:
            command = block
            for written, taken in others.items():
                command = command.replace(written, f"{':' * written.startswith(':')}{taken}")
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", command],
                cwd=tmp_path,
                env=surroundings,
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            assert done.returncode == 0, (command, done.stderr)
        assert re.fullmatch(
            r"9992000202-\d{8}-[0-9A-F]{12}-[0-9A-F]{2}", (tmp_path / "ksef-number").read_text()
        )
        assert "9992000202" in (tmp_path / "upo.xml").read_text()
    finally:
        started.send_signal(signal.SIGINT)
        assert started.wait(timeout=20) == 0


def test_the_commands_of_operations_run(tmp_path: Path) -> None:
    """Checking, migrating and rotating the master key, with the data folder of the test."""
    found = blocks("operations.md")
    assert found
    surroundings = environment(tmp_path / "data", "http://127.0.0.1:9")
    surroundings["PATH"] = f"{_command(tmp_path, 'liczydlo')}:{surroundings['PATH']}"
    for block in found:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=tmp_path,
            env=surroundings,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, (block, done.stderr)
