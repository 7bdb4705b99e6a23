"""``ksef-emulator`` as a user starts it."""

from __future__ import annotations

import dataclasses
import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from ksef_emulator.config import Config
from ksef_emulator.flags import ABOUT, COMMANDS, FLAGS, parse
from ksef_emulator.server import VERSION
from ksef_emulator.testing import running_emulator

SOURCES = Path(__file__).resolve().parents[2] / "src"


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield int(held.getsockname()[1])


def start(*flags: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "ksef_emulator", *flags],
        env={**os.environ, "PYTHONPATH": str(SOURCES), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_says_where_it_is_and_ends_when_asked(tmp_path: Path) -> None:
    process = start("--port", "0", "--control-port", "0", "--data-dir", str(tmp_path / "my data"))
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "ready" in line:
                break
        assert "to NIE jest KSeF" in said
        api = next(line.split()[-1] for line in said.splitlines() if " API " in line)
        assert httpx2.post(f"{api}/auth/challenge", trust_env=False).is_success
        assert (tmp_path / "my data" / "ksef-emulator.sqlite3").exists()
    finally:
        process.send_signal(signal.SIGTERM)
    _, complaints = process.communicate(timeout=20)
    assert process.returncode == 0
    assert complaints == ""


def test_asked_to_end_again_and_again_it_ends() -> None:
    """Signals that come while it begins to sleep, or while another is heard, neither kill nor hang it."""
    process = start("--port", "0", "--control-port", "0")
    assert process.stdout is not None
    while "ready" not in process.stdout.readline():
        pass
    for _ in range(50):
        process.send_signal(signal.SIGTERM)
    _, complaints = process.communicate(timeout=20)
    assert (process.returncode, complaints) == (0, "")


def test_a_fast_start_serves_the_same_api(tmp_path: Path) -> None:
    """Routes that are worked out late and models that are built late are described like those of a test's process."""
    process = start("--port", "0", "--control-port", "0", "--data-dir", str(tmp_path))
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if " API " in line:
                base = line.split()[-1].removesuffix("/v2")
            if " Sterowanie " in line:
                control = line.split()[-1]
            if "ready" in line:
                break
        with running_emulator() as usual:
            for one, other in ((base, usual.url), (control, usual.control_url)):
                path = "/openapi.json" if one == control else "/docs/v2/openapi.json"
                fast, known = (
                    httpx2.get(each + path, trust_env=False, timeout=60).json() for each in (one, other)
                )
                assert fast.pop("servers", None) != known.pop("servers", ()) or one == control
                assert fast == known
        refused = httpx2.post(f"{base}/v2/testdata/subject", json={}, trust_env=False)
        assert refused.json()["exception"]["exceptionDetailList"][0]["exceptionCode"] == 21405
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=20)[1] == ""


def heeds(process: subprocess.Popen[str], number: int) -> bool:
    """Whether it handles a signal itself already, as Linux tells."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    caught = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(caught >> (number - 1) & 1)


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="asks Linux which signals a process handles"
)
@pytest.mark.parametrize("later", [0, 0.1, 0.25, 0.5, 0.8, 1.2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_end_while_it_starts_it_ends_quietly(number: int, later: float, tmp_path: Path) -> None:
    """From the moment its first module runs; before that Python itself is starting."""
    process = start("--port", "0", "--control-port", "0", "--data-dir", str(tmp_path))
    while not heeds(process, signal.SIGTERM):
        time.sleep(0.001)
    time.sleep(later)
    process.send_signal(number)
    _, complaints = process.communicate(timeout=20)
    assert (process.returncode, complaints) == (0, "")


@pytest.mark.parametrize("flag", ["--port", "--control-port"])
def test_a_taken_port_is_one_line(flag: str, taken: int) -> None:
    other = "--control-port" if flag == "--port" else "--port"
    process = start(flag, str(taken), other, "0")
    out, complaints = process.communicate(timeout=20)
    assert process.returncode == 1
    assert out == ""
    assert len(complaints.strip().splitlines()) == 1
    assert str(taken) in complaints


def test_a_data_directory_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    process = start("--port", "0", "--control-port", "0", "--data-dir", str(tmp_path / "file"))
    out, complaints = process.communicate(timeout=20)
    assert (process.returncode, out) == (1, "")
    assert len(complaints.strip().splitlines()) == 1


def test_flags() -> None:
    usual = parse([])
    assert (usual.host, usual.port, usual.control_port, usual.data_dir) == ("127.0.0.1", 8090, 8091, None)
    assert usual.base == "http://127.0.0.1:8090"
    other = parse(["--host", "0.0.0.0", "--port", "9", "--public-url", "https://ksef.example/"])
    assert other.base == "https://ksef.example"
    for wrong in (["--port", "x"], ["--port", "70000"]):
        with pytest.raises(SystemExit):
            parse(wrong)


def test_every_flag_has_a_variable_and_goes_before_it() -> None:
    assert parse([], {"KSEF_EMULATOR_PORT": "9", "KSEF_EMULATOR_PUBLIC_URL": ""}).port == 9
    assert parse(["--port", "7"], {"KSEF_EMULATOR_PORT": "9"}).port == 7
    fields = {field.name for field in dataclasses.fields(Config)}
    assert fields == {flag.field for flag in FLAGS}


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (["--port", "70000"], "--port „70000”: oczekiwano 0–65535"),
        (["--port", "٣"], "--port „٣”: oczekiwano 0–65535"),
        (["--port"], "--port: brak wartości"),
        (["--prot", "1"], "nie znam: --prot 1"),
        (["foo"], "nie znam: foo"),
        (["--port", "5", "--control-port", "5"], "--port i --control-port to ten sam port 5"),
        (["--public-url", "ksef.example"], "--public-url „ksef.example”: oczekiwano http[s]://HOST[:PORT]"),
        (["--qr-url", "https://a b"], "--qr-url „https://a b”: oczekiwano http[s]://HOST[:PORT]"),
        (["--storage-url", "https://x?y"], "--storage-url „https://x?y”: oczekiwano http[s]://HOST[:PORT]"),
        (["--latarnia-url", "http://x:0x"], "--latarnia-url „http://x:0x”: oczekiwano http[s]://HOST[:PORT]"),
        (["--rate-limits", "on"], "--rate-limits „on”: oczekiwano off | test | production"),
        (["--host", "a_b"], "--host „a_b”: oczekiwano HOST"),
    ],
)
def test_a_wrong_flag_is_one_line(
    arguments: list[str], wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(arguments, {})
    assert ended.value.code == 2
    assert capsys.readouterr() == ("", f"ksef-emulator: {wrong} (ksef-emulator --help)\n")


def test_a_wrong_variable_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse([], {"KSEF_EMULATOR_PORT": "x", "LANG": "en_GB.UTF-8"})
    complaint = "ksef-emulator: KSEF_EMULATOR_PORT 'x': expected 0–65535 (ksef-emulator --help)\n"
    assert capsys.readouterr() == ("", complaint)


@pytest.mark.parametrize(
    ("arguments", "environment", "first"),
    [
        ([], {}, "KSeF na localhoście"),
        ([], {"LANG": "en_US.UTF-8"}, "KSeF on localhost"),
        ([], {"LANG": "en_US.UTF-8", "LC_ALL": "pl_PL.UTF-8"}, "KSeF na localhoście"),
        (["--lang", "en"], {"LANG": "pl_PL.UTF-8"}, "KSeF on localhost"),
        (["--lang=pl"], {"LANG": "en_US.UTF-8"}, "KSeF na localhoście"),
    ],
)
def test_help_in_both_languages(
    arguments: list[str], environment: dict[str, str], first: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse([*arguments, "--help"], environment)
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert said.splitlines()[2].startswith(first)
    for flag in FLAGS:
        assert f"  --{flag.name}" in said
    for command in COMMANDS:
        assert f"  ksef-emulator {command} " in said
    assert set(ABOUT) == set(COMMANDS)


def test_the_version_is_the_distributions(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["--version"], {})
    assert ended.value.code == 0
    project = tomllib.loads((SOURCES.parent / "pyproject.toml").read_text())["project"]
    assert capsys.readouterr().out == f"ksef-emulator {project['version']}, KSeF API {VERSION}\n"
