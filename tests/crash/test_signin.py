"""kill -9 in the middle of the short way: afterwards the firm is connected, and KSeF has issued two certificates.

The steps at which something of KSeF's could be lost or asked for twice; the application's own tests die at every step
of ``failpoints.SIGNING_IN``, in one process, which is ten times as quick.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest
from ksef_emulator.testing import Running
from liczydlo.demo.firms import COMPANY
from liczydlo.jobs import failpoints

from tests.processes import PATIENCE, Application

SIGN_AGAIN = "signin.submitted"
"""KSeF has used the challenge up and its answer is lost: the one step after which a person has to sign once more."""
STEPS = (SIGN_AGAIN, "certificate.asked", "signin.store")


def state(application: Application) -> str:
    """The state of the last sign-in."""
    return str(application.rows("SELECT state FROM connection_signin ORDER BY id DESC LIMIT 1")[0][0])


def until_ended(application: Application) -> str:
    """Wait for it to end."""
    deadline = time.monotonic() + PATIENCE
    while (result := state(application)) == "working":
        assert time.monotonic() < deadline, (application.folder / "serve.log").read_text()[-3000:]
        time.sleep(0.05)
    return result


def certificates(ksef: Running) -> int:
    """How many KSeF has issued to the firm so far."""
    with ksef.emulator.store.transaction() as db:
        query = "SELECT COUNT(*) FROM certificates WHERE subject_value = ?"
        return int(db.execute(query, (COMPANY.nip,)).fetchone()[0])


@pytest.mark.parametrize("step", STEPS)
def test_killed_while_signing_in(step: str, installation: Callable[[], Application], ksef: Running) -> None:
    application = installation()
    before = certificates(ksef)
    begun = application.drive("sign_in", ksef.control_url)
    assert begun.returncode == 0, begun.stderr
    process, _ = application.serve(**{failpoints.VARIABLE: step})
    try:
        assert process.wait(timeout=PATIENCE) == -signal.SIGKILL
        process, _ = application.serve()
        if step == SIGN_AGAIN:
            assert until_ended(application) == "failed"
            assert application.drive("sign_in", ksef.control_url).returncode == 0
        assert until_ended(application) == "done"
    finally:
        process.kill()
        process.wait()
    assert certificates(ksef) == before + 2
    stored = application.rows("SELECT purpose, serial FROM connection_storedcertificate ORDER BY purpose")
    assert [purpose for purpose, _ in stored] == ["Authentication", "Offline"]
