"""The register of sessions: whose they are, how they are found, and how soon one may follow another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from ksef_emulator.intake.schemas import FA3
from ksef_emulator.model.identity.contexts import Context
from ksef_emulator.model.sending.invoices import Invoices
from ksef_emulator.model.sending.session_records import Kind, SessionFilter
from ksef_emulator.model.sending.sessions import Sessions
from ksef_emulator.model.time.moments import micros

from .registers import (
    BEGAN,
    FIRM,
    IV,
    KEY,
    MOMENT,
    OTHER,
    SECOND,
    UNIT,
    Still,
    batch,
    clock,
    invoices,
    online,
    send,
    sessions,
    store,
)

__all__ = ["clock", "invoices", "sessions", "store"]


class TestOpening:
    def test_what_a_session_is_told_to_be(self, sessions: Sessions) -> None:
        row = online(sessions, author="Pesel:90010112345", verify_identifiers=True)
        assert (row.kind, row.code, row.form, row.key, row.iv) == (Kind.ONLINE, 100, FA3, KEY, IV)
        assert (row.author, row.verify_identifiers) == ("Pesel:90010112345", True)
        assert row.context == Context.of_nip(FIRM)
        assert row.authentication.document_hash == "h" * 44
        assert row.authentication.token_reference is None
        assert row.created == row.updated == BEGAN
        assert row.valid_until == BEGAN + timedelta(hours=12)
        assert (row.invoices, row.successful, row.failed, row.closed) == (0, 0, 0, None)
        assert row.reference[8:12] == "-SO-"
        assert not online(sessions).verify_identifiers

    def test_what_a_batch_is_told_to_be(self, sessions: Sessions) -> None:
        """sesja-wsadowa.md: twenty minutes for each part."""
        value = batch(sessions, verify_identifiers=True)
        assert (value.kind, value.code, value.key, value.verify_identifiers) == (Kind.BATCH, 100, KEY, True)
        assert value.valid_until == BEGAN + timedelta(hours=1)
        assert value.created == value.updated == BEGAN
        assert value.authentication.token_reference == "t"
        assert value.authentication.document_hash is None
        assert value.reference[8:12] == "-SB-"
        with sessions.store.transaction() as db:
            rows = db.execute("SELECT ordinal, size FROM batch_parts WHERE session_id = ?", (value.id,))
            assert [tuple(row) for row in rows] == [(1, 50), (2, 50), (3, 50)]
        assert not batch(sessions).verify_identifiers

    @pytest.mark.parametrize(
        ("key", "iv"),
        [
            (None, IV),
            (KEY, None),
            (KEY[:-1], IV),
            (KEY + b"k", IV),
            (KEY, IV[:-1]),
            (KEY, IV + b"i"),
            (None, None),
        ],
    )
    def test_without_a_key_that_can_be_used(
        self, sessions: Sessions, key: bytes | None, iv: bytes | None
    ) -> None:
        """An interactive one stands at 415 at once; a batch is told when it is processed."""
        row = online(sessions, key=key, iv=iv)
        assert (row.code, row.key, row.iv) == (415, None, None)
        row = batch(sessions, key=key, iv=iv)
        assert (row.code, row.key, row.iv) == (100, None, None)


class TestFinding:
    def test_by_its_reference_in_its_own_context(self, sessions: Sessions) -> None:
        row = online(sessions)
        own = Context.of_nip(FIRM)
        assert sessions.find(row.reference, own) == row
        for other in (UNIT, Context.of_nip(OTHER)):
            assert sessions.find(row.reference, other) is None
        assert sessions.find("20260101-SO-0000000000-0000000000-00", own) is None

    def listed(self, sessions: Sessions, wanted: SessionFilter, **more: Any) -> list[int]:
        options = {"context": Context.of_nip(FIRM), "after": None, "size": 10} | more
        return [item.id for item in sessions.listing(wanted, **options)]

    def test_listed_newest_first_and_page_by_page(self, sessions: Sessions, clock: Still) -> None:
        made = [online(sessions), online(sessions)]  # in the same moment
        clock.move(SECOND)
        made.append(online(sessions))
        batch(sessions)
        online(sessions, OTHER)
        online(sessions, context=UNIT)
        expected = SessionFilter(kind=Kind.ONLINE)
        ids = [item.id for item in reversed(made)]
        assert self.listed(sessions, expected) == ids
        assert self.listed(sessions, expected, size=2) == ids[:2]
        last = made[1]
        after = (int(last.created.timestamp()) * 1_000_000, last.id)
        assert self.listed(sessions, expected, size=2, after=after) == ids[2:]

    def test_listed_by_bounds_that_are_inclusive(self, sessions: Sessions, clock: Still) -> None:
        row = online(sessions)
        clock.move(SECOND)
        sessions.close(row)
        for name, moment in (
            ("created", BEGAN),
            ("closed", BEGAN + SECOND),
            ("modified", BEGAN + SECOND),
        ):
            for bounds, shown in (
                ((moment, moment), True),
                ((moment, None), True),
                ((None, moment), True),
                ((moment + MOMENT, None), False),
                ((None, moment - MOMENT), False),
            ):
                expected = SessionFilter(kind=Kind.ONLINE, **{name: bounds})  # type: ignore[arg-type]
                assert self.listed(sessions, expected) == ([row.id] if shown else []), (name, bounds)

    def test_listed_by_the_rest(self, sessions: Sessions) -> None:
        one, two = online(sessions, author="a"), online(sessions, author="b", key=None)
        for expected, shown in (
            ({"reference": one.reference}, [one.id]),
            ({"author": "b"}, [two.id]),
            ({"author": "b", "reference": one.reference}, []),
            ({"statuses": ("InProgress",)}, [one.id]),
            ({"statuses": ("Failed",)}, [two.id]),
            ({"statuses": ("InProgress", "Failed")}, [two.id, one.id]),
            ({"statuses": ("Succeeded", "Cancelled")}, []),
        ):
            row = self.listed(sessions, SessionFilter(kind=Kind.ONLINE, **expected))  # type: ignore[arg-type]
            assert row == shown, expected


class TestCooldown:
    """The fault „session-cooldown": one that is opened too soon after the context closed its last gets no key."""

    @pytest.fixture
    def cool(self, sessions: Sessions, invoices: Invoices, clock: Still) -> Sessions:
        """One closed at the beginning, another a second later."""
        for delay in (timedelta(), SECOND):
            session = online(sessions)
            send(invoices, session)
            clock.move(delay)
            with sessions.store.transaction() as db:
                db.execute(
                    "UPDATE sessions SET code = 170, closed = ? WHERE id = ?",
                    (micros(clock.now()), session.id),
                )
        sessions.faults.set("session-cooldown", seconds=60)
        return sessions

    @pytest.mark.parametrize(
        ("later", "code"), [(59 * SECOND, 415), (60 * SECOND, 415), (60 * SECOND + MOMENT, 100)]
    )
    def test_counted_from_the_last_one(
        self, cool: Sessions, clock: Still, later: timedelta, code: int
    ) -> None:
        clock.move(later)
        assert online(cool).code == code

    def test_another_context_and_kind_are_free(self, cool: Sessions) -> None:
        assert online(cool, OTHER).code == 100
        assert online(cool, context=UNIT).code == 100
        assert online(cool).code == 415

    def test_batches_do_not_count(self, sessions: Sessions) -> None:
        sessions.faults.set("session-cooldown", seconds=60)
        sessions.close(batch(sessions))
        assert online(sessions).code == 100

    def test_only_while_the_fault_is_on(self, cool: Sessions) -> None:
        cool.faults.off("session-cooldown")
        assert online(cool).code == 100

    def test_as_often_as_the_fault_happens(self, cool: Sessions) -> None:
        cool.faults.set("session-cooldown", seconds=60, times=1)
        assert [online(cool).code for _ in range(2)] == [415, 100]
