"""When a session ends and what is said of it then."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from ksef_emulator.model.sending.invoices import Invoices
from ksef_emulator.model.sending.sessions import LIFETIME, Sessions
from ksef_emulator.model.time.progress import Progress

from .registers import (
    BEGAN,
    MOMENT,
    SECOND,
    Still,
    again,
    batch,
    clock,
    invoices,
    online,
    send,
    sessions,
    store,
)

__all__ = ["clock", "invoices", "sessions", "store"]


class TestEnding:
    def test_an_empty_one_is_cancelled_as_it_is_closed(self, sessions: Sessions, clock: Still) -> None:
        result = online(sessions)
        clock.move(SECOND)
        sessions.close(result)
        ended = again(sessions, result)
        assert (ended.code, ended.details) == (440, ("Nie przesłano faktur",))
        assert ended.closed == ended.updated == BEGAN + SECOND
        assert (ended.key, ended.iv) == (None, None)

    def test_closed_once(self, sessions: Sessions, invoices: Invoices, clock: Still) -> None:
        result, other = online(sessions), online(sessions)
        for session in (result, other):
            send(invoices, session)
        sessions.close(result)
        clock.move(SECOND)
        sessions.close(result)
        ended = again(sessions, result)
        assert (ended.code, ended.closed) == (170, BEGAN)
        assert again(sessions, other).code == 100

    def test_a_batch_waits_for_its_work(self, sessions: Sessions) -> None:
        result = batch(sessions)
        sessions.close(result)
        assert again(sessions, result).code == 150
        sessions.finish()
        assert again(sessions, result).code == 150

    def test_when_its_time_is_over(self, sessions: Sessions, invoices: Invoices, clock: Still) -> None:
        """Twelve hours, or twenty minutes a part, and not a moment before."""
        for make, length in ((online, LIFETIME), (batch, timedelta(hours=1))):
            result = make(sessions)
            until = result.created + length
            if make is online:
                send(invoices, result)
            clock.move(length - MOMENT)
            sessions.expire()
            assert again(sessions, result).code == 100
            clock.move(MOMENT)
            sessions.expire()
            ended = again(sessions, result)
            if make is online:
                assert (ended.code, ended.closed) == (170, until)
            else:
                assert (ended.code, ended.details) == (440, ("Przekroczono czas wysyłki",))

    def test_closed_when_it_ran_out_even_if_nobody_looked(
        self, sessions: Sessions, invoices: Invoices, clock: Still
    ) -> None:
        result = online(sessions)
        send(invoices, result)
        clock.move(LIFETIME * 3)
        sessions.expire()
        ended = again(sessions, result)
        assert (ended.closed, ended.updated) == (BEGAN + LIFETIME, BEGAN + LIFETIME * 3)

    @pytest.mark.parametrize(
        ("successful", "failed", "code", "details"),
        [(1, 0, 200, ()), (1, 1, 200, ()), (0, 2, 445, ()), (0, 1, 445, ()), (0, 0, 170, ())],
    )
    def test_by_what_became_of_its_documents(
        self, sessions: Sessions, invoices: Invoices, successful: int, failed: int, code: int, details: Any
    ) -> None:
        result, other = online(sessions), online(sessions)
        for _ in range(max(1, successful + failed)):
            send(invoices, result)
        send(invoices, other)
        sessions.close(result)
        with sessions.store.transaction() as db:
            db.execute(
                "UPDATE sessions SET successful = ?, failed = ? WHERE id = ?", (successful, failed, result.id)
            )
        sessions.finish()
        ended = again(sessions, result)
        assert (ended.code, ended.details) == (code, details)
        assert len(sessions.upo_references(result)) == (1 if code == 200 else 0)
        assert again(sessions, other).code == 100

    def test_after_so_many_polls_and_so_much_time(
        self, sessions: Sessions, invoices: Invoices, clock: Still
    ) -> None:
        sessions.progress = Progress(polls=2, seconds=60)
        result = online(sessions)
        send(invoices, result)
        sessions.close(result)
        with sessions.store.transaction() as db:
            db.execute("UPDATE sessions SET successful = 1")
        for seconds, polls, code in ((59, 1, 170), (1, 0, 170), (0, 1, 200)):
            clock.move(timedelta(seconds=seconds))
            for _ in range(polls):
                sessions.poll(again(sessions, result))
            sessions.finish()
            assert again(sessions, result).code == code

    def test_ten_thousand_to_a_page_of_the_receipt(self, sessions: Sessions, invoices: Invoices) -> None:
        result = online(sessions)
        send(invoices, result)
        sessions.close(result)
        with sessions.store.transaction() as db:
            db.execute("UPDATE sessions SET invoices = 10001, successful = 10001")
        sessions.finish()
        pages = sessions.upo_references(result)
        assert len(set(pages)) == 2
        with sessions.store.transaction() as db:
            numbers = [
                db.execute("SELECT number FROM upo_pages WHERE reference = ?", (page,)).fetchone()[0]
                for page in pages
            ]
        assert numbers == [1, 2]

    @pytest.mark.parametrize("details", [[], ["Błąd dekompresji – ąę"]])
    def test_a_batch_by_its_verdict(self, sessions: Sessions, details: list[str]) -> None:
        result, other = batch(sessions), batch(sessions)
        for session in (result, other):
            sessions.close(session)
        with sessions.store.transaction() as db:
            db.execute(
                "UPDATE batches SET verdict = 430, details = ? WHERE session_id = ?",
                (json.dumps(details), result.id),
            )
        sessions.finish()
        ended = again(sessions, result)
        assert (ended.code, ended.details) == (430, tuple(details))
        assert again(sessions, other).code == 150
        assert sessions.upo_references(result) == []

    @pytest.mark.parametrize("kind", ["online", "batch"])
    def test_looks_count_while_it_is_processed(
        self, sessions: Sessions, invoices: Invoices, kind: str
    ) -> None:
        sessions.progress = Progress(polls=2)
        made = [(online if kind == "online" else batch)(sessions) for _ in range(3)]
        if kind == "online":
            for session in made:
                send(invoices, session)
        result, closed, still_open = made
        sessions.poll(result)
        for session in (result, closed):
            sessions.close(session)
        for _ in range(3):
            sessions.poll(result)
            sessions.poll(still_open)
        with sessions.store.transaction() as db:
            left = [row[0] for row in db.execute("SELECT polls_left FROM sessions ORDER BY id")]
        assert left == [0, 2, 0]

    def test_what_is_said_of_it_is_kept_in_polish_letters(self, sessions: Sessions) -> None:
        result = online(sessions)
        sessions.close(result)
        with sessions.store.transaction() as db:
            (details,) = db.execute("SELECT details FROM sessions").fetchone()
        assert "przesłano" in details

    def test_receipts_have_references_of_their_own_kind(self, sessions: Sessions, invoices: Invoices) -> None:
        result = online(sessions)
        send(invoices, result)
        sessions.close(result)
        with sessions.store.transaction() as db:
            db.execute("UPDATE sessions SET successful = 1")
        sessions.finish()
        (page,) = sessions.upo_references(result)
        assert page[8:12] == "-EU-"
