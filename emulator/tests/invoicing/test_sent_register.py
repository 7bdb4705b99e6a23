"""The register of what was sent: in which order, how much of it, and how it is found."""

from __future__ import annotations

import hashlib

import pytest
from ksef_emulator.model.identity.contexts import Context
from ksef_emulator.model.limits.counts import ContextLimits, SessionLimits
from ksef_emulator.model.sending.invoices import Invoices, SessionFull, SessionNotOpen
from ksef_emulator.model.sending.sessions import Sessions
from ksef_emulator.model.time.progress import Progress

from .registers import (
    BEGAN,
    FIRM,
    OTHER,
    SECOND,
    UNIT,
    Still,
    again,
    clock,
    invoices,
    online,
    send,
    sessions,
    store,
)

__all__ = ["clock", "invoices", "sessions", "store"]


class TestSending:
    def test_counted_and_numbered_from_one(
        self, sessions: Sessions, invoices: Invoices, clock: Still
    ) -> None:
        session, other = online(sessions), online(sessions)
        clock.move(SECOND)
        names = [send(invoices, session, bytes([number])) for number in range(3)]
        send(invoices, other)
        result = invoices.in_session(session, size=10)
        assert [item.reference for item in result] == names
        assert [item.ordinal for item in result] == [1, 2, 3]
        assert {item.invoicing for item in result} == {BEGAN + SECOND}
        assert {item.status.code for item in result} == {100}
        assert again(sessions, session).invoices == 3
        assert again(sessions, session).updated == BEGAN + SECOND
        assert [item.ordinal for item in invoices.in_session(session, after=1, size=1)] == [2]
        assert invoices.in_session(session, after=3, size=10) == []

    def test_what_was_said_of_a_document(self, sessions: Sessions, invoices: Invoices) -> None:
        session = online(sessions)
        name = send(invoices, session, b"abc", offline=True, corrected_sha256=b"c" * 32)
        result = invoices.sent(session, name)
        assert result is not None
        assert (result.offline, result.corrected_sha256) == (True, b"c" * 32)
        assert result.sha256 == hashlib.sha256(b"abc").digest()
        assert name[8:12] == "-EE-"
        plain = invoices.sent(session, send(invoices, session))
        assert plain is not None
        assert (plain.offline, plain.corrected_sha256) == (False, None)
        assert invoices.sent(online(sessions), name) is None
        assert [item.reference for item in invoices.correction_of(b"c" * 32)] == [name]
        assert invoices.correction_of(result.sha256) == []

    def test_as_many_as_the_context_may(self, sessions: Sessions, invoices: Invoices) -> None:
        few = ContextLimits(online=SessionLimits(max_invoices=2), batch=SessionLimits(max_invoices=9))
        invoices.limits.set_context(Context.of_nip(FIRM), few)
        session = online(sessions)
        for _ in range(2):
            send(invoices, session)
        with pytest.raises(SessionFull):
            send(invoices, session)
        assert again(sessions, session).invoices == 2
        assert send(invoices, online(sessions))
        assert send(invoices, online(sessions, OTHER))

    def test_not_in_a_closed_one(self, sessions: Sessions, invoices: Invoices) -> None:
        session = online(sessions)
        send(invoices, session)
        sessions.close(session)
        with pytest.raises(SessionNotOpen):
            send(invoices, session)
        with pytest.raises(SessionNotOpen):
            send(invoices, online(sessions, key=None))

    def test_found_by_its_hash_in_the_context_that_sent_it(
        self, sessions: Sessions, invoices: Invoices
    ) -> None:
        names = [send(invoices, online(sessions), b"same") for _ in range(2)]
        send(invoices, online(sessions, OTHER), b"same")
        send(invoices, online(sessions, context=UNIT), b"same")
        send(invoices, online(sessions), b"other")
        expected = hashlib.sha256(b"same").digest()
        result = invoices.sent_with_hash(expected, context=Context.of_nip(FIRM))
        assert [item.reference for item in result] == names

    def test_a_look_counts_for_what_was_looked_at(self, sessions: Sessions, invoices: Invoices) -> None:
        """Looked at once it is being processed; the rest of its session is not, unless all were looked at."""
        session, other = online(sessions), online(sessions)
        slow = Progress(polls=5)
        one = send(invoices, session, progress=slow)
        for item in (session, other):
            send(invoices, item, progress=slow)
        invoices.poll(session, one)

        def state() -> list[tuple[int, int]]:
            with invoices.store.transaction() as db:
                rows = db.execute(
                    "SELECT code, polls_left FROM sent JOIN pending ON pending.id = sent.id ORDER BY sent.id"
                ).fetchall()
            return [tuple(row) for row in rows]

        assert state() == [(150, 4), (100, 5), (100, 5)]
        invoices.poll(session)
        assert state() == [(150, 3), (150, 4), (100, 5)]
        invoices.poll(other, one)
        assert state() == [(150, 3), (150, 4), (100, 5)]

    def test_the_refused_alone(self, sessions: Sessions, invoices: Invoices) -> None:
        session = online(sessions)
        names = [send(invoices, session, bytes([number])) for number in range(4)]
        with invoices.store.transaction() as db:
            for name, code in zip(names, (150, 200, 400, 450), strict=True):
                db.execute("UPDATE sent SET code = ? WHERE reference = ?", (code, name))
        result = invoices.in_session(session, size=10, refused=True)
        assert [item.reference for item in result] == names[2:]
