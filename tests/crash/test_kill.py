"""kill -9 of the application at every step of a send: afterwards, exactly one KSeF number and nothing sent twice."""

from __future__ import annotations

import itertools
import json
import os
import signal
import time
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from ksef_emulator.testing import Running
from liczydlo.demo.firms import COMPANY, SOLE_PROPRIETOR
from liczydlo.fa3.build import build
from liczydlo.fa3.draft import InvoiceDraft, Line
from liczydlo.fa3.write import write
from liczydlo.jobs import failpoints

from tests.processes import PATIENCE, Application

_numbers = itertools.count(1)
NOT_REACHED = {"recover.ask", "session.close", "session.closed"}
"""Steps that an ordinary send does not come to within seconds: recovery after another death, idle sessions."""


def invoice(folder: Path) -> tuple[Path, str]:
    """A document of the connected firm with a number of its own: the file and the number."""
    number = f"KILL/{os.getpid()}/{next(_numbers)}"
    now = datetime.now(ZoneInfo("Europe/Warsaw"))
    draft = InvoiceDraft(
        seller=COMPANY.party,
        buyer=SOLE_PROPRIETOR.party,
        number=number,
        issue_date=now.date(),
        lines=(Line(name="Usługa", rate="23", net_price=Decimal(100)),),
    )
    path = folder / "invoice.xml"
    path.write_bytes(write(build(draft, created=now)))
    return path, number


def until_settled(application: Application, number: str) -> tuple[object, ...]:
    """The invoice's one row once it has its KSeF number and receipt; KSeF has others of the firm, which come in too."""
    deadline = time.monotonic() + PATIENCE
    while True:
        (row,) = application.rows(
            "SELECT state, ksef_number, upo_pending, sha256 FROM sales_invoice i "
            "JOIN documents_indexentry e ON e.id = i.entry_id JOIN documents_document d ON d.id = e.document_id "
            "WHERE e.number = ?",
            number,
        )
        if row[0] == "accepted" and not row[2]:
            return row
        assert row[0] != "rejected", row
        assert time.monotonic() < deadline, (row, (application.folder / "serve.log").read_text()[-3000:])
        time.sleep(0.05)


def until_dead(process: object) -> None:
    """The process has killed itself."""
    assert process.wait(timeout=PATIENCE) == -signal.SIGKILL  # type: ignore[attr-defined]


def held_by_ksef(ksef: Running, number: str, sha256: str) -> tuple[int, int]:
    """How many invoices KSeF holds under the number, and how often the document was sent."""
    with ksef.emulator.store.transaction() as db:
        held = db.execute("SELECT COUNT(*) FROM register WHERE number = ?", (number,)).fetchone()[0]
        sent = db.execute("SELECT COUNT(*) FROM sent WHERE sha256 = ?", (bytes.fromhex(sha256),)).fetchone()[
            0
        ]
    return held, sent


@pytest.mark.parametrize("step", [step for step in failpoints.SENDING if step not in NOT_REACHED])
def test_killed_while_sending(
    step: str, installation: Callable[[], Application], ksef: Running, tmp_path: Path
) -> None:
    application = installation()
    path, number = invoice(tmp_path)
    assert application.drive("issue", str(path)).returncode == 0
    process, _ = application.serve(**{failpoints.VARIABLE: step})
    try:
        until_dead(process)
        process, _ = application.serve()
        _, ksef_number, _, sha256 = until_settled(application, number)
    finally:
        process.kill()
        process.wait()
    assert ksef_number
    assert held_by_ksef(ksef, number, str(sha256)) == (1, 1)


@pytest.mark.parametrize("step", failpoints.ISSUING)
def test_killed_while_issuing(
    step: str, installation: Callable[[], Application], ksef: Running, tmp_path: Path
) -> None:
    """Either nothing of the invoice is there, or all of it: issuing again gives one invoice, not two."""
    application = installation()
    path, number = invoice(tmp_path)
    assert application.drive("issue", str(path), **{failpoints.VARIABLE: step}).returncode == -signal.SIGKILL
    again = application.drive("issue", str(path))
    assert again.returncode == 0, again.stderr
    process, _ = application.serve()
    try:
        row = until_settled(application, number)
    finally:
        process.kill()
        process.wait()
    assert row[3] == json.loads(again.stdout)["sha256"]
    assert held_by_ksef(ksef, number, str(row[3])) == (1, 1)


@pytest.mark.parametrize("moment", [0.05, 0.5])
def test_killed_from_outside_at_any_moment(
    moment: float, installation: Callable[[], Application], ksef: Running, tmp_path: Path
) -> None:
    """Not only where the program names a step: the process is killed so many seconds after it found the invoice."""
    application = installation()
    path, number = invoice(tmp_path)
    assert application.drive("issue", str(path)).returncode == 0
    process, _ = application.serve()
    deadline = time.monotonic() + PATIENCE
    while ("queued",) in application.rows("SELECT state FROM sales_invoice") and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(moment)  # the moment itself is what is tried
    process.kill()
    process.wait()
    process, _ = application.serve()
    try:
        _, ksef_number, _, sha256 = until_settled(application, number)
    finally:
        process.kill()
        process.wait()
    assert ksef_number
    assert held_by_ksef(ksef, number, str(sha256)) == (1, 1)
