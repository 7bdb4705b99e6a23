"""What the public port was asked and what it answered, with everything hidden that opens something."""

import base64
import re
from collections.abc import Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from .. import problems
from ..api.security import CurrentEmulator
from ..http.request_log import KEPT, Entry, Headers, Side

HIDDEN = "***"
_SECRET_HEADERS = frozenset(
    {b"authorization", b"proxy-authorization", b"cookie", b"set-cookie", b"sessiontoken"}
)
_SECRETS = (
    (re.compile(r'("(?!continuation)(?:\w*[tT]oken|password|privateKey)"\s*:\s*")[^"]*'), rf"\g<1>{HIDDEN}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?"), HIDDEN),
    (re.compile(r"\b(sig(?:=|%3D))[^&\"\s]+"), rf"\g<1>{HIDDEN}"),
)
_NUMBER = Annotated[int, Path(ge=1, le=2**53)]


class Message(BaseModel):
    """One side of an exchange. Of the body there is the beginning: as ``text`` if it is one, else in ``base64``."""

    headers: list[tuple[str, str]]
    size: Annotated[int, Field(description="Of the whole body, in bytes.")]
    truncated: bool
    text: str | None = None
    base64: str | None = None


class Exchange(BaseModel):
    """One request. ``status`` is null when the client got no answer; ``problem`` is KSeF's code of a refusal;
    ``fault`` is the one that happened to it; ``context`` the token's (``Nip:7771234567``)."""

    number: int
    at: datetime
    method: str
    path: str
    status: int | None
    milliseconds: float
    problem: int | None
    fault: str | None
    context: str | None


class FullExchange(Exchange):
    """A request with its answer: headers and bodies, secrets hidden, cut after 16 KiB."""

    client: str
    query: str
    request: Message
    answer: Message


class ExchangeList(BaseModel):
    """Requests, the newest first."""

    requests: list[FullExchange | Exchange]


router = APIRouter(prefix="/requests", tags=["Żądania"])


@router.get("")
def listing(
    emulator: CurrentEmulator,
    limit: Annotated[int, Query(ge=1, le=KEPT)] = 100,
    method: str | None = None,
    path: Annotated[str | None, Query(description="A pattern such as `*/invoices`.")] = None,
    status: int | None = None,
    context: Annotated[str | None, Query(description="A part of the context, such as a NIP.")] = None,
    full: Annotated[bool, Query(description="With headers and bodies of both sides.")] = False,
) -> ExchangeList:
    """The last requests that the public port saw, newest first; a thousand are kept, in memory."""
    entries = matching(emulator.requests.entries(), method, path, status, context)
    return ExchangeList(
        requests=[full_exchange(exchange) if full else _short(exchange) for exchange in entries[:limit]]
    )


@router.get("/{number}")
def one(emulator: CurrentEmulator, number: _NUMBER) -> FullExchange:
    """Both sides of one exchange. Tokens and signatures of links are hidden, bodies cut after 16 KiB."""
    entry = emulator.requests.find(number)
    if entry is None:
        raise problems.Problem(status=404, code=404, description="Tego żądania już nie ma.")
    return full_exchange(entry)


@router.delete("", status_code=204)
def forget(emulator: CurrentEmulator) -> Response:
    """Forget all of them; numbers go on."""
    emulator.requests.clear()
    return Response(status_code=204)


def matching(
    entries: Sequence[Entry],
    method: str | None = None,
    path: str | None = None,
    status: int | None = None,
    context: str | None = None,
) -> list[Entry]:
    """Those that fit, newest first; ``path`` is a pattern, ``context`` a part of it, None is any."""
    return [
        entry
        for entry in reversed(entries)
        if method in (None, entry.method)
        and status in (None, entry.status)
        and (path is None or fnmatchcase(entry.path, path))
        and (context is None or context in (entry.context or ""))
    ]


def _short(entry: Entry) -> Exchange:
    return Exchange(
        number=entry.number,
        at=entry.at,
        method=entry.method,
        path=entry.path,
        status=entry.status,
        milliseconds=entry.milliseconds,
        problem=entry.problem,
        fault=entry.fault,
        context=entry.context,
    )


def full_exchange(entry: Entry) -> FullExchange:
    """Both sides, with everything hidden that opens something."""
    return FullExchange(
        **_short(entry).model_dump(),
        client=entry.client,
        query=hide(entry.query),
        request=_message(entry.request),
        answer=_message(entry.answer),
    )


def _message(side: Side) -> Message:
    shown = Message(headers=_headers(side.headers), size=side.size, truncated=side.size > len(side.body))
    try:
        shown.text = hide(side.body.decode())
    except UnicodeDecodeError as error:
        if shown.truncated and error.start >= len(side.body) - 3:
            shown.text = hide(side.body[: error.start].decode())
        else:
            shown.base64 = base64.b64encode(side.body).decode()
    return shown


def _headers(headers: Headers) -> list[tuple[str, str]]:
    return [
        (
            name.decode("latin-1"),
            HIDDEN if name.lower() in _SECRET_HEADERS else hide(value.decode("latin-1")),
        )
        for name, value in headers
    ]


def hide(text: str) -> str:
    """The text without tokens, passwords, private keys and signatures of links."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text
