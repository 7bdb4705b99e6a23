"""The documentation says what is true: links lead somewhere, the diagram is the code's, every dependency has its
reason, and its commands run."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
from liczydlo.sales.states import diagram

from tests.processes import ROOT, await_health, environment
from tests.servers import free_port

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("*/README.md")])
MAP = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## Dependencies")[0]
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
    (drawn,) = re.findall(r"```mermaid\n(.*?)```", MAP, re.DOTALL)
    assert drawn == diagram()


PACKAGES = {
    "liczydlo": ROOT / "app" / "src" / "liczydlo",
    "ksef_emulator": ROOT / "emulator" / "src" / "ksef_emulator",
}
FOLDERS = (ROOT, *(place for package in PACKAGES.values() for place in (package.parent, package)))
"""From which the map names files."""
NO_NAMES = ("://", "<", "*", "=", "LISTEN/NOTIFY", "{", ":86:", " ")
"""What stands between backquotes and names nothing of ours."""


def places(name: str, folders: Iterable[Path]) -> list[Path]:
    """The files and folders that a name may mean."""
    plain = name.rstrip("/")
    return [
        folder / text for folder in folders for text in (plain, f"{plain}.py") if (folder / text).exists()
    ]


def test_the_walks_name_files_and_functions_that_exist() -> None:
    walks = MAP.partition("## Two walks")[2].partition("## Where a new thing goes")[0]
    named = re.findall(r"`((?:liczydlo|ksef_emulator)/[\w/]+(?:\.py)?)`((?: (?:and )?`\w+`)*)", walks)
    assert len(named) > 15
    for path, functions in named:
        (file,) = places(path, [package.parent for package in PACKAGES.values()])
        for function in re.findall(r"`(\w+)`", functions):
            assert re.search(rf"def {function}\(", file.read_text(encoding="utf-8")), (
                f"{path} has no {function}"
            )


def test_the_map_names_nothing_that_is_not_there() -> None:
    """A file without a folder lies in a folder that the same paragraph or row has named; any other name is a word of
    the source."""
    sources = [path for package in PACKAGES.values() for path in package.rglob("*")]
    texts = [path.read_text(encoding="utf-8") for path in sources if path.suffix in (".py", ".html", ".js")]
    words = {word for text in texts for word in re.findall(r"\w+", text)} | {path.stem for path in sources}
    absent = []
    for part in re.split(r"\n\n|\n(?=\|)", re.sub(r"```.*?```", "", MAP, flags=re.DOTALL)):
        near: set[Path] = set()
        for name in re.findall(r"`([^`\n]+)`", part):
            if any(sign in name for sign in NO_NAMES):
                continue
            if "/" in name or re.search(r"\.(py|html|js|toml)$", name):
                there = places(name, [*FOLDERS, *near])
                near.update(
                    place for path in there for place in (path, *path.parents) if ROOT in place.parents
                )
                if not there:
                    absent.append(name)
            elif not set(re.findall(r"[^\W\d]\w*", name)) <= words:
                absent.append(name)
    assert not absent


def test_the_map_draws_the_layers_that_are_held() -> None:
    drawn = MAP.partition("## The layers")[2].partition("```\n")[2].partition("```")[0]
    rows = [set(line.split("  ")[0].split(" · ")) for line in drawn.splitlines() if not line.startswith(" ")]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    held = [set(re.split(r" [|:] ", layer)) for layer in layers]
    assert rows == held[held.index({"home"}) :]


def test_every_dependency_has_its_reason() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.partition("## Dependencies")[2].partition("\n## ")[0]
    explained = set(re.findall(r"^\| ([a-z0-9][a-z0-9-]*) \| ", table, re.MULTILINE))
    expected: set[str] = set()
    for folder in ("app", "emulator"):
        project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
        expected |= {_name(line) for line in project["dependencies"]}
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    expected |= {_name(line) for group in groups.values() for line in group}
    assert expected == explained - {"dependency"}


def _name(requirement: str) -> str:
    match = _NAME.match(requirement)
    assert match
    return match[0].lower()


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
        result = blocks("emulator.md")
        assert len(result) >= 3
        for block in result:
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
    result = blocks("operations.md")
    assert result
    surroundings = environment(tmp_path / "data", "http://127.0.0.1:9")
    surroundings["PATH"] = f"{_command(tmp_path, 'liczydlo')}:{surroundings['PATH']}"
    for block in result:
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
