"""The register of permissions: what is one and the same permission, what is found, what is taken out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from ksef_emulator.clock import Clock
from ksef_emulator.model.access.grants import Grant, Grants, Identifier, Kind
from ksef_emulator.store import Store

ONE = Grant(
    kind=Kind.INDIRECT,
    context=Identifier(type="Nip", value="2222222222"),
    subject=Identifier(type="Pesel", value="85041212344"),
    permission="InvoiceRead",
    giver=Identifier(type="Nip", value="2222222222"),
    author=Identifier(type="Fingerprint", value="AB" * 32),
    description="Na czas próby – ąę",
    target=Identifier(type="Nip", value="1111111111"),
    can_delegate=True,
    details={"subjectPersonDetails": {"lastName": "Żółć"}},
)
OTHERS: dict[str, Any] = {
    "kind": Kind.ENTITY,
    "context": Identifier(type="Nip", value="3333333333"),
    "target": Identifier(type="Nip", value="4444444444"),
    "subject": Identifier(type="Pesel", value="90011500129"),
    "permission": "InvoiceWrite",
    "giver": Identifier(type="Nip", value="5555555555"),
    "author": Identifier(type="System", value=None),
}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def grants(clock: Clock) -> Iterator[Grants]:
    store = Store()
    yield Grants(store, clock)
    store.close()


def another(**changes: Any) -> Grant:
    return replace(ONE, uid=f"uid-{len(str(changes))}-{changes}", **changes)


def test_everything_comes_back_as_it_went_in(grants: Grants, clock: Clock) -> None:
    before = clock.now()
    grants.add([ONE])
    (result,) = grants.find(uid=ONE.uid)
    assert result.start is not None
    assert before <= result.start <= clock.now()
    assert replace(result, start=None) == ONE


def test_without_a_target_and_without_the_right_to_hand_on(grants: Grants) -> None:
    bare = replace(ONE, target=None, can_delegate=False)
    grants.add([bare])
    (result,) = grants.find()
    assert (result.target, result.can_delegate) == (None, False)
    assert result == replace(bare, start=result.start)


def test_the_same_once_more_replaces_the_one_before(grants: Grants) -> None:
    for target in (ONE.target, None):
        grants.add([replace(ONE, target=target)])
        grants.add([another(target=target, description="Jeszcze raz")])
    assert [item.description for item in grants.find()] == ["Jeszcze raz", "Jeszcze raz"]


@pytest.mark.parametrize("part", OTHERS)
def test_another_in_any_part_stands_beside_it(grants: Grants, part: str) -> None:
    grants.add([ONE, another(**{part: OTHERS[part]})])
    assert len(grants.find()) == 2


@pytest.mark.parametrize("part", ["context", "target", "subject"])
def test_another_type_with_the_same_value_stands_beside_it(grants: Grants, part: str) -> None:
    same = getattr(ONE, part)
    grants.add([ONE, another(**{part: replace(same, type="Fingerprint")})])
    assert len(grants.find()) == 2


def test_all_or_nothing(grants: Grants) -> None:
    with pytest.raises(Exception, match="UNIQUE"):
        grants.add([ONE, replace(ONE, permission="InvoiceWrite")])  # the same uid
    assert grants.find() == []


def test_found_newest_first_then_by_uid(
    grants: Grants, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    grants.add(replace(ONE, uid=uid, permission=uid) for uid in ("b", "a"))
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=1))
    grants.add(replace(ONE, uid=uid, permission=uid) for uid in ("d", "c"))
    assert [item.uid for item in grants.find()] == ["c", "d", "a", "b"]


def test_found_by_all_that_is_asked(grants: Grants) -> None:
    grants.add([ONE, another(permission="InvoiceWrite"), another(kind=Kind.ENTITY, target=None)])
    assert len(grants.find(permission="InvoiceRead")) == 2
    assert [item.uid for item in grants.find(permission="InvoiceRead", kind=Kind.INDIRECT)] == [ONE.uid]
    assert len(grants.find(target_value=None)) == 1
    assert grants.find(permission="InvoiceRead", kind=Kind.EU) == []


def test_taken_out_by_all_that_is_asked(grants: Grants) -> None:
    grants.add([ONE, another(permission="InvoiceWrite"), another(kind=Kind.ENTITY)])
    assert grants.remove(permission="InvoiceRead", kind=Kind.INDIRECT) == 1
    assert len(grants.find()) == 2
    assert grants.remove(subject_value=ONE.subject.value) == 2
    assert grants.remove(subject_value=ONE.subject.value) == 0
