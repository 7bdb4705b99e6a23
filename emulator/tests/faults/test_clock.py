"""What ends when the clock is turned: tokens, challenges, sessions, links, certificates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from ksef_emulator.config import Config
from ksef_emulator.emulator import Emulator

from ..invoicing.conftest import Firm
from ..login.conftest import Door, code, new_nip


def test_tokens_run_out(firm: Firm, door: Door, owner: Any) -> None:
    access, refresh = door.tokens(*owner())
    door.emulator.clock.move(timedelta(minutes=16))
    assert door.call("GET", "/auth/sessions", access).status_code == 401
    answer = door.call("POST", "/auth/token/refresh", refresh)
    assert answer.is_success
    assert door.call("GET", "/auth/sessions", answer.json()["accessToken"]["token"]).is_success
    door.emulator.clock.move(timedelta(days=8))
    assert door.call("POST", "/auth/token/refresh", refresh).status_code == 401


def test_a_challenge_is_good_for_ten_minutes(door: Door, owner: Any) -> None:
    challenge = door.challenge()
    door.emulator.clock.move(timedelta(minutes=10, seconds=1))
    assert code(door.submit(*owner(), challenge=challenge)) == 21111


def test_a_session_closes_after_twelve_hours(firm: Firm, door: Door, enter: Any) -> None:
    session = firm.open()
    firm.issue(session)
    door.emulator.clock.move(timedelta(hours=12, seconds=1))
    body = enter(firm.nip).get(f"/sessions/{session}").json()
    assert (body["status"]["code"], body["successfulInvoiceCount"]) == (200, 1)


def test_links_die(firm: Firm, door: Door) -> None:
    session = firm.open()
    link = firm.issue(session)["upoDownloadUrl"]
    with httpx2.Client(trust_env=False) as anybody:
        assert anybody.get(link).is_success
        door.emulator.clock.move(timedelta(days=3, seconds=1))
        assert anybody.get(link).status_code == 403
        door.emulator.clock.reset()
        assert anybody.get(link).is_success


def test_certificates_expire(door: Door, panel: Any) -> None:
    from ..control.test_panel import pair

    nip = new_nip()
    soon = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    expected = {"kind": "seal", "nip": nip, "name": "Firma", "validTo": soon}
    made = pair(panel.post("/certificates", json=expected))
    assert door.tokens(made, ("Nip", nip))
    door.emulator.clock.move(timedelta(days=3))
    submitted = door.submit(made, ("Nip", nip))
    assert door.status(submitted)["code"] == 460


def test_turned_it_stays_so_over_a_restart(tmp_path: Any) -> None:
    first = Emulator(Config(data_dir=tmp_path))
    first.clock.move(timedelta(days=100))
    first.close()
    second = Emulator(Config(data_dir=tmp_path))
    assert second.clock.now() > datetime.now(UTC) + timedelta(days=99)
    second.reset()
    assert abs(second.clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    second.close()
    third = Emulator(Config(data_dir=tmp_path))
    assert abs(third.clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    third.close()
