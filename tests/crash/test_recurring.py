"""kill -9 of the application at every step of an invoice that it issues by itself: one number, sent once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest
from ksef_emulator.testing import Running
from liczydlo.jobs import failpoints

from tests.crash.test_kill import held_by_ksef, until_dead, until_settled
from tests.processes import PATIENCE, Application

LETTERS = {"recurring.write", "recurring.written"}
STEPS = [*(step for step in failpoints.RECURRING if step not in LETTERS), *failpoints.ISSUING]


def until_made(application: Application) -> str:
    """The number of the one invoice, once it is there."""
    deadline = time.monotonic() + PATIENCE
    query = (
        "SELECT e.number FROM sales_occurrence o JOIN sales_invoice i ON i.id = o.invoice_id "
        "JOIN documents_indexentry e ON e.id = i.entry_id WHERE o.outcome = 'issued'"
    )
    while not (rows := application.rows(query)):
        assert time.monotonic() < deadline, (application.folder / "serve.log").read_text()[-3000:]
        time.sleep(0.05)
    ((number,),) = rows
    return str(number)


@pytest.mark.parametrize("step", STEPS)
def test_killed_while_an_invoice_recurs(
    step: str, installation: Callable[[], Application], ksef: Running
) -> None:
    application = installation()
    done = application.drive("recur", f"CYK-{os.getpid()}-{step}")
    assert done.returncode == 0, done.stderr
    process, _ = application.serve(**{failpoints.VARIABLE: step})
    try:
        until_dead(process)
        process, _ = application.serve()
        number = until_made(application)
        _, ksef_number, _, sha256 = until_settled(application, number)
    finally:
        process.kill()
        process.wait()
    assert ksef_number
    assert held_by_ksef(ksef, number, str(sha256)) == (1, 1)
    assert application.rows("SELECT COUNT(*) FROM sales_occurrence") == [(1,)]
    assert application.rows("SELECT COUNT(*) FROM audit_entry WHERE action = 'recurrence-issued'") == [(1,)]
