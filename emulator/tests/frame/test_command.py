"""``ksef-emulator`` as a user starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from ksef_emulator.__main__ import parse

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
