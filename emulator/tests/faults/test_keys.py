"""Rotation of the public keys: planned, in an emergency, and certificates made anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ksef_emulator.faults import Faults

from ..invoicing.conftest import Firm, problem
from ..login.conftest import Door, code

USAGE = "SymmetricKeyEncryption"


def published(door: Door, usage: str = USAGE) -> list[dict[str, Any]]:
    answer = door.call("GET", "/security/public-key-certificates")
    assert answer.is_success
    return [item for item in answer.json() if usage in item["usage"]]


def rotate(panel: Any, **body: Any) -> None:
    answer = panel.post("/keys/rotate", json={"usage": USAGE} | body)
    assert answer.status_code == 201, answer.text


@pytest.fixture(autouse=True)
def _two_keys_afterwards(door: Door, faults: Faults) -> Any:
    yield
    keys = door.emulator.keys
    for usage in {key.usage for key in keys.published}:
        keys.replace(usage)


def opened(firm: Firm, opening: dict[str, Any]) -> int:
    """The status of a session."""
    answer = firm.post("/sessions/online", opening)
    assert answer.status_code == 201, answer.text
    status = firm.get(f"/sessions/{answer.json()['referenceNumber']}").json()["status"]
    return int(status["code"])


def test_planned_both_stand_side_by_side(firm: Firm, door: Door, panel: Any, enter: Any) -> None:
    (old,), tokens = published(door), published(door, "KsefTokenEncryption")
    before = firm.opening()
    rotate(panel, overlap=3600)
    first, second = published(door)
    assert first == old
    assert second["publicKeyId"] != old["publicKeyId"]
    assert second["validFrom"] > old["validFrom"]
    assert published(door, "KsefTokenEncryption") == tokens, "the other usage is left alone"
    assert opened(firm, before) == 100
    door.emulator.clock.move(timedelta(hours=1, seconds=1))
    firm = enter(firm.nip)
    assert [item["publicKeyId"] for item in published(door)] == [second["publicKeyId"]]
    number, text, (detail,) = problem(firm.post("/sessions/online", before))
    assert number == 21470
    assert old["publicKeyId"] in detail
    assert "nieznany lub wskazuje na wycofany" in text
    assert opened(firm, firm.opening()) == 100


def test_planned_ahead_the_new_one_is_told_before_it_holds(
    firm: Firm, door: Door, panel: Any, enter: Any
) -> None:
    rotate(panel, ahead=3600, overlap=60)
    old, new = published(door)
    assert datetime.fromisoformat(new["validFrom"]) > door.emulator.clock.now()
    opening = firm.opening()
    assert opening["encryption"]["publicKeyId"] == old["publicKeyId"]
    assert opened(firm, opening) == 100
    early = firm.opening(encryption={"publicKeyId": new["publicKeyId"]})
    assert code(firm.post("/sessions/online", early)) == 21470
    door.emulator.clock.move(timedelta(seconds=3600 + 61))
    firm = enter(firm.nip)
    assert [item["publicKeyId"] for item in published(door)] == [new["publicKeyId"]]
    assert opened(firm, firm.opening()) == 100


def test_emergency_the_old_one_is_refused_at_once(firm: Firm, door: Door, panel: Any) -> None:
    before = firm.opening()
    (old,) = published(door)
    session = firm.open()
    rotate(panel, kind="emergency")
    (new,) = published(door)
    assert new["publicKeyId"] != old["publicKeyId"]
    assert code(firm.post("/sessions/online", before)) == 21470
    assert opened(firm, firm.opening()) == 100
    assert opened(firm, before | {"encryption": before["encryption"] | {"publicKeyId": None}}) == 415
    firm.issue(session)
    firm.close(session)


def test_certified_again_the_key_is_the_same(firm: Firm, door: Door, panel: Any) -> None:
    before = firm.opening()
    (old,) = published(door)
    rotate(panel, kind="certificate")
    (new,) = published(door)
    assert new["publicKeyId"] == old["publicKeyId"]
    assert new["certificateId"] != old["certificateId"]
    assert opened(firm, before) == 100


def test_without_an_identifier_every_published_key_opens(firm: Firm, panel: Any) -> None:
    before = firm.opening()
    before["encryption"]["publicKeyId"] = None
    rotate(panel)
    assert opened(firm, before) == 100
    assert opened(firm, firm.opening(encryption={"publicKeyId": None})) == 100


@pytest.mark.parametrize("moment", [datetime(2021, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)])
def test_some_key_holds_at_every_time(moment: datetime, door: Door) -> None:
    before = {item["publicKeyId"] for item in published(door)}
    door.emulator.clock.set(moment)
    now = door.emulator.clock.now()
    result = published(door)
    assert {item["publicKeyId"] for item in result} == before
    assert any(
        datetime.fromisoformat(item["validFrom"]) <= now < datetime.fromisoformat(item["validTo"])
        for item in result
    )


def test_all_usages_and_the_list(door: Door, panel: Any) -> None:
    answer = panel.post("/keys/rotate", json={"kind": "planned"})
    keys = answer.json()["keys"]
    assert sorted(key["usage"] for key in keys) == ["KsefTokenEncryption"] * 2 + [USAGE] * 2
    assert [key["until"] is None for key in keys] == [False, False, True, True]
    assert panel.get("/keys").json() == answer.json()
    body = door.call("GET", "/security/public-key-certificates").json()
    assert [key["publicKeyId"] for key in body] == [key["publicKeyId"] for key in keys]


@pytest.mark.parametrize("body", [{"kind": "sudden"}, {"usage": "x"}, {"overlap": -1}, {"days": 1}])
def test_refusals(body: dict[str, Any], panel: Any) -> None:
    assert code(panel.post("/keys/rotate", json=body)) == 21405


def test_rotation_outlives_a_restart(tmp_path: Any) -> None:
    from ksef_emulator.config import Config
    from ksef_emulator.emulator import Emulator
    from ksef_emulator.model.identity.keys import KeyUsage

    first = Emulator(Config(data_dir=tmp_path))
    first.keys.rotate(KeyUsage.SYMMETRIC_KEY)
    first.keys.replace(KeyUsage.TOKEN)
    message = [(key.key_id, key.certificate_id, key.until) for key in first.keys.published]
    first.close()
    second = Emulator(Config(data_dir=tmp_path))
    assert [(key.key_id, key.certificate_id, key.until) for key in second.keys.published] == message
    second.close()
