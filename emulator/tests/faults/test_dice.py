"""A fault happens as its setting says, and the same every time."""

from __future__ import annotations

import pytest
from ksef_emulator.faults import Asking, Fault, Faults


def outcomes(faults: Faults, count: int = 200, asking: Asking | None = None) -> list[bool]:
    return [faults.happens(Fault.CUT, asking) is not None for _ in range(count)]


def test_off_until_switched_on() -> None:
    faults = Faults()
    assert faults.idle
    assert not any(outcomes(faults))
    faults.set("cut")
    assert all(outcomes(faults))
    faults.off("cut")
    assert faults.idle
    assert not any(outcomes(faults))


def test_the_same_seed_the_same_outcomes() -> None:
    faults = Faults()
    seen = []
    for seed in (1, 1, 2):
        faults.set(Fault.CUT, probability=0.3, seed=seed)
        seen.append(outcomes(faults))
    assert seen[0] == seen[1] != seen[2]
    assert 30 < sum(seen[0]) < 90


def test_faults_do_not_share_dice() -> None:
    faults = Faults()
    faults.set(Fault.CUT, probability=0.5, seed=3)
    alone = outcomes(faults)
    faults.set(Fault.CUT, probability=0.5, seed=3)
    faults.set(Fault.SLOW, probability=0.5, seed=3)
    mixed = []
    for _ in range(200):
        faults.happens(Fault.SLOW)
        mixed.append(faults.happens(Fault.CUT) is not None)
    assert mixed == alone


def test_first_some_are_let_go_then_some_happen_then_none() -> None:
    faults = Faults()
    faults.set(Fault.CUT, skip=2, times=3)
    assert outcomes(faults, 8) == [False] * 2 + [True] * 3 + [False] * 3
    assert faults.states()[Fault.CUT].happened == 3


def test_only_what_fits() -> None:
    faults = Faults()
    sending = Asking(path="/v2/sessions/online/X/invoices", operation="POST /sessions/online/{r}/invoices")
    other = Asking(path="/v2/sessions/online", operation="POST /sessions/online")
    faults.set(Fault.CUT, operations=("POST /sessions/online/{r}/invoices",))
    assert faults.happens(Fault.CUT, sending)
    assert not faults.happens(Fault.CUT, other)
    faults.set(Fault.CUT, path="*/invoices")
    assert faults.happens(Fault.CUT, sending)
    assert not faults.happens(Fault.CUT, other)


def test_what_does_not_fit_rolls_no_dice() -> None:
    faults = Faults()
    faults.set(Fault.CUT, probability=0.5, path="/a")
    before = outcomes(faults, 50, Asking(path="/a"))
    faults.set(Fault.CUT, probability=0.5, path="/a")
    after = []
    for _ in range(50):
        assert not faults.happens(Fault.CUT, Asking(path="/b"))
        after.append(faults.happens(Fault.CUT, Asking(path="/a")) is not None)
    assert before == after


def test_refusals() -> None:
    faults = Faults()
    with pytest.raises(ValueError, match="earthquake"):
        faults.set("earthquake")
    for wrong in ({"status": 404}, {"status": 599}, {"probability": 1.5}):
        with pytest.raises(ValueError, match=r"."):
            faults.set("cut", **wrong)
    with pytest.raises(TypeError):
        faults.set("cut", colour="red")
