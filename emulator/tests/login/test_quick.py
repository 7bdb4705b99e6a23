"""Who is let in at less cost is logged in as by the signed document."""

from __future__ import annotations

from typing import Any

from ksef_emulator.model.access import jwt

from .conftest import Door
from .quick import let_in

MOMENTS = {"started", "due_at", "redeemed", "refreshed", "refresh_until"}
OWN = {"id", "reference", "document_hash"}


def test_both_ways_leave_the_same(door: Door, owner: Any) -> None:
    identity, context = owner()
    pairs = door.tokens(identity, context), let_in(door, identity, context)
    secret = door.emulator.auth.tokens._secret
    for one, two in zip(*pairs, strict=True):
        claims = [jwt.decode(text, secret) for text in (one, two)]
        for said in claims:
            assert said is not None
            for name in ("arn", "jti", "iat", "exp"):
                assert said.pop(name)
        assert claims[0] == claims[1]
    with door.emulator.store.transaction() as db:
        rows = db.execute("SELECT * FROM logins WHERE context_value = ?", [context[1]]).fetchall()
    first, second = map(dict, rows)
    for key in first.keys() - OWN:
        same = (first[key] is None) == (second[key] is None) if key in MOMENTS else first[key] == second[key]
        assert same, (key, first[key], second[key])
    sessions = [door.call("GET", "/auth/sessions", access).json()["items"] for access, _ in pairs]
    assert [len(items) for items in sessions] == [2, 2]
    assert all(item["status"]["code"] == 200 for items in sessions for item in items)
