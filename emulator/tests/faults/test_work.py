"""Faults of the system's own work: what is stuck, and sessions opened too soon after another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ksef_emulator.faults import Faults

from ..batch.conftest import Sender, package, zipped
from ..invoicing.conftest import Firm, fa3, problem, yesterday
from ..login.conftest import Door, code
from .test_kill import until


def test_a_document_stays_at_150(firm: Firm, faults: Faults, door: Door, enter: Any) -> None:
    session = firm.open()
    faults.set("invoice-stuck", times=1)
    stuck = firm.send(session, fa3(seller=firm.nip, day=yesterday()))
    other = firm.send(session, fa3(seller=firm.nip, day=yesterday(), number="2"))
    for _ in range(3):
        assert firm.status(session, stuck)["status"]["code"] == 150
    door.emulator.clock.move(timedelta(hours=2))
    firm = enter(firm.nip)
    assert firm.status(session, stuck)["status"]["code"] == 150
    assert firm.status(session, other)["status"]["code"] == 200
    firm.close(session)
    assert firm.get(f"/sessions/{session}").json()["status"]["code"] == 170
    faults.off("invoice-stuck")
    assert firm.status(session, stuck)["status"]["code"] == 200
    assert firm.get(f"/sessions/{session}").json()["status"]["code"] == 200


def test_a_document_of_a_batch_stays_at_150(sender: Sender, faults: Faults) -> None:
    faults.set("invoice-stuck", times=1)
    session = sender.send(package(zipped(sender.invoices(3))))

    def known() -> list[int]:
        return sorted(document["status"]["code"] for document in sender.documents(session))

    until(lambda: known() == [150, 200, 200])
    assert sender.status(session)["status"]["code"] == 150
    faults.off("invoice-stuck")
    assert sender.end(session)["successfulInvoiceCount"] == 3
    assert known() == [200, 200, 200]


def test_a_document_is_refused_whatever_it_is(firm: Firm, faults: Faults) -> None:
    session = firm.open()
    faults.set("invoice-refused", times=1)
    refused = firm.send(session, fa3(seller=firm.nip, day=yesterday()))
    assert firm.status(session, refused)["status"]["code"] == 450
    again = firm.send(session, fa3(seller=firm.nip, day=yesterday()))
    assert firm.status(session, again)["status"]["code"] == 200


def test_a_login_stays_at_100(door: Door, owner: Callable[..., Any], faults: Faults) -> None:
    faults.set("login-stuck", times=1)
    submitted = door.submit(*owner())
    for _ in range(3):
        assert door.status(submitted)["code"] == 100
    assert door.redeem(submitted).status_code == 400
    assert door.tokens(*owner())
    faults.off("login-stuck")
    assert door.status(submitted)["code"] == 200
    assert door.redeem(submitted).is_success


def test_a_session_opened_too_soon_turns_to_415(firm: Firm, faults: Faults, door: Door, enter: Any) -> None:
    faults.set("session-cooldown", seconds=60)
    first = firm.open()
    assert firm.get(f"/sessions/{first}").json()["status"]["code"] == 100
    firm.close(first)
    soon = firm.open()
    assert firm.get(f"/sessions/{soon}").json()["status"]["code"] == 415
    answer = firm.post(
        f"/sessions/online/{soon}/invoices", firm.sending(fa3(seller=firm.nip, day=yesterday()))
    )
    assert answer.status_code == 400
    stranger = enter()
    assert stranger.get(f"/sessions/{stranger.open()}").json()["status"]["code"] == 100
    door.emulator.clock.move(timedelta(seconds=61))
    later = firm.open()
    assert firm.get(f"/sessions/{later}").json()["status"]["code"] == 100
    firm.issue(later)


def test_without_the_fault_sessions_follow_each_other(firm: Firm) -> None:
    for number in range(2):
        session = firm.open()
        firm.issue(session, number=f"{number}")
        firm.close(session)


def test_nothing_is_stuck_after_a_restart(firm: Firm, faults: Faults, door: Door) -> None:
    """Faults end with the process; what they held is looked at when the next one begins."""
    from ksef_emulator.model.time.progress import STUCK, release

    session = firm.open()
    faults.set("invoice-stuck")
    stuck = firm.send(session, fa3(seller=firm.nip, day=yesterday()))
    with door.emulator.store.transaction() as db:
        assert db.execute("SELECT polls_left FROM pending").fetchone()[0] > STUCK / 2
    release(door.emulator.store, "pending")
    assert firm.status(session, stuck)["status"]["code"] == 200


def test_a_session_temporarily_unavailable(firm: Firm, faults: Faults) -> None:
    """21184 once; the same document is taken afterwards."""
    session = firm.open()
    faults.set("session-unavailable", times=1)
    xml = fa3(seller=firm.nip, day=yesterday())
    refused = problem(firm.post(f"/sessions/online/{session}/invoices", firm.sending(xml)))
    assert refused[:2] == (21184, "Sesja tymczasowo niedostępna.")
    assert session in refused[2][0]
    assert firm.status(session, firm.send(session, xml))["status"]["code"] == 200


def test_a_conflict_of_the_signature(door: Door, owner: Any, faults: Faults) -> None:
    identity, context = owner()
    faults.set("signature-conflict", times=1)
    assert code(door.submit(identity, context)) == 21406
    assert door.tokens(identity, context)
