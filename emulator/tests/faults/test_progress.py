"""Asynchronous work that shows at once, after polls, or by the clock; changed while it runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from ksef_emulator.model.time.progress import AT_ONCE, Pace, Progress, parse, written

from ..invoicing.conftest import Firm, fa3, yesterday
from ..login.conftest import Door, code


def invoice(firm: Firm, number: str = "1") -> tuple[str, str]:
    session = firm.open()
    return session, firm.send(session, fa3(seller=firm.nip, day=yesterday(), number=number))


def seen(firm: Firm, sent: tuple[str, str]) -> int:
    return int(firm.status(*sent)["status"]["code"])


def test_after_polls(firm: Firm, panel: Any) -> None:
    assert panel.put("/progress", json={"polls": 3}).json() == {"polls": 3, "seconds": 0}
    assert panel.get("/progress").json() == {"polls": 3, "seconds": 0}
    sent = invoice(firm)
    assert [seen(firm, sent) for _ in range(4)] == [150, 150, 200, 200]


def test_by_the_clock(firm: Firm, panel: Any, door: Door) -> None:
    panel.put("/progress", json={"seconds": 600})
    sent = invoice(firm)
    assert [seen(firm, sent) for _ in range(4)] == [150] * 4
    door.emulator.clock.move(timedelta(seconds=601))
    assert seen(firm, sent) == 200


def test_a_login_follows_too(door: Door, owner: Callable[..., Any], panel: Any) -> None:
    panel.put("/progress", json={"polls": 2})
    submitted = door.submit(*owner())
    assert [door.status(submitted)["code"] for _ in range(2)] == [100, 200]


def test_changed_it_hurries_what_is_under_way(firm: Firm, panel: Any) -> None:
    panel.put("/progress", json={"seconds": 3600, "polls": 50})
    sent = invoice(firm)
    assert seen(firm, sent) == 150
    panel.put("/progress", json={})
    assert seen(firm, sent) == 200


def test_a_clock_turned_back_leaves_nothing_waiting(enter: Any, panel: Any) -> None:
    panel.post("/clock", json={"move": 5 * 86400})
    firm = enter()
    panel.put("/progress", json={"seconds": 1})
    sent = invoice(firm)
    panel.post("/clock", json={"reset": True})
    panel.post("/clock", json={"move": 2})
    assert seen(firm, sent) == 200


def test_reset_is_as_it_began(panel: Any) -> None:
    panel.put("/progress", json={"polls": 9})
    panel.post("/reset")
    assert panel.get("/progress").json() == {"polls": 0, "seconds": 0}


@pytest.mark.parametrize("body", [{"polls": -1}, {"seconds": "soon"}, {"seconds": 1e9}, {"steps": 1}])
def test_refusals(body: dict[str, Any], panel: Any) -> None:
    assert code(panel.put("/progress", json=body)) == 21405


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("at-once", AT_ONCE),
        ("polls:2", Progress(polls=2)),
        ("seconds:0.5", Progress(seconds=0.5)),
        ("polls:2,seconds:0.5", Progress(polls=2, seconds=0.5)),
    ],
)
def test_as_written(text: str, meant: Progress) -> None:
    assert parse(text) == meant
    assert written(meant) == text


@pytest.mark.parametrize(
    "text", ["", "soon", "polls:-1", "polls:x", "seconds:nan", "steps:2", "polls:1;seconds:2"]
)
def test_as_not_written(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)


def test_everybody_who_holds_a_pace_sees_the_change() -> None:
    pace = Pace(Progress(polls=1))
    held: Progress = pace
    pace.set(Progress(seconds=2))
    assert held.columns(0) == {"polls_left": 0, "due_at": 2_000_000}
    pace.reset()
    assert held.columns(0) == {"polls_left": 1, "due_at": 0}
