"""Latarnia, the Ministry's public word on whether KSeF works (addresses without login: ``/status``, ``/messages``).

It has been silent for hours while KSeF worked: no answer means UNKNOWN, never a failure and never
availability.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, TypeVar

import httpx2

from liczydlo.ksef import transport
from liczydlo.ksef.conversation import Conversation, Request, converse
from liczydlo.ksef.deadlines import Outage, OutageKind
from liczydlo.ksef.environments import Environment
from liczydlo.ksef.errors import KsefError
from liczydlo.ksef.runner import utc_now
from liczydlo.ksef.wire import Malformed, Node

T = TypeVar("T")
State = Literal["AVAILABLE", "MAINTENANCE", "FAILURE", "TOTAL_FAILURE", "UNKNOWN"]

PATIENCE: Final = 2.0
"""Seconds of waiting between attempts: nobody waits for a lighthouse."""
_STATES: Final[dict[str, State]] = {
    "AVAILABLE": "AVAILABLE",
    "MAINTENANCE": "MAINTENANCE",
    "FAILURE": "FAILURE",
    "TOTAL_FAILURE": "TOTAL_FAILURE",
}
_KINDS: Final[dict[str, OutageKind]] = {
    "MAINTENANCE": "maintenance",
    "FAILURE": "failure",
    "TOTAL_FAILURE": "total-failure",
}
_GRAVITY: Final[tuple[OutageKind, ...]] = ("maintenance", "failure", "total-failure")


@dataclass(frozen=True, kw_only=True)
class Message:
    """An announcement; those of one event, its start and its end, share ``event``."""

    id: str
    event: str
    category: str
    type: str
    title: str
    text: str
    start: datetime | None
    end: datetime | None
    version: int
    published: datetime


@dataclass(frozen=True, kw_only=True)
class Status:
    """The state of KSeF by the Ministry's word, and the announcements that explain it."""

    state: State
    messages: tuple[Message, ...] = ()


UNKNOWN: Final = Status(state="UNKNOWN")


def status(
    environment: Environment, *, http: httpx2.Client | None = None, clock: Callable[[], datetime] = utc_now
) -> Status:
    """The state now. Never raises for the network: what cannot be learnt is UNKNOWN."""
    if environment.latarnia is None:
        return UNKNOWN
    try:
        return _ask(environment, _status(), http, clock)
    except KsefError:
        return UNKNOWN


def messages(
    environment: Environment,
    *,
    http: httpx2.Client | None = None,
    clock: Callable[[], datetime] = utc_now,
    patience: float = PATIENCE,
) -> tuple[Message, ...]:
    """The announcements of the last thirty days; none where there is no Latarnia. Raises :class:`KsefError`.

    ``patience``: seconds of waiting between attempts.
    """
    return _ask(environment, _messages(), http, clock, patience) if environment.latarnia else ()


def outages(announced: Iterable[Message]) -> tuple[Outage, ...]:
    """What the announcements say happened, one outage an event, for :mod:`.deadlines`.

    Of several versions of a message the newest counts, and of several messages of an event the end of the one
    published last, for an end may be corrected to an earlier moment. A failure that is declared total under the same
    event is a total one. An event without a start is left out.
    """
    newest: dict[str, Message] = {}
    for message in announced:
        held = newest.get(message.id)
        if held is None or message.version > held.version:
            newest[message.id] = message
    events: dict[str, list[Message]] = {}
    for message in newest.values():
        events.setdefault(message.event, []).append(message)
    result = [outage for event in events.values() if (outage := _outage(event)) is not None]
    return tuple(sorted(result, key=lambda outage: outage.start))


def _outage(event: list[Message]) -> Outage | None:
    starts = [message.start for message in event if message.start is not None]
    ending = [message for message in event if message.end is not None]
    kinds = {_KINDS[message.category] for message in event if message.category in _KINDS}
    if not kinds or not starts:
        return None
    start = min(starts)
    end = max(ending, key=lambda message: message.published).end if ending else None
    kind = max(kinds, key=_GRAVITY.index)
    return Outage(
        kind=kind,
        start=start,
        end=None if end is None or end < start else end,
        event=event[0].event,
        title=max(event, key=lambda message: message.published).title,
    )


def _ask(
    environment: Environment,
    conversation: Conversation[T],
    http: httpx2.Client | None,
    clock: Callable[[], datetime],
    patience: float = PATIENCE,
) -> T:
    there = replace(environment, api=environment.latarnia or "")
    client = http or transport.http_client()
    try:
        carrier = transport.Transport(there, client, sleep=time.sleep, clock=clock, patience=patience)
        return converse(conversation, lambda request: carrier.perform(request, ""), time.sleep)
    finally:
        if http is None:
            client.close()


def _status() -> Conversation[Status]:
    answer = yield Request(method="GET", path="/status", bearer="")
    node = answer.object()
    state = _STATES.get(node.text("status"))
    if state is None:
        raise Malformed("status")
    return Status(state=state, messages=tuple(_message(item) for item in node.nodes("messages")))


def _messages() -> Conversation[tuple[Message, ...]]:
    answer = yield Request(method="GET", path="/messages", bearer="")
    return tuple(_message(item) for item in answer.list())


def _message(node: Node) -> Message:
    return Message(
        id=node.text("id"),
        event=node.scalar("eventId"),
        category=node.text("category"),
        type=node.text("type"),
        title=node.text("title"),
        text=node.text("text"),
        start=node.optional_moment("start"),
        end=node.optional_moment("end"),
        version=int(node.decimal("version")),
        published=node.moment("published"),
    )
