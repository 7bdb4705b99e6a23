"""Conversations with KSeF without the network: generators that yield requests and receive answers.

A conversation of several steps (log in, open a session) yields :class:`Request` and :class:`Pause` and gets
an :class:`Answer` back; a failed request arrives as an exception at the ``yield``, so that the conversation
may answer to it. :func:`converse` drives one with whatever carries requests: the network, or a list in a
test.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar
from urllib.parse import quote

from liczydlo.ksef import wire
from liczydlo.ksef.errors import KsefError, Unavailable

Method = Literal["GET", "POST", "PUT", "DELETE"]
Expects = Literal["json", "xml", "nothing"]


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request to KSeF's API; ``path`` follows the environment's API address.

    ``bearer`` is a token, or None for the client's own access token, or "" for an open operation.
    ``repeatable``: carrying it out twice does no harm, so that it may be sent again after a lost answer.
    """

    method: Method
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, Any] | None = None
    xml: bytes | None = field(default=None, repr=False)
    bearer: str | None = field(default=None, repr=False)
    expects: Expects = "json"
    repeatable: bool = False

    def __post_init__(self) -> None:
        if self.method == "GET":
            object.__setattr__(self, "repeatable", True)


@dataclass(frozen=True, kw_only=True)
class Upload:
    """Where a file goes, as KSeF said: not to its API, and without a token. The address itself is the key to it."""

    ordinal: int
    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Wait ``seconds`` before the next step; :func:`converse` passes it to its ``pause``."""

    seconds: float


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A success: its status, headers (names in lower case) and body."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    def object(self) -> wire.Node:
        """The body as a JSON object."""
        return wire.parse_object(self.body)

    def list(self) -> Iterator[wire.Node]:
        """The body as a JSON list of objects."""
        return wire.parse_list(self.body)


T = TypeVar("T")
Conversation = Generator[Request | Pause, Answer, T]

_NOTHING = Answer()


def converse(
    conversation: Conversation[T], perform: Callable[[Request], Answer], pause: Callable[[float], None]
) -> T:
    """Drive a conversation to its end.

    Raises whatever the conversation lets through, and :class:`Unavailable` ``unreadable-answer`` when an
    answer is not what the OpenAPI promises; its ``answer_lost`` tells whether the request that got it had
    an effect.
    """
    lost = False
    answer: Answer | None = None
    failure: KsefError | None = None
    while True:
        try:
            if failure is not None:
                step = conversation.throw(failure)
            elif answer is None:
                step = next(conversation)
            else:
                step = conversation.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result
        except wire.Malformed as error:
            raise Unavailable("unreadable-answer", answer_lost=lost) from error
        answer, failure = _NOTHING, None
        if isinstance(step, Pause):
            pause(step.seconds)
            continue
        lost = not step.repeatable
        try:
            answer = perform(step)
        except KsefError as error:
            failure = error


def part(value: str) -> str:
    """A value as one part of a path, whatever it holds."""
    return quote(value, safe="")
