"""``python3 dev.py demo`` as a newcomer runs it: processes, ports, files and exit codes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from liczydlo.demo.proofs import scan
from liczydlo.ksef import upo

from tests.processes import ROOT
from tests.servers import free_port

PATIENCE = 170.0  # seconds for a whole run on a busy machine


def demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the demo once with ports of its own, its results in ``folder``/out."""
    ports = ("--port", "--emulator-port", "--control-port")
    chosen = [part for option in ports for part in (option, str(free_port()))]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("app/src", "emulator/src")),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/must-not-be-touched",
    }
    return subprocess.run(
        [sys.executable, "-m", "liczydlo.demo", "--once", "--out", str(folder / "out"), *chosen, *arguments],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def results(folder: Path) -> dict[str, dict[str, Any]]:
    """``results.json`` by file."""
    entries = json.loads((folder / "out" / "results.json").read_text(encoding="utf-8"))
    return {entry["file"]: entry for entry in entries}


def test_our_own_examples_arrive(tmp_path: Path) -> None:
    done = demo(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    result = results(tmp_path)
    assert len(result) >= 12
    for entry in result.values():
        assert entry["state"] == "accepted"
        assert entry["reason"] is None
        receipt = upo.verify((tmp_path / "out" / entry["upo"]).read_bytes())
        assert receipt.document(entry["ksef_number"])
        (link,) = scan((tmp_path / "out" / entry["pdf"]).read_bytes())
        assert f"/qr/invoice/{entry['seller_nip']}/" in link
    offline = [entry for entry in result.values() if entry["mode"] == "offline24"]
    assert offline
    for entry in offline:
        if entry["offline_pdf"]:
            assert len(scan((tmp_path / "out" / entry["offline_pdf"]).read_bytes())) == 2
    assert "received 10 of 10" in done.stdout
    assert "received 21 of 21" in done.stdout, "the second firm's contractors sent eleven more"


def test_a_failure_from_the_announcement_to_the_last_late_invoice(tmp_path: Path) -> None:
    """In the emulator's time: planned work, a failure whose seventh day meets Christmas, a line that nobody mends."""
    done = demo(tmp_path, "--scenario", "failure")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✗" not in done.stdout
    rows = [line for line in done.stdout.splitlines() if line.startswith("FV/") and "9991000105-" in line]
    assert len(rows) == 6 and sum(" late " in row for row in rows) == 1
    prints = sorted((tmp_path / "out").glob("*.pdf"))
    assert len(prints) == 5 and all(len(scan(path.read_bytes())) == 2 for path in prints)


@pytest.mark.shared
def test_the_official_examples_and_a_stranger(shared: Path, tmp_path: Path) -> None:
    """Twelve are accepted, the attachment is held back and says why; what is no invoice is refused with its line."""
    folder = tmp_path / "files"
    folder.mkdir()
    for path in (shared / "spec" / "examples" / "fa3").glob("*.xml"):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "zz-not-xml.xml").write_text("<Faktura>\n<broken\n")
    (folder / "zz-again.xml").write_bytes((folder / "przyklad_01.xml").read_bytes())
    done = demo(tmp_path, "--invoices", str(folder), "--renumber")
    result = results(tmp_path)
    assert done.returncode == 1, "one is held back and one is no invoice"
    accepted = [name for name, entry in result.items() if entry["state"] == "accepted"]
    assert len(accepted) == 13, result  # zz-again has an ending of its own
    assert result["przyklad_25.xml"]["state"] == "held"
    assert result["przyklad_25.xml"]["reason_code"] == "attachment-needs-batch"
    assert "batch session" in result["przyklad_25.xml"]["reason"]
    assert result["zz-not-xml.xml"]["state"] == "refused"
    assert result["zz-not-xml.xml"]["reason"].startswith("line ")


@pytest.mark.shared
def test_without_new_numbers_duplicates_are_told(shared: Path, tmp_path: Path) -> None:
    done = demo(tmp_path, "--invoices", str(shared / "spec" / "examples" / "fa3"))
    result = results(tmp_path)
    refused = [entry for entry in result.values() if entry["state"] == "refused"]
    assert done.returncode == 1
    assert {entry["reason_code"] for entry in refused} == {"number-used"}, "before KSeF would say 440"
    assert len(refused) == 4


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = demo(tmp_path, "--port", str(port))
    assert done.returncode == 2
    assert f"port {port} is taken" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--invoices", "no-such-folder"], "is not a folder"),
        (["--renumber"], "--invoices"),
        (["--scenario", "failure", "--invoices", "."], "--scenario"),
    ],
)
def test_what_cannot_be_meant_is_one_clear_line(tmp_path: Path, arguments: list[str], words: str) -> None:
    done = demo(tmp_path, *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_without_files_is_said(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    done = demo(tmp_path, "--invoices", str(empty))
    assert done.returncode == 2
    assert "no .xml files" in done.stderr
