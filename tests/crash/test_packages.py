"""kill -9 at every step of an export and of the reading after it: the next process goes on with the same export, and
each document is here once, and read."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Callable

import httpx2
from ksef_emulator.testing import Running
from liczydlo.demo.firms import COMPANY
from liczydlo.jobs import failpoints

from tests.processes import PATIENCE, Application

MANY = 40  # more than come one by one
STEPS = [
    "receive.round",
    "receive.claimed",
    "receive.ask",
    *failpoints.EXPORTING,
    "receive.store",
    "receive.stored",
    *(step for step in failpoints.READING if step != "doubles.look"),  # it needs a cost that was typed in
]


def at_once(application: Application) -> None:
    """The jobs are due now: waits that grow with each death are measured elsewhere."""
    with sqlite3.connect(application.folder / "liczydlo.sqlite3", timeout=30) as db:
        db.execute(
            "UPDATE jobs_job SET deaths = 0, lease_until = NULL, due_at = '2026-02-02 00:00:00' "
            "WHERE name IN ('purchases.round', 'purchases.receive', 'purchases.read.round', 'purchases.read')"
        )


def received(application: Application) -> list[str]:
    rows = application.rows("SELECT ksef_number FROM documents_indexentry WHERE direction = 'purchase'")
    return sorted(str(number) for (number,) in rows)


def unread(application: Application) -> bool:
    return bool(application.rows("SELECT 1 FROM purchases_receivedinvoice WHERE read_at IS NULL"))


def test_killed_at_each_step_of_an_export(installation: Callable[[], Application], ksef: Running) -> None:
    """One after another in one installation, so that each death also interrupts what the one before left."""
    application = installation()
    with httpx2.Client(base_url=ksef.control_url, trust_env=False, timeout=60) as control:
        made = control.post("/invoices", json={"buyer": COMPANY.nip, "count": MANY}).raise_for_status()
    sent = sorted(one["ksefNumber"] for one in made.json()["invoices"])
    with ksef.emulator.store.transaction() as db:
        before = db.execute("SELECT count(*) FROM exports").fetchone()[0]
    references = set()
    for step in STEPS:
        process, _ = application.serve(**{failpoints.VARIABLE: step})
        assert process.wait(timeout=PATIENCE) == -signal.SIGKILL, step
        references |= set(application.rows("SELECT reference FROM purchases_order"))
        at_once(application)
    assert len(references) == 1, "from the moment it is written down it is the same export"
    process, _ = application.serve()
    try:
        deadline = time.monotonic() + PATIENCE
        while (
            application.rows("SELECT 1 FROM purchases_order")
            or received(application) != sent
            or unread(application)
        ):
            assert time.monotonic() < deadline, (len(received(application)), len(sent))
            time.sleep(0.05)
    finally:
        process.kill()
        process.wait()
    with ksef.emulator.store.transaction() as db:
        exports = db.execute("SELECT count(*) FROM exports").fetchone()[0] - before
    assert exports == 2, "one was ordered, and its reference died with the process"
