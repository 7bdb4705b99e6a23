"""Sessions and what was sent in them, on the registers themselves: whose they are, when they end, in which order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ksef_emulator.clock import Clock
from ksef_emulator.intake.archives import Compression
from ksef_emulator.intake.schemas import FA3
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.model.limits.counts import ContextLimits, Limits, SessionLimits
from ksef_emulator.model.sending.batch_records import Batch, Part
from ksef_emulator.model.sending.invoices import Invoices, SessionFull, SessionNotOpen
from ksef_emulator.model.sending.session_records import Kind, Session, SessionFilter
from ksef_emulator.model.sending.sessions import LIFETIME, Sessions
from ksef_emulator.model.time.moments import micros
from ksef_emulator.model.time.progress import Progress
from ksef_emulator.receipts.upo import Authentication
from ksef_emulator.store import Store

KEY, IV = b"k" * 32, b"i" * 16
FIRM, OTHER = "1111111111", "2222222222"
UNIT = Context(type=ContextType.INTERNAL_ID, value=f"{FIRM}-12345")
BEGAN = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND, MOMENT = timedelta(seconds=1), timedelta(microseconds=1)


class Still(Clock):
    """Stands until it is turned."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = BEGAN

    def now(self) -> datetime:
        return self.moment

    def move(self, by: timedelta) -> datetime:
        self.moment += by
        return self.moment


@pytest.fixture
def clock() -> Still:
    return Still()


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store()
    yield store
    store.close()


@pytest.fixture
def sessions(store: Store, clock: Still) -> Sessions:
    return Sessions(store, clock)


@pytest.fixture
def invoices(store: Store, clock: Still, sessions: Sessions) -> Invoices:
    return Invoices(store, clock, limits=Limits(store))


def online(sessions: Sessions, nip: str = FIRM, **more: Any) -> Session:
    context = more.pop("context", Context.of_nip(nip))
    options: dict[str, Any] = {"key": KEY, "iv": IV, "author": f"Nip:{nip}"} | more
    return sessions.open_online(
        context=context,
        authentication=Authentication(context=context, document_hash="h" * 44),
        form=FA3,
        **options,
    )


def batch(sessions: Sessions, nip: str = FIRM, parts: int = 3, **more: Any) -> Session:
    options: dict[str, Any] = {"key": KEY, "iv": IV} | more
    made = Batch(
        compression=Compression.ZIP,
        size=100,
        sha256=b"s" * 32,
        offline=False,
        parts=tuple(
            Part(ordinal=number, size=50, sha256=b"p" * 32, received_sha256=None)
            for number in range(1, parts + 1)
        ),
    )
    return sessions.open_batch(
        made,
        context=Context.of_nip(nip),
        author=f"Nip:{nip}",
        authentication=Authentication(context=Context.of_nip(nip), token_reference="t"),
        form=FA3,
        **options,
    )


def again(sessions: Sessions, session: Session) -> Session:
    found = sessions.with_id(session.id)
    assert found is not None
    return found


def send(invoices: Invoices, session: Session, content: bytes = b"x", **more: Any) -> str:
    return invoices.accept(
        session, sealed=b"sealed", sha256=hashlib.sha256(content).digest(), size=len(content), **more
    )


class TestOpening:
    def test_what_a_session_is_told_to_be(self, sessions: Sessions) -> None:
        found = online(sessions, author="Pesel:90010112345", verify_identifiers=True)
        assert (found.kind, found.code, found.form, found.key, found.iv) == (Kind.ONLINE, 100, FA3, KEY, IV)
        assert (found.author, found.verify_identifiers) == ("Pesel:90010112345", True)
        assert found.context == Context.of_nip(FIRM)
        assert found.authentication.document_hash == "h" * 44
        assert found.authentication.token_reference is None
        assert found.created == found.updated == BEGAN
        assert found.valid_until == BEGAN + timedelta(hours=12)
        assert (found.invoices, found.successful, found.failed, found.closed) == (0, 0, 0, None)
        assert found.reference[8:12] == "-SO-"
        assert not online(sessions).verify_identifiers

    def test_what_a_batch_is_told_to_be(self, sessions: Sessions) -> None:
        """sesja-wsadowa.md: twenty minutes for each part."""
        found = batch(sessions, verify_identifiers=True)
        assert (found.kind, found.code, found.key, found.verify_identifiers) == (Kind.BATCH, 100, KEY, True)
        assert found.valid_until == BEGAN + timedelta(hours=1)
        assert found.created == found.updated == BEGAN
        assert found.authentication.token_reference == "t"
        assert found.authentication.document_hash is None
        assert found.reference[8:12] == "-SB-"
        with sessions.store.transaction() as db:
            rows = db.execute("SELECT ordinal, size FROM batch_parts WHERE session_id = ?", (found.id,))
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
        found = online(sessions, key=key, iv=iv)
        assert (found.code, found.key, found.iv) == (415, None, None)
        found = batch(sessions, key=key, iv=iv)
        assert (found.code, found.key, found.iv) == (100, None, None)


class TestFinding:
    def test_by_its_reference_in_its_own_context(self, sessions: Sessions) -> None:
        found = online(sessions)
        own = Context.of_nip(FIRM)
        assert sessions.find(found.reference, own) == found
        for other in (UNIT, Context.of_nip(OTHER)):
            assert sessions.find(found.reference, other) is None
        assert sessions.find("20260101-SO-0000000000-0000000000-00", own) is None

    def listed(self, sessions: Sessions, wanted: SessionFilter, **more: Any) -> list[int]:
        options = {"context": Context.of_nip(FIRM), "after": None, "size": 10} | more
        return [each.id for each in sessions.listing(wanted, **options)]

    def test_listed_newest_first_and_page_by_page(self, sessions: Sessions, clock: Still) -> None:
        made = [online(sessions), online(sessions)]  # in the same moment
        clock.move(SECOND)
        made.append(online(sessions))
        batch(sessions)
        online(sessions, OTHER)
        online(sessions, context=UNIT)
        wanted = SessionFilter(kind=Kind.ONLINE)
        ids = [each.id for each in reversed(made)]
        assert self.listed(sessions, wanted) == ids
        assert self.listed(sessions, wanted, size=2) == ids[:2]
        last = made[1]
        after = (int(last.created.timestamp()) * 1_000_000, last.id)
        assert self.listed(sessions, wanted, size=2, after=after) == ids[2:]

    def test_listed_by_bounds_that_are_inclusive(self, sessions: Sessions, clock: Still) -> None:
        found = online(sessions)
        clock.move(SECOND)
        sessions.close(found)
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
                wanted = SessionFilter(kind=Kind.ONLINE, **{name: bounds})  # type: ignore[arg-type]
                assert self.listed(sessions, wanted) == ([found.id] if shown else []), (name, bounds)

    def test_listed_by_the_rest(self, sessions: Sessions) -> None:
        one, two = online(sessions, author="a"), online(sessions, author="b", key=None)
        for wanted, shown in (
            ({"reference": one.reference}, [one.id]),
            ({"author": "b"}, [two.id]),
            ({"author": "b", "reference": one.reference}, []),
            ({"statuses": ("InProgress",)}, [one.id]),
            ({"statuses": ("Failed",)}, [two.id]),
            ({"statuses": ("InProgress", "Failed")}, [two.id, one.id]),
            ({"statuses": ("Succeeded", "Cancelled")}, []),
        ):
            found = self.listed(sessions, SessionFilter(kind=Kind.ONLINE, **wanted))  # type: ignore[arg-type]
            assert found == shown, wanted


class TestEnding:
    def test_an_empty_one_is_cancelled_as_it_is_closed(self, sessions: Sessions, clock: Still) -> None:
        found = online(sessions)
        clock.move(SECOND)
        sessions.close(found)
        ended = again(sessions, found)
        assert (ended.code, ended.details) == (440, ("Nie przesłano faktur",))
        assert ended.closed == ended.updated == BEGAN + SECOND
        assert (ended.key, ended.iv) == (None, None)

    def test_closed_once(self, sessions: Sessions, invoices: Invoices, clock: Still) -> None:
        found, other = online(sessions), online(sessions)
        for session in (found, other):
            send(invoices, session)
        sessions.close(found)
        clock.move(SECOND)
        sessions.close(found)
        ended = again(sessions, found)
        assert (ended.code, ended.closed) == (170, BEGAN)
        assert again(sessions, other).code == 100

    def test_a_batch_waits_for_its_work(self, sessions: Sessions) -> None:
        found = batch(sessions)
        sessions.close(found)
        assert again(sessions, found).code == 150
        sessions.finish()
        assert again(sessions, found).code == 150

    def test_when_its_time_is_over(self, sessions: Sessions, invoices: Invoices, clock: Still) -> None:
        """Twelve hours, or twenty minutes a part, and not a moment before."""
        for make, length in ((online, LIFETIME), (batch, timedelta(hours=1))):
            found = make(sessions)
            until = found.created + length
            if make is online:
                send(invoices, found)
            clock.move(length - MOMENT)
            sessions.expire()
            assert again(sessions, found).code == 100
            clock.move(MOMENT)
            sessions.expire()
            ended = again(sessions, found)
            if make is online:
                assert (ended.code, ended.closed) == (170, until)
            else:
                assert (ended.code, ended.details) == (440, ("Przekroczono czas wysyłki",))

    def test_closed_when_it_ran_out_even_if_nobody_looked(
        self, sessions: Sessions, invoices: Invoices, clock: Still
    ) -> None:
        found = online(sessions)
        send(invoices, found)
        clock.move(LIFETIME * 3)
        sessions.expire()
        ended = again(sessions, found)
        assert (ended.closed, ended.updated) == (BEGAN + LIFETIME, BEGAN + LIFETIME * 3)

    @pytest.mark.parametrize(
        ("successful", "failed", "code", "details"),
        [(1, 0, 200, ()), (1, 1, 200, ()), (0, 2, 445, ()), (0, 1, 445, ()), (0, 0, 170, ())],
    )
    def test_by_what_became_of_its_documents(
        self, sessions: Sessions, invoices: Invoices, successful: int, failed: int, code: int, details: Any
    ) -> None:
        found, other = online(sessions), online(sessions)
        for _ in range(max(1, successful + failed)):
            send(invoices, found)
        send(invoices, other)
        sessions.close(found)
        with sessions.store.transaction() as db:
            db.execute(
                "UPDATE sessions SET successful = ?, failed = ? WHERE id = ?", (successful, failed, found.id)
            )
        sessions.finish()
        ended = again(sessions, found)
        assert (ended.code, ended.details) == (code, details)
        assert len(sessions.upo_references(found)) == (1 if code == 200 else 0)
        assert again(sessions, other).code == 100

    def test_after_so_many_polls_and_so_much_time(
        self, sessions: Sessions, invoices: Invoices, clock: Still
    ) -> None:
        sessions.progress = Progress(polls=2, seconds=60)
        found = online(sessions)
        send(invoices, found)
        sessions.close(found)
        with sessions.store.transaction() as db:
            db.execute("UPDATE sessions SET successful = 1")
        for seconds, polls, code in ((59, 1, 170), (1, 0, 170), (0, 1, 200)):
            clock.move(timedelta(seconds=seconds))
            for _ in range(polls):
                sessions.poll(again(sessions, found))
            sessions.finish()
            assert again(sessions, found).code == code

    def test_ten_thousand_to_a_page_of_the_receipt(self, sessions: Sessions, invoices: Invoices) -> None:
        found = online(sessions)
        send(invoices, found)
        sessions.close(found)
        with sessions.store.transaction() as db:
            db.execute("UPDATE sessions SET invoices = 10001, successful = 10001")
        sessions.finish()
        pages = sessions.upo_references(found)
        assert len(set(pages)) == 2
        with sessions.store.transaction() as db:
            numbers = [
                db.execute("SELECT number FROM upo_pages WHERE reference = ?", (page,)).fetchone()[0]
                for page in pages
            ]
        assert numbers == [1, 2]

    @pytest.mark.parametrize("details", [[], ["Błąd dekompresji – ąę"]])
    def test_a_batch_by_its_verdict(self, sessions: Sessions, details: list[str]) -> None:
        found, other = batch(sessions), batch(sessions)
        for session in (found, other):
            sessions.close(session)
        with sessions.store.transaction() as db:
            db.execute(
                "UPDATE batches SET verdict = 430, details = ? WHERE session_id = ?",
                (json.dumps(details), found.id),
            )
        sessions.finish()
        ended = again(sessions, found)
        assert (ended.code, ended.details) == (430, tuple(details))
        assert again(sessions, other).code == 150
        assert sessions.upo_references(found) == []

    @pytest.mark.parametrize("kind", ["online", "batch"])
    def test_looks_count_while_it_is_processed(
        self, sessions: Sessions, invoices: Invoices, kind: str
    ) -> None:
        sessions.progress = Progress(polls=2)
        made = [(online if kind == "online" else batch)(sessions) for _ in range(3)]
        if kind == "online":
            for session in made:
                send(invoices, session)
        found, closed, still_open = made
        sessions.poll(found)
        for session in (found, closed):
            sessions.close(session)
        for _ in range(3):
            sessions.poll(found)
            sessions.poll(still_open)
        with sessions.store.transaction() as db:
            left = [row[0] for row in db.execute("SELECT polls_left FROM sessions ORDER BY id")]
        assert left == [0, 2, 0]

    def test_what_is_said_of_it_is_kept_in_polish_letters(self, sessions: Sessions) -> None:
        found = online(sessions)
        sessions.close(found)
        with sessions.store.transaction() as db:
            (details,) = db.execute("SELECT details FROM sessions").fetchone()
        assert "przesłano" in details

    def test_receipts_have_references_of_their_own_kind(self, sessions: Sessions, invoices: Invoices) -> None:
        found = online(sessions)
        send(invoices, found)
        sessions.close(found)
        with sessions.store.transaction() as db:
            db.execute("UPDATE sessions SET successful = 1")
        sessions.finish()
        (page,) = sessions.upo_references(found)
        assert page[8:12] == "-EU-"


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


class TestSending:
    def test_counted_and_numbered_from_one(
        self, sessions: Sessions, invoices: Invoices, clock: Still
    ) -> None:
        session, other = online(sessions), online(sessions)
        clock.move(SECOND)
        names = [send(invoices, session, bytes([number])) for number in range(3)]
        send(invoices, other)
        found = invoices.in_session(session, size=10)
        assert [each.reference for each in found] == names
        assert [each.ordinal for each in found] == [1, 2, 3]
        assert {each.invoicing for each in found} == {BEGAN + SECOND}
        assert {each.status.code for each in found} == {100}
        assert again(sessions, session).invoices == 3
        assert again(sessions, session).updated == BEGAN + SECOND
        assert [each.ordinal for each in invoices.in_session(session, after=1, size=1)] == [2]
        assert invoices.in_session(session, after=3, size=10) == []

    def test_what_was_said_of_a_document(self, sessions: Sessions, invoices: Invoices) -> None:
        session = online(sessions)
        name = send(invoices, session, b"abc", offline=True, corrected_sha256=b"c" * 32)
        found = invoices.sent(session, name)
        assert found is not None
        assert (found.offline, found.corrected_sha256) == (True, b"c" * 32)
        assert found.sha256 == hashlib.sha256(b"abc").digest()
        assert name[8:12] == "-EE-"
        plain = invoices.sent(session, send(invoices, session))
        assert plain is not None
        assert (plain.offline, plain.corrected_sha256) == (False, None)
        assert invoices.sent(online(sessions), name) is None
        assert [each.reference for each in invoices.correction_of(b"c" * 32)] == [name]
        assert invoices.correction_of(found.sha256) == []

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
        wanted = hashlib.sha256(b"same").digest()
        found = invoices.sent_with_hash(wanted, context=Context.of_nip(FIRM))
        assert [each.reference for each in found] == names

    def test_a_look_counts_for_what_was_looked_at(self, sessions: Sessions, invoices: Invoices) -> None:
        """Looked at once it is being processed; the rest of its session is not, unless all were looked at."""
        session, other = online(sessions), online(sessions)
        slow = Progress(polls=5)
        one = send(invoices, session, progress=slow)
        for each in (session, other):
            send(invoices, each, progress=slow)
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
        found = invoices.in_session(session, size=10, refused=True)
        assert [each.reference for each in found] == names[2:]
