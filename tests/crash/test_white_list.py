"""kill -9 of the application while it asks Biała lista: afterwards every question has one answer, kept as evidence."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import httpx2
import pytest
from ksef_emulator.testing import Running
from liczydlo.jobs import failpoints

from tests.processes import PATIENCE, Application


def answers(application: Application) -> list[tuple[object, ...]]:
    """Account, request id and day of each question."""
    return application.rows("SELECT question, request_id, day FROM lookups_answer ORDER BY question, day")


def until_answered(application: Application) -> list[tuple[object, ...]]:
    """Wait until no question is open."""
    deadline = time.monotonic() + PATIENCE
    while not (rows := answers(application)) or not all(request_id for _, request_id, _ in rows):
        assert time.monotonic() < deadline, (rows, (application.folder / "serve.log").read_text()[-3000:])
        time.sleep(0.05)
    return rows


@pytest.mark.parametrize("step", failpoints.ASKING)
def test_killed_while_asking(step: str, installation: Callable[[], Application], ksef: Running) -> None:
    application = installation()
    # The emulator makes its pages when they are first asked for; on a machine with much else to do that may take longer
    # than the program waits for the list, and it would come back after five minutes.
    httpx2.get(f"{ksef.url}/uslugi/biala-lista/", timeout=PATIENCE, trust_env=False)
    begun = application.drive("ask_white_list", ksef.control_url)
    assert begun.returncode == 0, begun.stderr
    process, _ = application.serve(**{failpoints.VARIABLE: step})
    try:
        assert process.wait(timeout=PATIENCE) == -signal.SIGKILL
        questions = {(question, day) for question, _, day in answers(application)}
        assert questions and not any(request_id for _, request_id, _ in answers(application))
        process, _ = application.serve()
        settled = until_answered(application)
    finally:
        process.kill()
        process.wait()
    assert questions <= {(question, day) for question, _, day in settled}
    assert len({(question, day) for question, _, day in settled}) == len(settled)
