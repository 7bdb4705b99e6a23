"""The layer before everything public: remembers both sides of every exchange, and marks every answer as not KSeF's."""

from __future__ import annotations

import time
import unicodedata
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .request_log import BODY_KEPT, Entry, Side

if TYPE_CHECKING:
    from ..emulator import Emulator

PREFIX = "/v2"
ROOT = "/api"
"""The API answers under ``/v2``, as on the live hosts, and under ``/api/v2``, as in older documentation."""
NOT_PRODUCTION = b"KSeF emulator - nie jest to KSeF, nie wysylaj prawdziwych danych"


class _Heard:
    """One side's headers and the beginning of its body, as they go by."""

    __slots__ = ("body", "headers", "limit", "size")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()
        self.size = 0

    def hear(self, message: Message) -> None:
        """A part of the body."""
        part = message.get("body", b"")
        if part:
            self.size += len(part)
            free = self.limit - len(self.body)
            if free > 0:
                self.body += part[:free]

    def side(self) -> Side:
        return Side(headers=tuple(self.headers), body=bytes(self.body), size=self.size)


class Recorder:
    """Remembers every exchange for the control API, and says in every answer that this is not KSeF.

    A request's ``X-Test-System-Warning`` comes back as ``X-System-Warning``, as on TEST (OpenAPI, SystemWarning);
    without one, every answer carries the emulator's own warning while one is set.
    """

    def __init__(self, app: ASGIApp, emulator: Emulator) -> None:
        self.app = app
        self.emulator = emulator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["path"].startswith(f"{ROOT}{PREFIX}/"):
            scope = {**scope, "root_path": ROOT}
        began = time.perf_counter()
        kept = (
            0 if scope["path"].startswith("/portal") else BODY_KEPT
        )  # forms of people, with their passwords
        request_body, answered = _Heard(kept), _Heard(kept)
        request_body.headers = scope["headers"]
        extra = [(b"x-ksef-emulator", NOT_PRODUCTION), *self._warning(scope)]
        status: int | None = None
        noted = False
        held: list[
            Message
        ] = []  # the start waits for the first part of the body: who has an answer finds it noted

        def note() -> None:
            nonlocal noted
            if not noted:
                noted = True
                self._remember(scope, status, time.perf_counter() - began, request_body, answered)

        async def receiving() -> Message:
            message = await receive()
            request_body.hear(message)
            return message

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *extra]
                answered.headers, status = message["headers"], message["status"]
                held.append(message)
                return
            answered.hear(message)
            if not message.get("more_body"):
                note()
            while held:
                await send(held.pop())
            await send(message)

        try:
            await self.app(scope, receiving, sending)
        finally:
            note()

    def _warning(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        warnings = [value for name, value in scope["headers"] if name == b"x-test-system-warning"]
        if not warnings and self.emulator.warning:
            warnings = [self.emulator.warning.encode()]
        return [(b"x-system-warning", _ascii(value)) for value in warnings]

    def _remember(
        self, scope: Scope, status: int | None, seconds: float, request_body: _Heard, answered: _Heard
    ) -> None:
        client = scope.get("client")
        self.emulator.requests.add(
            Entry(
                at=self.emulator.clock.now(),
                method=scope["method"],
                path=scope["path"],
                query=scope["query_string"].decode("latin-1"),
                status=status,
                milliseconds=round(seconds * 1000, 1),
                client=client[0] if client else "",
                problem=scope.get("ksef_problem"),
                fault=scope.get("ksef_fault"),
                context=scope.get("ksef_context"),
                request=request_body.side(),
                answer=answered.side(),
            )
        )


def _ascii(value: bytes) -> bytes:
    """Without diacritics, as the OpenAPI says of this header; on one line."""
    text = value.decode("utf-8", "replace").replace("ł", "l").replace("Ł", "L")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore")
    return bytes(item for item in plain if 32 <= item < 127)
