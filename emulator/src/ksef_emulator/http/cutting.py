"""Connections: closed without an answer when a fault says so, for which ASGI has no word, or when they stall."""

from __future__ import annotations

from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

EXTENSION = "ksef-emulator.cut"
HEADERS_WITHIN = 30.0
"""Seconds from the beginning of a connection, or of a later request on it, until its headers are there."""
BODY_WITHIN, SLOWEST = 10.0, 240
"""A body must bring so many bytes a second over so many seconds. Both are the limits of Kestrel, ASP.NET's server."""


async def cut(scope: Scope, receive: Receive) -> None:
    """Close the connection that a request came by. Raises ConnectionAbortedError where there is none, as in a test
    client that calls the application itself."""
    extension = scope.get("extensions", {}).get(EXTENSION)
    if extension is None:
        raise ConnectionAbortedError("the connection was cut")
    extension["abort"]()
    while (await receive())["type"] != "http.disconnect":
        pass


def protocol() -> Any:
    """Uvicorn's HTTP protocol, whose requests can be cut off, and which knows for how long it waits for one."""
    import h11  # noqa: PLC0415 - after the sockets listen
    from uvicorn.protocols.http.h11_impl import H11Protocol  # noqa: PLC0415

    class Connection(H11Protocol):
        """Gives every request the means to close its connection."""

        waits_since: float | None = None
        """When the headers, or this part of a body, began to come; None between requests."""
        got = 0

        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            serve: ASGIApp = self.app

            async def cuttable(scope: Scope, receive: Receive, send: Send) -> None:
                if scope["type"] == "http":
                    scope["extensions"] = {EXTENSION: {"abort": self.transport.abort}}
                await serve(scope, receive, send)

            self.app = cuttable

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.waits_since = self.loop.time()

        def data_received(self, data: bytes) -> None:
            cycle, state = self.cycle, self.conn.their_state
            if self.waits_since is None:
                self.waits_since = self.loop.time()
            self.got += len(data)
            super().data_received(data)
            if self.conn.their_state is h11.SEND_BODY:
                if state is h11.IDLE:
                    self.waits_since, self.got = self.loop.time(), 0
            elif self.conn.their_state is not h11.IDLE or state is not h11.IDLE or self.cycle is not cycle:
                self.waits_since, self.got = None, 0

        def stalls(self) -> bool:
            """Whether the other side keeps it waiting for too long; to be asked again and again."""
            now = self.loop.time()
            if self.waits_since is None:
                return False
            waited = now - self.waits_since
            if self.conn.their_state is h11.IDLE:
                return waited > HEADERS_WITHIN
            if self.flow.read_paused:  # it is us who are slow
                self.waits_since, self.got = now, 0
            elif waited > BODY_WITHIN:
                if self.got < SLOWEST * waited:
                    return True
                self.waits_since, self.got = now, 0
            return False

    return Connection
