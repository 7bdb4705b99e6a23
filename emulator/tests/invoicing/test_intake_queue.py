"""From a sealed document to a status, a number and a place in the register; no HTTP."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from ksef_emulator.intake.identifiers import ksef_number_holds
from ksef_emulator.intake.schemas import FA3, Schemas
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.model.limits.counts import ContextLimits, SessionLimits
from ksef_emulator.model.receiving.metadata import BeyondMark, Metadata, Query
from ksef_emulator.model.sending.intake_queue import IntakeQueue
from ksef_emulator.model.sending.invoice_records import Sent
from ksef_emulator.model.sending.invoices import Invoices, SessionFull, SessionNotOpen
from ksef_emulator.model.sending.session_records import Kind, Session, SessionFilter
from ksef_emulator.model.sending.sessions import Sessions
from ksef_emulator.model.time.progress import AT_ONCE, Progress
from ksef_emulator.receipts.upo import Authentication

SELLER = "5265877635"
BUYER = "1111111111"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SCHEMAS = Schemas()


class Frozen:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.value = NOON

    def now(self) -> datetime:
        return self.value

    def move(self, by: timedelta) -> None:
        self.value += by


@dataclass(kw_only=True)
class System:
    clock: Frozen
    sessions: Sessions
    invoices: Invoices
    queue: IntakeQueue
    metadata: Metadata

    def open(self, nip: str = SELLER, *, key: bytes | None = b"k" * 32) -> Session:
        return self.sessions.open_online(
            context=Context.of_nip(nip),
            author="Nip:" + nip,
            authentication=Authentication(context=Context.of_nip(nip), document_hash="h" * 44),
            form=FA3,
            key=key,
            iv=b"i" * 16,
        )

    def send(self, session: Session, xml: bytes, **extra: object) -> Sent:
        name = self.invoices.accept(
            session,
            **{  # type: ignore[arg-type]
                "sealed": seal(xml, session),
                "sha256": hashlib.sha256(xml).digest(),
                "size": len(xml),
                **extra,
            },
        )
        self.queue.settle()
        return self.sent(session, name)

    def sent(self, session: Session, name: str) -> Sent:
        result = self.invoices.sent(session, name)
        assert result is not None
        return result

    def again(self, session: Session) -> Session:
        element = self.sessions.find(session.reference, session.context)
        assert element is not None
        return element


def seal(xml: bytes, session: Session) -> bytes:
    padder = PKCS7(128).padder()
    padded = padder.update(xml) + padder.finalize()
    encryptor = Cipher(algorithms.AES(session.key or b""), modes.CBC(session.iv or b"")).encryptor()
    return encryptor.update(padded) + encryptor.finalize()


def build_system(progress: Progress = AT_ONCE) -> System:
    from ksef_emulator.store import Store

    store, clock = Store(), Frozen()
    sessions = Sessions(store, clock, progress)
    invoices = Invoices(store, clock, progress)
    queue = IntakeQueue(store=store, clock=clock, sessions=sessions, invoices=invoices, schemas=SCHEMAS)
    return System(
        clock=clock,
        sessions=sessions,
        invoices=invoices,
        queue=queue,
        metadata=Metadata(store, clock, queue.storage),
    )


@pytest.fixture
def system() -> System:
    return build_system()


def test_an_accepted_invoice(system: System, build: Callable[..., bytes]) -> None:
    session = system.open()
    xml = build()
    sent = system.send(session, xml)
    assert sent.status.code == 200
    assert (sent.ordinal, sent.number, sent.mode) == (1, "FV/1/2026", "Online")
    assert sent.ksef_number is not None
    assert ksef_number_holds(sent.ksef_number)
    assert sent.ksef_number.startswith(f"{SELLER}-20261123-")
    assert sent.acquisition is not None and sent.storage is not None
    assert sent.invoicing <= sent.acquisition < sent.storage
    result = system.invoices.by_ksef_number(sent.ksef_number)
    assert result is not None
    assert system.invoices.document(result) == xml
    assert system.invoices.find_by_hash(SELLER, hashlib.sha256(xml).digest()) == result
    assert system.invoices.find_by_hash(BUYER, hashlib.sha256(xml).digest()) is None


@pytest.mark.parametrize(
    ("offline", "day", "mode"),
    [(False, "2026-11-23", "Online"), (True, "2026-11-23", "Offline"), (False, "2026-11-22", "Offline")],
)
def test_mode_is_declared_or_follows_from_the_day(
    system: System, build: Callable[..., bytes], offline: bool, day: str, mode: str
) -> None:
    assert system.send(system.open(), build(day=day), offline=offline).mode == mode


def test_the_day_is_the_polish_one(system: System, build: Callable[..., bytes]) -> None:
    system.clock.value = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    sent = system.send(system.open(), build(day="2026-11-23"))
    assert (sent.status.code, sent.mode) == (200, "Online")


def test_wrong_size_hash_and_key(system: System, build: Callable[..., bytes]) -> None:
    session, xml = system.open(), build()
    assert system.send(session, xml, size=7).status.details == (
        "Rozmiar przesłanego pliku faktury nie zgadza się z zadeklarowaną wartością: 7.",
    )
    assert system.send(session, xml, sha256=b"0" * 32).status.code == 430
    assert system.send(session, xml, sealed=os.urandom(100)).status.code == 435
    counted = system.again(session)
    assert (counted.invoices, counted.successful, counted.failed) == (3, 0, 3)


def test_a_duplicate_names_the_original(system: System, build: Callable[..., bytes]) -> None:
    first_session, second_session = system.open(), system.open()
    first = system.send(first_session, build(item="Jedno"))
    second = system.send(second_session, build(item="Drugie"))
    assert second.status.code == 440
    assert second.number == "FV/1/2026"
    assert second.ksef_number is None
    assert second.status.extensions == {
        "originalSessionReferenceNumber": first_session.reference,
        "originalKsefNumber": first.ksef_number,
    }
    assert first.ksef_number is not None and first.ksef_number in second.status.details[0]
    assert system.send(second_session, build(number="FV/2/2026")).status.code == 200
    assert system.send(second_session, build(kind="UPR")).status.code == 200


def test_numbers_are_free_again_after_ten_full_years(system: System, build: Callable[..., bytes]) -> None:
    system.send(system.open(), build())
    system.clock.value = datetime(2036, 12, 30, tzinfo=UTC)
    assert system.send(system.open(), build()).status.code == 440
    system.clock.value = datetime(2037, 1, 2, tzinfo=UTC)
    assert system.send(system.open(), build()).status.code == 200


def test_a_strangers_invoice_is_refused(system: System, build: Callable[..., bytes]) -> None:
    sent = system.send(system.open(BUYER), build())
    assert (sent.status.code, sent.status.details) == (410, ("Brak uprawnienia fakturowego",))
    assert sent.number == "FV/1/2026"


def test_a_key_that_cannot_be_used_opens_a_dead_session(system: System) -> None:
    session = system.open(key=b"short")
    assert (session.code, session.description) == (415, "Błąd odszyfrowania dostarczonego klucza")
    with pytest.raises(SessionNotOpen):
        system.invoices.accept(session, sealed=b"x" * 16, sha256=b"0" * 32, size=1)


def test_a_session_ends_in_200_with_a_page(system: System, build: Callable[..., bytes]) -> None:
    session = system.open()
    system.send(session, build())
    assert system.sessions.upo_references(session) == []
    system.sessions.close(session)
    system.queue.settle()
    ended = system.again(session)
    assert (ended.code, ended.description) == (200, "Sesja interaktywna przetworzona pomyślnie")
    assert len(system.sessions.upo_references(session)) == 1
    with pytest.raises(SessionNotOpen):
        system.send(session, build(number="2"))


def test_a_session_without_good_invoices_ends_in_445_and_an_empty_one_in_440(system: System) -> None:
    refused, empty = system.open(), system.open()
    system.send(refused, b"<a/>")
    for session in (refused, empty):
        system.sessions.close(session)
    assert system.again(refused).code == 170
    assert system.again(empty).code == 440, "nothing is waited for"
    system.queue.settle()
    assert system.again(refused).code == 445
    assert (system.again(empty).code, system.again(empty).details) == (440, ("Nie przesłano faktur",))
    assert system.sessions.upo_references(refused) == []


def test_twelve_hours_close_a_session(system: System, build: Callable[..., bytes]) -> None:
    session = system.open()
    system.send(session, build())
    system.clock.move(timedelta(hours=11, minutes=59))
    system.queue.settle()
    assert system.again(session).code == 100
    system.clock.move(timedelta(minutes=1))
    system.queue.settle()
    ended = system.again(session)
    assert ended.code == 200
    assert ended.closed == session.valid_until


def test_a_full_session_takes_no_more(system: System, build: Callable[..., bytes]) -> None:
    session = system.open()
    one = ContextLimits(online=SessionLimits(max_invoices=1))
    system.invoices.limits.set_context(session.context, one)
    system.send(session, build())
    with pytest.raises(SessionFull):
        system.send(session, build(number="2"))
    assert system.again(session).invoices == 1


def test_progress_by_polls(build: Callable[..., bytes]) -> None:
    system = build_system(Progress(polls=2))
    session = system.open()
    sent = system.send(session, build())
    assert sent.status.code == 100
    codes = []
    for _ in range(3):
        system.invoices.poll(session, sent.reference)
        system.queue.settle()
        codes.append(system.sent(session, sent.reference).status.code)
    assert codes == [150, 200, 200]
    system.sessions.close(session)
    system.queue.settle()
    assert system.again(session).code == 170
    for _ in range(2):
        system.sessions.poll(session)
    system.queue.settle()
    assert system.again(session).code == 200


def test_progress_by_time(build: Callable[..., bytes]) -> None:
    system = build_system(Progress(seconds=30))
    session = system.open()
    sent = system.send(session, build())
    system.sessions.close(session)
    system.queue.settle()
    assert (system.sent(session, sent.reference).status.code, system.again(session).code) == (100, 170)
    system.clock.move(timedelta(seconds=30))
    system.queue.settle()
    assert (system.sent(session, sent.reference).status.code, system.again(session).code) == (200, 200)


def test_many_threads_settle_each_document_once(build: Callable[..., bytes]) -> None:
    system = build_system(Progress(seconds=1))
    session = system.open()
    for number in range(40):
        system.send(session, build(number=str(number % 20)))
    system.clock.move(timedelta(seconds=1))
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(system.queue.settle) for _ in range(8)]:
            done.result()
    counted = system.again(session)
    assert (counted.successful, counted.failed) == (20, 20)
    numbers = {sent.ksef_number for sent in system.invoices.in_session(session, size=100)}
    assert len(numbers - {None}) == 20


def test_pages_of_a_session(system: System, build: Callable[..., bytes]) -> None:
    session = system.open()
    for number in range(3):
        system.send(session, build(number=str(number)))
    system.send(session, b"<a/>")
    assert [sent.ordinal for sent in system.invoices.in_session(session, size=2)] == [1, 2]
    assert [sent.ordinal for sent in system.invoices.in_session(session, after=2, size=9)] == [3, 4]
    assert [sent.ordinal for sent in system.invoices.in_session(session, size=9, refused=True)] == [4]


def test_listing_of_sessions(system: System) -> None:
    opened = []
    for _ in range(3):
        opened.append(system.open().reference)
        system.clock.move(timedelta(minutes=1))
    system.open(BUYER)

    def names(size: int = 10, after: tuple[int, int] | None = None, **extra: object) -> list[str]:
        expected = SessionFilter(**{"kind": Kind.ONLINE, **extra})  # type: ignore[arg-type]
        result = system.sessions.listing(expected, context=Context.of_nip(SELLER), after=after, size=size)
        return [session.reference for session in result]

    assert names() == opened[::-1]
    assert names(kind=Kind.BATCH) == []
    assert names(author="Nip:" + BUYER) == []
    assert names(reference=opened[0]) == [opened[0]]
    assert names(created=(NOON + timedelta(seconds=30), None)) == [opened[2], opened[1]]
    assert names(closed=(NOON, None)) == []
    assert names(statuses=("Succeeded", "Failed")) == []
    assert names(statuses=("InProgress",)) == opened[::-1]
    first = system.sessions.find(opened[2], context=Context.of_nip(SELLER))
    assert first is not None
    assert system.sessions.find(opened[2], context=Context.of_nip(BUYER)) is None


def query(**extra: object) -> Query:
    base: dict[str, object] = {
        "subject": "Subject1",
        "date_type": "PermanentStorage",
        "start": NOON - timedelta(days=1),
    }
    return Query(**{**base, **extra})  # type: ignore[arg-type]


def numbers(system: System, wanted: Query, nip: str = SELLER, kind: str = "Nip") -> list[str]:
    page = system.metadata.page(wanted, context=Context(type=ContextType(kind), value=nip), offset=0, size=50)
    return [invoice.number for invoice in page.invoices]


def test_the_query_finds_by_role(system: System, build: Callable[..., bytes]) -> None:
    third = (
        "<Podmiot3><DaneIdentyfikacyjne><IDWew>5265877635-12345</IDWew><Nazwa>Oddział</Nazwa></DaneIdentyfikacyjne>"
        "<Rola>2</Rola></Podmiot3>"
    )
    system.send(system.open(), build(number="A", third=third))
    assert numbers(system, query()) == ["A"]
    assert numbers(system, query(), BUYER) == []
    assert numbers(system, query(subject="Subject2"), BUYER) == ["A"]
    assert numbers(system, query(subject="Subject2")) == []
    assert numbers(system, query(subject="Subject3"), "5265877635-12345", "InternalId") == ["A"]
    assert numbers(system, query(subject="SubjectAuthorized")) == []


def test_the_query_filters(system: System, build: Callable[..., bytes]) -> None:
    session = system.open()
    system.send(session, build(number="A"))
    system.send(session, build(number="B", currency="EUR", day="2026-11-20"))
    system.send(session, build(number="C", buyer="<BrakID>1</BrakID>", gross="-5.00"), offline=True)
    assert numbers(system, query()) == ["A", "B", "C"]
    assert numbers(system, query(descending=True)) == ["C", "B", "A"]
    assert numbers(system, query(invoice_number="B")) == ["B"]
    assert numbers(system, query(currencies=("EUR", "USD"))) == ["B"]
    assert numbers(system, query(mode="Offline")) == ["B", "C"]
    assert numbers(system, query(buyer=("None", None))) == ["C"]
    assert numbers(system, query(buyer=("Nip", BUYER))) == ["A", "B"]
    assert numbers(system, query(amount=("Brutto", None, 0))) == ["C"]
    assert numbers(system, query(amount=("Netto", 10000, 10000))) == ["A", "B", "C"]
    assert numbers(system, query(invoice_types=("Kor",))) == []
    assert numbers(system, query(form_type="FA", has_attachment=False, self_invoicing=False)) == [
        "A",
        "B",
        "C",
    ]
    assert numbers(system, query(form_type="PEF")) == []
    assert numbers(system, query(date_type="Issue")) == ["A", "C"]
    issued = query(date_type="Issue", start=NOON - timedelta(days=3), end=NOON - timedelta(days=3))
    assert numbers(system, issued) == ["B"]
    assert numbers(system, query(date_type="Invoicing", start=NOON)) == ["A", "B", "C"]
    assert numbers(system, query(date_type="Invoicing", start=NOON + timedelta(microseconds=1))) == []


def test_the_mark_closes_what_is_below_it(system: System, build: Callable[..., bytes]) -> None:
    session = system.open()
    first = system.send(session, build(number="A"))
    page = system.metadata.page(query(), context=Context.of_nip(SELLER), offset=0, size=10)
    assert page.mark is not None and first.storage is not None
    assert page.mark >= first.storage
    second = system.send(session, build(number="B"))
    assert second.storage is not None
    assert second.storage > page.mark
    assert numbers(system, query(start=page.mark + timedelta(microseconds=1), up_to_mark=True)) == ["B"]
    past = query(end=NOON - timedelta(hours=1))
    old = system.metadata.page(past, context=Context.of_nip(SELLER), offset=0, size=10)
    assert (old.invoices, old.mark) == ((), NOON - timedelta(hours=1))
    with pytest.raises(BeyondMark):
        numbers(system, query(start=NOON + timedelta(days=1), up_to_mark=True))


def test_pages_of_the_query(system: System, build: Callable[..., bytes]) -> None:
    session = system.open()
    for number in range(5):
        system.send(session, build(number=str(number)))

    def page(offset: int, size: int) -> tuple[list[str], bool, bool]:
        result = system.metadata.page(query(), context=Context.of_nip(SELLER), offset=offset, size=size)
        return [item.number for item in result.invoices], result.has_more, result.truncated

    assert page(0, 2) == (["0", "1"], True, False)
    assert page(4, 2) == (["4"], False, False)
    assert page(0, 5) == (["0", "1", "2", "3", "4"], False, False)
