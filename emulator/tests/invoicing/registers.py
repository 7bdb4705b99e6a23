"""The registers of sessions and of what was sent, with a clock that stands still."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ksef_emulator.clock import Clock
from ksef_emulator.intake.archives import Compression
from ksef_emulator.intake.schemas import FA3
from ksef_emulator.model.identity.contexts import Context, ContextType
from ksef_emulator.model.limits.counts import Limits
from ksef_emulator.model.sending.batch_records import Batch, Part
from ksef_emulator.model.sending.invoices import Invoices
from ksef_emulator.model.sending.session_records import Session
from ksef_emulator.model.sending.sessions import Sessions
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
    result = sessions.with_id(session.id)
    assert result is not None
    return result


def send(invoices: Invoices, session: Session, content: bytes = b"x", **more: Any) -> str:
    return invoices.accept(
        session, sealed=b"sealed", sha256=hashlib.sha256(content).digest(), size=len(content), **more
    )
