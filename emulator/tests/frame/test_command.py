"""``ksef-emulator`` as a user starts it."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx2
import pytest
from ksef_emulator import API_VERSION, run
from ksef_emulator.config import Config
from ksef_emulator.model.time.progress import Progress
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
                    httpx2.get(item + path, trust_env=False, timeout=60).json() for item in (one, other)
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


Command = Callable[..., Config]


@pytest.fixture
def config_of(monkeypatch: pytest.MonkeyPatch) -> Command:
    """What a command line makes of its arguments and variables. Raises SystemExit with the code of one that does not
    serve."""

    def config_of(*arguments: str, environment: Mapping[str, str] | None = None) -> Config:
        for name in [name for name in os.environ if name.startswith(("KSEF_EMULATOR_", "LC_", "LANG"))]:
            monkeypatch.delenv(name)
        for name, value in (environment or {}).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["ksef-emulator", *arguments])
        served: list[Config] = []
        monkeypatch.setattr(run, "run", served.append)
        spec = importlib.util.find_spec("ksef_emulator.cli")  # a new one: texts are chosen when it is loaded
        assert spec is not None and spec.loader is not None
        fresh = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(fresh)
        code = fresh.main(arguments)
        if not served:
            raise SystemExit(code)
        assert code == 0
        return served[0]

    return config_of


def test_flags(config_of: Command) -> None:
    usual = config_of()
    assert usual == Config()
    assert (usual.host, usual.port, usual.control_port, usual.data_dir) == ("127.0.0.1", 8090, 8091, None)
    assert usual.base == "http://127.0.0.1:8090"
    other = config_of("--host", "0.0.0.0", "--port", "9", "--public-url", "https://ksef.example/")
    assert other.base == "https://ksef.example"
    assert config_of("--port", "0", "--control-port", "0", "--seed", "0").seed == 0
    for wrong in ("x", "70000"):
        with pytest.raises(SystemExit):
            config_of("--port", wrong)


def test_every_flag_has_a_variable_and_goes_before_it(config_of: Command) -> None:
    variables = {"KSEF_EMULATOR_PORT": "9", "KSEF_EMULATOR_PUBLIC_URL": "", "KSEF_EMULATOR_VERSION": "1"}
    assert config_of(environment=variables).port == 9
    assert config_of("--port", "7", environment=variables).port == 7
    for field, text, value in (
        ("host", "::1", "::1"),
        ("control_port", "7", 7),
        ("data_dir", "d", Path("d")),
        ("qr_url", "https://q/", "https://q"),
        ("storage_url", "https://s", "https://s"),
        ("latarnia_url", "https://l", "https://l"),
        ("portal_url", "https://p", "https://p"),
        ("tls", "1", True),
        ("tls", "0", False),
        ("schemas", "x", Path("x")),
        ("rate_limits", "production", "production"),
        ("progress", "polls:2", Progress(polls=2)),
        ("answers", "documented", "documented"),
        ("sha1", "refused", "refused"),
        ("seed", "7", 7),
    ):
        made = config_of(environment={f"KSEF_EMULATOR_{field.upper()}": text})
        assert made == dataclasses.replace(Config(), **{field: value})


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (["--port", "70000"], "--port „70000”: oczekiwano 0–65535"),
        (["--port", "٣"], "--port „٣”: oczekiwano 0–65535"),
        (["--port"], "--port: brak wartości"),
        (["--prot", "1"], "nie znam: --prot"),
        (["foo"], "nie znam: foo"),
        (["schemas", "foo"], "nie znam: foo"),
        (["--tls=1"], "--tls: nie przyjmuje wartości"),
        (["--port", "5", "--control-port", "5"], "--port i --control-port to ten sam port 5"),
        (["--public-url", "ksef.example"], "--public-url „ksef.example”: oczekiwano http[s]://HOST[:PORT]"),
        (["--qr-url", "https://a b"], "--qr-url „https://a b”: oczekiwano http[s]://HOST[:PORT]"),
        (["--storage-url", "https://x?y"], "--storage-url „https://x?y”: oczekiwano http[s]://HOST[:PORT]"),
        (["--latarnia-url", "http://x:0x"], "--latarnia-url „http://x:0x”: oczekiwano http[s]://HOST[:PORT]"),
        (["--tls", "--qr-url", "http://x"], "--tls to HTTPS, a --qr-url zaczyna się od http://"),
        (["--rate-limits", "on"], "--rate-limits „on”: oczekiwano off | test | production"),
        (["--host", "a_b"], "--host „a_b”: oczekiwano HOST"),
        (["--seed", "-1"], "--seed „-1”: oczekiwano 0–10^18"),
    ],
)
def test_a_wrong_flag_is_one_line(
    config_of: Command, arguments: list[str], wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        config_of(*arguments)
    assert ended.value.code == 2
    assert capsys.readouterr() == ("", f"ksef-emulator: {wrong} (ksef-emulator --help)\n")


def test_a_wrong_variable_is_one_line(config_of: Command, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        config_of(environment={"KSEF_EMULATOR_PORT": "x", "LANG": "en_GB.UTF-8"})
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
    config_of: Command,
    arguments: list[str],
    environment: dict[str, str],
    first: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        config_of(*arguments, "--help", environment=environment)
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert said.splitlines()[2].strip().startswith(first)
    for field in dataclasses.fields(Config):
        assert f"  --{field.name.replace('_', '-')} " in said
    for command in ("ca", "schemas"):
        assert f"\n  {command} " in said


def test_the_version_is_the_distributions(config_of: Command, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        config_of("--version")
    assert ended.value.code == 0
    project = tomllib.loads((SOURCES.parent / "pyproject.toml").read_text())["project"]
    assert capsys.readouterr().out == f"ksef-emulator {project['version']}, KSeF API {API_VERSION}\n"
